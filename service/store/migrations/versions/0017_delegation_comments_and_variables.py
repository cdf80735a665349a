"""Tasks that are delegated, comments on tasks, saved filters, and an instance's variables where lists can read them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_JSON = postgresql.JSONB(astext_type=sa.Text())


def upgrade() -> None:
    op.add_column("user_task", sa.Column("owner", sa.Text(), nullable=True))
    op.add_column("user_task", sa.Column("delegation", sa.Text(), nullable=True))
    op.add_column("instance", sa.Column("variables", _JSON, server_default="{}", nullable=False))
    op.create_table(
        "task_comment",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("task", sa.Text(), nullable=False),
        sa.Column("instance", sa.Text(), sa.ForeignKey("instance.id"), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
    )
    op.create_index("ix_task_comment_task", "task_comment", ["task", "id"])
    op.create_table(
        "task_filter",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), sa.ForeignKey("person.id"), nullable=False),
        sa.Column("query", _JSON, server_default="{}", nullable=False),
        sa.Column("properties", _JSON, server_default="{}", nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("units", postgresql.ARRAY(sa.Text()), nullable=True),
    )
    op.create_index("ix_task_filter_owner", "task_filter", ["owner"])
    op.create_index("ix_task_filter_shared", "task_filter", ["id"], postgresql_where=sa.text("shared"))
    op.create_index(
        "ix_instance_ended", "instance", ["definition"], postgresql_where=sa.text("status = 'ended'")
    )
    op.create_index("ix_instance_started", "instance", ["started_at"])
    op.create_index(
        "ix_user_task_done", "user_task", ["unit", "ended_at"], postgresql_where=sa.text("state <> 'open'")
    )
