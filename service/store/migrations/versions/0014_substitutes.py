"""Substitutes for people who are away; a task remembers for whom it was done."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("user_task", sa.Column("done_for", sa.Text(), nullable=True))
    op.create_table(
        "substitute",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("absent", sa.Text(), nullable=False),
        sa.Column("substitute", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("granted_by", sa.Text(), nullable=False),
        sa.Column(
            "granted_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["absent"], ["person.id"], name=op.f("fk_substitute_absent")),
        sa.ForeignKeyConstraint(["substitute"], ["person.id"], name=op.f("fk_substitute_substitute")),
        sa.ForeignKeyConstraint(["unit"], ["unit.id"], name=op.f("fk_substitute_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_substitute")),
    )
    for column in ("substitute", "absent", "unit"):
        op.create_index(
            f"ix_substitute_{column}",
            "substitute",
            [column],
            postgresql_where=sa.text("revoked_at is null"),
        )
