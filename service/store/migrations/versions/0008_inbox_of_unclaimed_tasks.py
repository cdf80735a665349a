"""Unclaimed tasks leave the index of assignees: without statistics the planner took it for all of them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_user_task_assignee", "user_task")
    op.create_index(
        "ix_user_task_assignee",
        "user_task",
        ["assignee"],
        postgresql_where=sa.text("state = 'open' and assignee is not null"),
    )
