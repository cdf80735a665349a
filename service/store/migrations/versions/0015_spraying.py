"""One password tried on many names: attempts are counted by address too, and names are kept as digests."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("delete from sign_in_attempt")  # names as they were typed
    op.add_column("sign_in_attempt", sa.Column("known", sa.Boolean(), server_default="false", nullable=False))
    op.create_index("ix_sign_in_attempt_address", "sign_in_attempt", ["address", "last_at"])
