"""Submissions are found by their tasks: an index by instance is written at every completion and read by nobody."""

from __future__ import annotations

from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_submission_instance", "submission")
