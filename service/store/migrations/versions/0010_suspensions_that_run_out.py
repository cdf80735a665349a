"""The day on which the system next looks whether a suspension has run out."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("suspension_period", sa.Column("next_look", sa.Date()))
    op.execute("update suspension_period set next_look = until + 1 where ended is null")
    op.create_index(
        "ix_suspension_period_next_look",
        "suspension_period",
        ["next_look"],
        postgresql_where=sa.text("next_look is not null"),
    )
