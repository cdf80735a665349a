"""Running cases: the case, its instances, and what each instance waits for."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, Text, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from service.store.db import db
from service.store.models.columns import Bytes, Day, Id, Instant, Json, Str, Strings

_EVERY_OPEN = text("texteq(state, 'open') and revision >= 0")


class Case(db.Model):  # type: ignore[name-defined,misc]
    """One case (办件) under its number (受理编号)."""

    __tablename__ = "case_"
    __table_args__ = (
        Index("ix_case_open_student", "student", postgresql_where=text("closed_at is null")),
        Index("ix_case_student", "student"),
        Index("ix_case_opened", "opened_at"),
    )
    number: Mapped[Id]
    procedure: Mapped[Str]
    region: Mapped[Str]
    student: Mapped[Str | None] = mapped_column(ForeignKey("student.id"))
    started: Mapped[Day]
    opened_at: Mapped[Instant]
    closed_at: Mapped[Instant | None]
    outcome: Mapped[Str | None]
    outcome_name: Mapped[Str | None]
    form: Mapped[Json]
    started_by: Mapped[Str] = mapped_column(server_default="")


class CaseParty(db.Model):  # type: ignore[name-defined,misc]
    """The unit that plays a party in a case."""

    __tablename__ = "case_party"
    __table_args__ = (Index("ix_case_party_unit", "unit", text("opened_at desc nulls last")),)
    case_number: Mapped[Str] = mapped_column(ForeignKey("case_.number"), primary_key=True)
    party: Mapped[Str] = mapped_column(primary_key=True)
    unit: Mapped[Str] = mapped_column(ForeignKey("unit.id"))
    opened_at: Mapped[Instant]  # of the case: lists of a unit's cases begin with the newest


class Instance(db.Model):  # type: ignore[name-defined,misc]
    """A process instance; ``state`` is the engine's, ``next_due`` what the sweep looks for.

    ``failures`` counts how often in a row its timers could not be fired; ``retry_at`` (real time) is the next try.
    ``variables`` are those of the state, for lists to read.
    """

    __tablename__ = "instance"
    __table_args__ = (
        Index(
            "ix_instance_due", "next_due", postgresql_where=text("next_due is not null and status = 'active'")
        ),
        Index("ix_instance_case", "case_number", "started_at", "id"),
        Index("ix_instance_running", "definition", "id", postgresql_where=text("status <> 'ended'")),
        Index("ix_instance_ended", "definition", postgresql_where=text("status = 'ended'")),
        Index("ix_instance_started", "started_at"),
        Index(
            "ix_instance_every_ended",
            text("ended_at desc nulls last"),
            postgresql_where=text("ended_at is not null"),
        ),
    )
    id: Mapped[Id]
    case_number: Mapped[Str] = mapped_column(ForeignKey("case_.number"))
    definition: Mapped[Str] = mapped_column(ForeignKey("definition.id"))
    region: Mapped[Str] = mapped_column(server_default="")
    status: Mapped[Str] = mapped_column(server_default="active")
    revision: Mapped[int] = mapped_column(server_default="1")
    state: Mapped[Bytes]
    next_due: Mapped[Instant | None]
    started_at: Mapped[Instant]
    ended_at: Mapped[Instant | None]
    end_element: Mapped[Str | None]
    failures: Mapped[int] = mapped_column(server_default="0")
    retry_at: Mapped[Instant | None]
    failure: Mapped[Str] = mapped_column(server_default="")
    variables: Mapped[Json]


class UserTask(db.Model):  # type: ignore[name-defined,misc]
    """A task for the people of one unit; kept after it is done."""

    __tablename__ = "user_task"
    __table_args__ = (
        Index("ix_user_task_inbox", "unit", "created_at", postgresql_where=text("state = 'open'")),
        # Without those of nobody: a planner without statistics would take it for every unclaimed task.
        Index(
            "ix_user_task_assignee",
            "assignee",
            postgresql_where=text("state = 'open' and assignee is not null"),
        ),
        Index("ix_user_task_instance", "instance"),
        Index("ix_user_task_done", "unit", "ended_at", postgresql_where=text("state <> 'open'")),
        # Of lists of everything (``Listing.whole``).
        Index("ix_user_task_every_created_at", "created_at", postgresql_where=_EVERY_OPEN),
        Index("ix_user_task_every_due", "due", postgresql_where=_EVERY_OPEN),
        Index("ix_user_task_every_priority", "priority", postgresql_where=_EVERY_OPEN),
        Index("ix_user_task_every_past", "created_at", postgresql_where=text("revision >= 0")),
        Index(
            "ix_user_task_every_ended",
            text("ended_at desc nulls last"),
            postgresql_where=text("ended_at is not null and revision >= 0"),
        ),
    )
    id: Mapped[Id]
    instance: Mapped[Str] = mapped_column(ForeignKey("instance.id"))
    case_number: Mapped[Str]
    definition: Mapped[Str]
    element: Mapped[Str]
    path: Mapped[Str]
    name: Mapped[Str]
    unit: Mapped[Str | None]
    roles: Mapped[Strings]
    barred: Mapped[Strings]
    clauses: Mapped[Strings]
    form: Mapped[Str] = mapped_column(server_default="")
    tenant: Mapped[Str | None]
    priority: Mapped[int] = mapped_column(server_default="50")
    state: Mapped[Str] = mapped_column(server_default="open")
    assignee: Mapped[Str | None]
    completed_by: Mapped[Str | None]
    done_for: Mapped[Str | None]
    opinions_open: Mapped[int] = mapped_column(server_default="0")
    created_at: Mapped[Instant]
    claimed_at: Mapped[Instant | None]
    ended_at: Mapped[Instant | None]
    due: Mapped[Instant | None]
    follow_up: Mapped[Instant | None]
    revision: Mapped[int] = mapped_column(server_default="1")
    owner: Mapped[Str | None]
    delegation: Mapped[Str | None]


class TaskComment(db.Model):  # type: ignore[name-defined,misc]
    """What somebody wrote beside a task, encrypted: people write telephones and names."""

    __tablename__ = "task_comment"
    __table_args__ = (Index("ix_task_comment_task", "task", "id"),)
    id: Mapped[Id]
    task: Mapped[Str]
    instance: Mapped[Str] = mapped_column(ForeignKey("instance.id"))
    by: Mapped[Str]
    at: Mapped[Instant]
    sealed: Mapped[Bytes]


class TaskFilter(db.Model):  # type: ignore[name-defined,misc]
    """A saved query for tasks; shared with people of ``units``, or with everybody where there are none."""

    __tablename__ = "task_filter"
    __table_args__ = (
        Index("ix_task_filter_owner", "owner"),
        Index("ix_task_filter_shared", "id", postgresql_where=text("shared")),
    )
    id: Mapped[Id]
    name: Mapped[Str]
    owner: Mapped[Str] = mapped_column(ForeignKey("person.id"))
    query: Mapped[Json]
    properties: Mapped[Json]
    shared: Mapped[bool]
    units: Mapped[list[str] | None] = mapped_column(ARRAY(Text))


class Submission(db.Model):  # type: ignore[name-defined,misc]
    """A whole form as it was submitted, sealed as JSON; the engine keeps only what expressions read."""

    __tablename__ = "submission"
    task: Mapped[Id]  # or the instance, for the form it was started with
    instance: Mapped[Str] = mapped_column(ForeignKey("instance.id"))
    form: Mapped[Str]
    by: Mapped[Str]
    at: Mapped[Instant]
    sealed: Mapped[Bytes]


class Timer(db.Model):  # type: ignore[name-defined,misc]
    """A timer an instance waits for."""

    __tablename__ = "timer"
    __table_args__ = (Index("ix_timer_instance", "instance"), Index("ix_timer_due", "due"))
    id: Mapped[Id]
    instance: Mapped[Str] = mapped_column(ForeignKey("instance.id"))
    element: Mapped[Str]
    name: Mapped[Str]
    due: Mapped[Instant]


class Subscription(db.Model):  # type: ignore[name-defined,misc]
    """A message, a signal or the work of an external worker an instance waits for; a lease is in real time."""

    __tablename__ = "subscription"
    __table_args__ = (
        Index("ix_subscription_instance", "instance"),
        Index("ix_subscription_name", "name"),
        Index("ix_subscription_work", "name", "created_at", postgresql_where=text("kind = 'external'")),
    )
    id: Mapped[Id]
    instance: Mapped[Str] = mapped_column(ForeignKey("instance.id"))
    kind: Mapped[Str]
    name: Mapped[Str]
    element: Mapped[Str]
    sent_by: Mapped[Str] = mapped_column(server_default="")
    priority: Mapped[int] = mapped_column(server_default="50")
    inputs: Mapped[Json]
    worker: Mapped[Str] = mapped_column(server_default="")
    locked_until: Mapped[Instant | None]
    retries: Mapped[int | None]
    error_message: Mapped[Str] = mapped_column(server_default="")
    error_details: Mapped[Str] = mapped_column(server_default="")
    created_at: Mapped[Instant] = mapped_column(server_default=text("clock_timestamp()"))
