"""The journal's entries are chained by hashes, and the chain's head is signed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "journal_link",
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("entry", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("case_hash", sa.Text(), nullable=True),
        sa.Column("student_hash", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_journal_link")),
        sa.UniqueConstraint("entry", name=op.f("uq_journal_link_entry")),
    )
    op.create_table(
        "journal_head",
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("signature", sa.Text(), nullable=False),
        sa.Column(
            "signed_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_journal_head")),
    )
    for table in ("journal_link", "journal_head"):
        op.execute(
            f"""create trigger {table}_append_only before update or delete or truncate on {table}
                for each statement execute function refuse_change()"""
        )
