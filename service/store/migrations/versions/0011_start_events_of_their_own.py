"""Start events in force that a clock or a signal sets off."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "start_event",
        sa.Column("definition", sa.Text(), sa.ForeignKey("definition.id"), primary_key=True),
        sa.Column("element", sa.Text(), primary_key=True),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("wants", sa.Text(), nullable=False),
        sa.Column("due", sa.DateTime(timezone=True), nullable=True),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
    )
    op.create_index("ix_start_event_due", "start_event", ["due"], postgresql_where=sa.text("due is not null"))
    op.create_index(
        "ix_start_event_wants", "start_event", ["wants"], postgresql_where=sa.text("kind = 'signal'")
    )
