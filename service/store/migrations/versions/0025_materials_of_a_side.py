"""Of a case between two provinces each side keeps its materials, until somebody there passes one on.

Those handed in before were seen by both sides: they stay so (no region).
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("material", sa.Column("region", sa.Text(), server_default="", nullable=False))
