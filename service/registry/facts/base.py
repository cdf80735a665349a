"""What a fact is, and the question it is asked with. Holds no fact itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from service.policy.values import Value
from service.registry.law import Law
from service.registry.model import Enrolment, Unit
from service.registry.world import SchoolCalendar, Snapshot


@dataclass(frozen=True, kw_only=True)
class Question:
    """One case at one moment, with the law that applies: all a fact may look at."""

    snapshot: Snapshot
    now: datetime
    calendar: SchoolCalendar
    law: Law

    @property
    def today(self) -> date:
        return self.now.date()

    @property
    def enrolment(self) -> Enrolment | None:
        return self.snapshot.enrolment

    def party(self, name: str) -> Unit | None:
        """The unit of a party, as far as the case determines it."""
        return self.law.parties.find(name, self.snapshot)

    def place(self, side: str) -> Unit | None:
        """Where a side is: its school, or its authority while the school is still to be chosen."""
        return self.party(f"{side}_school") or self.party(f"{side}_authority")

    def asked_grade(self) -> int | None:
        """The grade asked for at the receiving school; without one the grade of the record."""
        asked = self.snapshot.case.form.get("requested_grade")
        if isinstance(asked, int | float) or (isinstance(asked, str) and asked.isdecimal()):
            return int(asked)
        return self.enrolment.grade if self.enrolment else None

    def record_school(self) -> Unit | None:
        """Where the record is now."""
        return self.snapshot.units.get(self.enrolment.school) if self.enrolment else None


@dataclass(frozen=True, kw_only=True)
class Fact:
    """A name diagrams and tables may read. ``type`` is string, number, boolean, date or list."""

    name: str
    type: str
    label_zh: str
    doc: str
    answer: Callable[[Question], Value]


def fact(type_: str, label_zh: str, doc: str) -> Callable[[Callable[[Question], Value]], Fact]:
    """Make a fact of a function; the function's name is the fact's name."""

    def make(answer: Callable[[Question], Value]) -> Fact:
        return Fact(name=answer.__name__, type=type_, label_zh=label_zh, doc=doc, answer=answer)

    return make


def full_years(birth: date, on: date) -> int:
    """Completed years of age (周岁); born on 29 February completes a year on 1 March."""
    return on.year - birth.year - ((on.month, on.day) < (birth.month, birth.day))
