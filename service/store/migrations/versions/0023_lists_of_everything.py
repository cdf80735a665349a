"""Lists of everything, as operators and administrators ask for them, are read off indexes in their order.

``revision >= 0`` holds for every task, ``texteq`` says ``state = 'open'`` in other words: only lists of everything
write it so (``Listing.whole``, ``wide``), so that these indexes tempt no other.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

_OPEN = sa.text("texteq(state, 'open') and revision >= 0")
_ENDED = sa.text("ended_at desc nulls last")


def upgrade() -> None:
    for name in ("created_at", "due", "priority"):
        op.create_index(f"ix_user_task_every_{name}", "user_task", [name], postgresql_where=_OPEN)
    op.create_index(
        "ix_user_task_every_past", "user_task", ["created_at"], postgresql_where=sa.text("revision >= 0")
    )
    op.create_index(
        "ix_user_task_every_ended",
        "user_task",
        [_ENDED],
        postgresql_where=sa.text("ended_at is not null and revision >= 0"),
    )
    op.create_index(
        "ix_instance_every_ended", "instance", [_ENDED], postgresql_where=sa.text("ended_at is not null")
    )
    # Which of a case's instances came first is asked for every line of a list.
    op.drop_index("ix_instance_case", "instance")
    op.create_index("ix_instance_case", "instance", ["case_number", "started_at", "id"])
    op.drop_index("ix_overdue_month", "overdue_entry")
    op.create_index("ix_overdue_newest", "overdue_entry", [sa.text("month desc"), "unit", "on", "id"])
    op.create_index("ix_overdue_unit", "overdue_entry", ["unit", sa.text("month desc"), "on", "id"])
    # Its case number tempted the planner to look for one case among all of a unit's.
    op.drop_index("ix_case_party_unit", "case_party")
    op.create_index("ix_case_party_unit", "case_party", ["unit", sa.text("opened_at desc nulls last")])
