"""Work for external workers: what it is, who has it, and how it went."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for column in (
        sa.Column("priority", sa.Integer(), server_default="50", nullable=False),
        sa.Column("inputs", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("worker", sa.Text(), server_default="", nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("retries", sa.Integer(), nullable=True),
        sa.Column("error_message", sa.Text(), server_default="", nullable=False),
        sa.Column("error_details", sa.Text(), server_default="", nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
    ):
        op.add_column("subscription", column)
    op.create_index(
        "ix_subscription_work",
        "subscription",
        ["name", "created_at"],
        postgresql_where=sa.text("kind = 'external'"),
    )
    op.create_index("ix_timer_due", "timer", ["due"])
    op.execute(
        """
        create function tell_workers() returns trigger language plpgsql as $$
        begin
            perform pg_notify('xueji_work', '');
            return null;
        end $$
        """
    )
    op.execute(
        """
        create trigger subscription_work after insert on subscription
        for each row when (new.kind = 'external') execute function tell_workers()
        """
    )
