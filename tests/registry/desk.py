"""Opens a case the way casework does, so that a test reads like a sentence."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

from service.checks.world import InMemoryWorld
from service.clock import ZONE
from service.policy.calendar import Calendar
from service.policy.values import Value
from service.registry.case_records import CaseRecords
from service.registry.law import Law
from service.registry.model import CaseView, Enrolment

TERM_ONE = datetime(2026, 9, 3, 9, tzinfo=ZONE)
TERM_TWO = datetime(2027, 3, 4, 9, tzinfo=ZONE)


@dataclass
class Desk:
    """Cases on the in-memory world."""

    world: InMemoryWorld
    law: Law
    calendar: Calendar

    def case(
        self,
        student: str,
        to: str = "",
        *,
        number: str = "410702-2026-0001",
        now: datetime = TERM_ONE,
        **form: Value,
    ) -> CaseRecords:
        """A running case of the student, with its parties settled as at a start."""
        known = self.world.data.student_called(student)
        parties = {"receiving_school": self.world.data.unit_named(to).id} if to else {}
        view = CaseView(
            number=number,
            procedure="transfer",
            region="410702",
            student=known.student.id,
            started=now.date(),
            parties=parties,
            form=form,
        )
        records = CaseRecords(
            self.world, self.law, view, now=now, calendar=self.calendar, apply=self.world.apply
        )
        records.see(replace(view, parties={**records.to_settle(), **parties}))
        self.world.open_case(number, known.student.id)
        return records

    def enrolment(self, student: str) -> Enrolment:
        """The record as it stands now."""
        return self.world.students[self.world.data.student_called(student).student.id].enrolment


def at(year: int, month: int, day: int, hour: int = 9) -> datetime:
    """An instant of business time."""
    return datetime(year, month, day, hour, tzinfo=ZONE)


def on(day: datetime) -> date:
    """The day of an instant."""
    return day.date()
