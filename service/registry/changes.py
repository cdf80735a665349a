"""What an action wants changed. A change says what shall be; whoever holds the records makes it so.

The store turns each into rows and a journal entry, the in-memory world into new values. Each is worded so
that applying it twice leaves what applying it once leaves.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from service.registry.numbers import Pattern


@dataclass(frozen=True, kw_only=True)
class SetStatus:
    """The student's status becomes ``status``; ``was`` and the clauses are for the journal.

    ``places`` is how many pupils more (1) or less (-1) the class has after it.
    """

    student: str
    was: str
    status: str
    trigger: str
    places: int = 0
    clauses: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class LockStudent:
    """The case holds the student's record: no other case may start or move it."""

    student: str
    kind: str
    case: str


@dataclass(frozen=True, kw_only=True)
class UnlockStudent:
    """The case lets go of the record; a lock of another case stays."""

    student: str
    case: str


@dataclass(frozen=True, kw_only=True)
class MoveEnrolment:
    """The record moves to another school, counted as a transfer on that day.

    Class sizes follow where the student sits in class (``in_class``): one less where the record left, one more in
    ``class_no``. The school left keeps a copy.
    """

    student: str
    from_unit: str
    to_unit: str
    stage: str
    grade: int
    class_no: int | None
    on: date
    case: str
    in_class: bool = True
    clauses: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class SetFlag:
    """A side mark on the enrolment (``no_allocated_place``, ``offline_transfer`` …) is set or taken away."""

    student: str
    flag: str
    on: bool = True


@dataclass(frozen=True, kw_only=True)
class SetSanction:
    """The student is under this sanction (处分) from now on; ``none`` is its revocation."""

    student: str
    sanction: str


@dataclass(frozen=True, kw_only=True)
class SetPlaceOfStudy:
    """The student learns elsewhere than where the record is; empty ends it."""

    student: str
    place: str


@dataclass(frozen=True, kw_only=True)
class OpenSuspension:
    """A period of suspension begins; the class follows the change of status."""

    student: str
    stage: str
    since: date
    until: date | None
    ground: str
    case: str


@dataclass(frozen=True, kw_only=True)
class ExtendSuspension:
    """The running period of suspension ends later."""

    student: str
    until: date
    case: str


@dataclass(frozen=True, kw_only=True)
class CloseSuspension:
    """The running period of suspension ended on this day; the student is in ``grade`` from now on.

    In another grade the class is still to be chosen; the class follows the change of status.
    """

    student: str
    on: date
    grade: int
    stage: str
    case: str


@dataclass(frozen=True, kw_only=True)
class RecordOverdue:
    """An entry for the monthly bulletin (月度通报): one for a case, unit and step."""

    unit: str
    party: str
    step: str
    case: str
    on: date
    month: str
    published: bool


@dataclass(frozen=True, kw_only=True)
class NotifyGuardian:
    """A message to the guardian, sent after the transaction by an outbox row."""

    student: str
    text: str
    case: str


@dataclass(frozen=True, kw_only=True)
class IssueNumber:
    """The student gets a number of a scheme (national, or the region's own); the one before goes into the history.

    ``county`` is where the record is; the number itself is composed where numbers are kept.
    """

    student: str
    scheme: str
    kind: str
    pattern: Pattern
    county: str
    on: date
    case: str
    clauses: tuple[str, ...] = ()


Change: TypeAlias = (
    SetStatus
    | IssueNumber
    | LockStudent
    | UnlockStudent
    | MoveEnrolment
    | SetFlag
    | SetSanction
    | SetPlaceOfStudy
    | OpenSuspension
    | ExtendSuspension
    | CloseSuspension
    | RecordOverdue
    | NotifyGuardian
)
