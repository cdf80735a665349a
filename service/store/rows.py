"""The rows the hot path reads and writes, as frozen values: what lies between tables and verbs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any


@dataclass(frozen=True, kw_only=True)
class LockedInstance:
    """An instance row, locked for this transaction."""

    id: str
    case_number: str
    definition: str
    status: str
    revision: int
    state: bytes
    region: str = ""  # county of the side this instance runs for
    host: bool = True  # the side that opened the case closes it


@dataclass(frozen=True, kw_only=True)
class CaseRow:
    """A case with its settled parties; ``now`` is the business instant read after the lock."""

    number: str
    procedure: str
    region: str
    student: str | None
    started: date
    form: Mapping[str, Any]
    parties: Mapping[str, str]
    now: datetime
    release: int  # grows with every deployment; caches of "the version in force" hang on it
    closed: bool = False


@dataclass(frozen=True, kw_only=True)
class TaskRow:
    """A user task as the hot path needs it."""

    id: str
    instance: str
    case_number: str
    definition: str
    element: str
    path: str
    name: str
    unit: str | None
    roles: tuple[str, ...]
    barred: tuple[str, ...]
    clauses: tuple[str, ...]
    form: str
    tenant: str | None
    state: str
    assignee: str | None
    completed_by: str | None
    priority: int = 50
    created_at: datetime | None = None
    due: datetime | None = None
    follow_up: datetime | None = None
    revision: int = 1
    owner: str | None = None
    delegation: str | None = None
    opinions_open: int = 0  # colleagues who were asked and have not answered


@dataclass(frozen=True, kw_only=True)
class Locked:
    """What is read when an instance is locked: the task is the one asked for, if there is such a task."""

    instance: LockedInstance
    case: CaseRow
    task: TaskRow | None


@dataclass(frozen=True, kw_only=True)
class NewTimer:
    """A timer row to write."""

    id: str
    element: str
    name: str
    due: datetime


@dataclass(frozen=True, kw_only=True)
class NewSubscription:
    """A subscription row to write."""

    id: str
    kind: str
    name: str
    element: str
    sent_by: str = ""
    priority: int = 50
    inputs: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class NewEntry:
    """A journal entry to write."""

    actor: str
    verb: str
    element: str = ""
    detail: Mapping[str, Any] = field(default_factory=dict)
    clauses: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class NewOutbox:
    """An effect to bring about after the commit."""

    kind: str
    name: str
    payload: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Finished:
    """A form that was handed in: with the task it finishes, or (a start form) without."""

    key: str
    task: str | None
    form: str
    by: str
    data: Mapping[str, Any]
    absent: str = ""  # whom the person stood in for


@dataclass(frozen=True, kw_only=True)
class Progress:
    """Everything one verb changed in one instance, ready to be written. ``outcome`` is set when the instance ended."""

    state: bytes
    next_due: datetime | None
    variables: Mapping[str, Any] = field(default_factory=dict)
    outcome: str | None = None
    outcome_name: str | None = None
    finished: Finished | None = None
    parties: Mapping[str, str] = field(default_factory=dict)
    tasks: tuple[TaskRow, ...] = ()
    timers: tuple[NewTimer, ...] = ()
    subscriptions: tuple[NewSubscription, ...] = ()
    over: tuple[str, ...] = ()  # ids of waits that ended by themselves or were cancelled
    entries: tuple[NewEntry, ...] = ()
    outbox: tuple[NewOutbox, ...] = ()
