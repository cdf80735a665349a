"""What the registry asks the outside world: one picture of a case, taken in one go.

Everything a fact or an action needs is in a ``Snapshot``, so that a store answers with a handful of queries
and the rules stay pure functions. The protocols say what is needed; they know neither tables nor files.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from service.registry.model import CaseView, Enrolment, RoleInUnit, SchoolClass, Student, Suspension, Unit


@dataclass(frozen=True, kw_only=True)
class Returning:
    """A suspended student of a school who will come back to this grade, on ``until`` if that is known."""

    unit: str
    grade: int
    until: date | None


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """The state of the registry as one case sees it.

    ``units``        the case's parties and the school of the record, with all their authorities upwards
    ``classes``      classes of every school among the case's parties
    ``returning``    suspended students of those schools
    ``transfers``    days on which the student's record has moved to another school
    ``other_cases``  numbers of the student's other running cases
    ``suspensions``  the student's periods of suspension, oldest first
    ``people``       roles that active people hold in those units; who is qualified is for the rules to say
    """

    case: CaseView
    units: Mapping[str, Unit]
    student: Student | None = None
    enrolment: Enrolment | None = None
    classes: tuple[SchoolClass, ...] = ()
    returning: tuple[Returning, ...] = ()
    transfers: tuple[date, ...] = ()
    other_cases: tuple[str, ...] = ()
    suspensions: tuple[Suspension, ...] = ()
    people: tuple[RoleInUnit, ...] = ()


class Registry(Protocol):
    """Implemented by the store over tables and by the checks over a world file."""

    def snapshot(self, case: CaseView) -> Snapshot:
        """The present state, read afresh."""


class SchoolCalendar(Protocol):
    """The little a fact or an action must know of the school year."""

    def term_start(self, day: date, /) -> date:
        """First day of this term, in the holidays of the next one."""

    def term_end(self, day: date, /) -> date:
        """Last day of the same term."""

    def in_school_holiday(self, day: date, /) -> bool:
        """Whether the day lies in the winter or summer holiday."""
