"""When a case was opened stands with its parties: the newest cases of a unit are read off an index."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("case_party", sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("update case_party p set opened_at = c.opened_at from case_ c where c.number = p.case_number")
    op.alter_column("case_party", "opened_at", nullable=False)
    op.drop_index("ix_case_party_unit", "case_party")
    op.create_index(
        "ix_case_party_unit", "case_party", ["unit", sa.text("opened_at desc nulls last"), "case_number"]
    )
