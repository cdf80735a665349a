"""What goes on around cases: journal, bulletin, messages in and out, incidents, settings."""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from service.store.db import db
from service.store.models.columns import Day, Id, Instant, Json, Serial, Str, Strings


class JournalEntry(db.Model):  # type: ignore[name-defined,misc]
    """One thing that happened; ``at`` is business time, ``recorded_at`` real time. The database refuses changes."""

    __tablename__ = "journal"
    __table_args__ = (
        Index("ix_journal_case", "case_number", "id"),
        Index("ix_journal_student", "student", "id"),
    )
    id: Mapped[Serial]
    at: Mapped[Instant]
    recorded_at: Mapped[Instant] = mapped_column(server_default=text("clock_timestamp()"))
    case_number: Mapped[Str | None]
    instance: Mapped[Str | None]
    student: Mapped[Str | None]
    actor: Mapped[Str]
    verb: Mapped[Str]
    element: Mapped[Str] = mapped_column(server_default="")
    detail: Mapped[Json]
    clauses: Mapped[Strings]


class JournalLink(db.Model):  # type: ignore[name-defined,misc]
    """An entry's place in the journal's chain; the database refuses changes."""

    __tablename__ = "journal_link"
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    entry: Mapped[int] = mapped_column(BigInteger, unique=True)
    hash: Mapped[Str]
    case_hash: Mapped[Str | None]
    student_hash: Mapped[Str | None]


class JournalHead(db.Model):  # type: ignore[name-defined,misc]
    """A signed link: whoever changes the journal would have to sign anew, with a key the database does not hold."""

    __tablename__ = "journal_head"
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    hash: Mapped[Str]
    signature: Mapped[Str]
    signed_at: Mapped[Instant] = mapped_column(server_default=text("clock_timestamp()"))


class OverdueEntry(db.Model):  # type: ignore[name-defined,misc]
    """A unit that missed its limit, for the monthly bulletin (月度通报)."""

    __tablename__ = "overdue_entry"
    __table_args__ = (
        UniqueConstraint("case_number", "unit", "step"),
        Index("ix_overdue_newest", text("month desc"), "unit", "on", "id"),
        Index("ix_overdue_unit", "unit", text("month desc"), "on", "id"),
    )
    id: Mapped[Serial]
    unit: Mapped[Str] = mapped_column(ForeignKey("unit.id"))
    party: Mapped[Str]
    step: Mapped[Str]
    case_number: Mapped[Str]
    on: Mapped[Day]
    month: Mapped[Str]
    published: Mapped[bool]


class Outbox(db.Model):  # type: ignore[name-defined,misc]
    """An effect to be brought about after the commit, at least once, under its id as idempotency key."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index("ix_outbox_open", "not_before", postgresql_where=text("done_at is null")),
        Index("ix_outbox_notices", "case_number", postgresql_where=text("kind = 'notify'")),
    )
    id: Mapped[Id]
    kind: Mapped[Str]
    case_number: Mapped[Str | None]
    instance: Mapped[Str | None]
    name: Mapped[Str]
    payload: Mapped[Json]
    created_at: Mapped[Instant]
    not_before: Mapped[Instant] = mapped_column(server_default=text("clock_timestamp()"))
    attempts: Mapped[int] = mapped_column(server_default="0")
    last_error: Mapped[Str | None]
    done_at: Mapped[Instant | None]


class Inbox(db.Model):  # type: ignore[name-defined,misc]
    """A message that has been taken in; one that came too early waits here (``delivered_at`` is null)."""

    __tablename__ = "inbox"
    __table_args__ = (
        Index("ix_inbox_waiting", "case_number", postgresql_where=text("delivered_at is null")),
    )
    id: Mapped[Id]
    case_number: Mapped[Str | None]
    instance: Mapped[Str | None]
    name: Mapped[Str]
    payload: Mapped[Json]
    received_at: Mapped[Instant]
    delivered_at: Mapped[Instant | None]


class Incident(db.Model):  # type: ignore[name-defined,misc]
    """A case that could not go on (异常件); the instance is as it was before the failed act."""

    __tablename__ = "incident"
    __table_args__ = (Index("ix_incident_open", "instance", postgresql_where=text("resolved_at is null")),)
    id: Mapped[Id]
    instance: Mapped[Str | None]
    case_number: Mapped[Str | None]
    kind: Mapped[Str]
    element: Mapped[Str] = mapped_column(server_default="")
    message: Mapped[Str]
    trace: Mapped[Str]
    act: Mapped[Json]
    at: Mapped[Instant]
    resolved_at: Mapped[Instant | None]


class Setting(db.Model):  # type: ignore[name-defined,misc]
    """A setting of the running product, such as the clock's offset."""

    __tablename__ = "setting"
    key: Mapped[Id]
    value = mapped_column(JSONB, nullable=False)
