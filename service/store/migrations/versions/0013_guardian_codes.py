"""Codes for guardians; indexes for lists of cases and for what a case told the guardian."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "guardian_code",
        sa.Column("case_number", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column(
            "issued_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["case_number"], ["case_.number"], name=op.f("fk_guardian_code_case_number")),
        sa.PrimaryKeyConstraint("case_number", name=op.f("pk_guardian_code")),
    )
    op.create_index(
        "ix_outbox_notices", "outbox", ["case_number"], postgresql_where=sa.text("kind = 'notify'")
    )
    op.create_index("ix_case_student", "case_", ["student"])
    op.create_index("ix_case_opened", "case_", ["opened_at"])
