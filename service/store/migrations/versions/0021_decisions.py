"""Decisions as deployed, so that they can be listed; those of tables that are there already are read from them."""

from __future__ import annotations

import uuid

import sqlalchemy as sa
from alembic import op
from lxml import etree

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_USED = """
    select d.tenant, f.key as file, f.value as digest, r.content, min(d.deployment) as deployment
    from definition d, jsonb_each_text(d.closure) f join resource r on r.digest = f.value
    where f.key like '%.dmn' group by 1, 2, 3, 4 order by min(d.version), 2
"""
_INSERT = """
    insert into decision (id, key, version, tenant, name, file, digest, deployment)
    select cast(:key as text) || ':' || v.next || ':' || :id, :key, v.next, :tenant, :name, :file, :digest, :deployment
    from (select coalesce(max(version), 0) + 1 as next from decision
          where key = :key and tenant is not distinct from cast(:tenant as text)) v
"""


def upgrade() -> None:
    op.create_table(
        "decision",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("tenant", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("deployment", sa.Text(), sa.ForeignKey("deployment.id"), nullable=False),
        sa.UniqueConstraint("key", "tenant", "version", postgresql_nulls_not_distinct=True),
    )
    connection = op.get_bind()
    for row in connection.execute(sa.text(_USED)).mappings().all():
        root = etree.fromstring(
            bytes(row["content"]), etree.XMLParser(resolve_entities=False, no_network=True)
        )
        for decision in root.iter("{*}decision"):
            about = {"key": decision.get("id"), "name": decision.get("name", ""), "id": uuid.uuid4().hex[:26]}
            values = {name: row[name] for name in ("tenant", "file", "digest", "deployment")}
            connection.execute(sa.text(_INSERT), {**values, **about})
