"""Case numbers' serial, and a journal that refuses to be changed."""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("create sequence case_serial")
    op.execute(
        """
        create function refuse_change() returns trigger language plpgsql as $$
        begin
            raise exception 'the journal is append-only';
        end $$
        """
    )
    op.execute(
        """
        create trigger journal_append_only before update or delete or truncate on journal
        for each statement execute function refuse_change()
        """
    )
    # Rows that change at every step: free space in the page lets PostgreSQL update in place (HOT).
    op.execute("alter table instance set (fillfactor = 70)")
    op.execute("alter table user_task set (fillfactor = 80)")
    op.execute("alter table instance alter column state set storage main")
