"""Opinions of colleagues; a task knows how many it waits for."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("user_task", sa.Column("opinions_open", sa.Integer(), server_default="0", nullable=False))
    op.create_table(
        "opinion",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("task", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("question", sa.Text(), server_default="", nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("agrees", sa.Boolean(), nullable=True),
        sa.Column("text", sa.Text(), server_default="", nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dropped_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["task"], ["user_task.id"], name=op.f("fk_opinion_task")),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_opinion_person")),
        sa.ForeignKeyConstraint(["asked_by"], ["person.id"], name=op.f("fk_opinion_asked_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opinion")),
    )
    op.create_index("ix_opinion_task", "opinion", ["task"])
    op.create_index(
        "ix_opinion_asked",
        "opinion",
        ["person"],
        postgresql_where=sa.text("agrees is null and dropped_at is null"),
    )
