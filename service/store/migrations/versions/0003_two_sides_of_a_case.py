"""A case may have two instances, one a side, each in its own county; early messages wait under the case number."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("instance", sa.Column("region", sa.Text(), server_default="", nullable=False))
    op.execute("update instance i set region = c.region from case_ c where c.number = i.case_number")
    op.add_column("inbox", sa.Column("case_number", sa.Text(), nullable=True))
    op.drop_index("ix_inbox_waiting", "inbox")
    op.create_index(
        "ix_inbox_waiting", "inbox", ["case_number"], postgresql_where=sa.text("delivered_at is null")
    )
