"""Moves of running cases, undoing them, and timers that are tried again before they become an incident."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_JSON = postgresql.JSONB(astext_type=sa.Text())
_INSTANT = sa.DateTime(timezone=True)


def _undo() -> None:
    op.create_table(
        "undo",
        sa.Column("instance", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("definition", sa.Text(), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=False),
        sa.Column("next_due", _INSTANT, nullable=True),
        sa.Column("tasks", _JSON, server_default="{}", nullable=False),
        sa.Column("timers", _JSON, server_default="{}", nullable=False),
        sa.Column("subscriptions", _JSON, server_default="{}", nullable=False),
        sa.Column("after", _JSON, server_default="{}", nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["instance"], ["instance.id"], name="fk_undo_instance"),
        sa.ForeignKeyConstraint(["definition"], ["definition.id"], name="fk_undo_definition"),
        sa.PrimaryKeyConstraint("instance", name="pk_undo"),
    )


def _batches() -> None:
    op.create_table(
        "batch",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("plan", _JSON, server_default="{}", nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("created_at", _INSTANT, server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column("finished_at", _INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_batch"),
    )
    op.create_index("ix_batch_created_at", "batch", ["created_at"])
    op.create_table(
        "batch_item",
        sa.Column("batch", sa.Text(), nullable=False),
        sa.Column("instance", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=True),
        sa.Column("reasons", _JSON, server_default="{}", nullable=False),
        sa.Column("done_at", _INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["batch"], ["batch.id"], name="fk_batch_item_batch"),
        sa.ForeignKeyConstraint(["instance"], ["instance.id"], name="fk_batch_item_instance"),
        sa.PrimaryKeyConstraint("batch", "instance", name="pk_batch_item"),
    )
    op.create_index(
        "ix_batch_item_todo", "batch_item", ["batch", "instance"], postgresql_where=sa.text("status is null")
    )
    op.create_index("ix_batch_item_status", "batch_item", ["batch", "status"])


def upgrade() -> None:
    _undo()
    _batches()
    op.add_column("instance", sa.Column("failures", sa.Integer(), server_default="0", nullable=False))
    op.add_column("instance", sa.Column("retry_at", _INSTANT, nullable=True))
    op.add_column("instance", sa.Column("failure", sa.Text(), server_default="", nullable=False))
    op.create_index(
        "ix_instance_running", "instance", ["definition", "id"], postgresql_where=sa.text("status <> 'ended'")
    )
