"""Suspensions that have run out: found by a partial index, taken by locking the student, as every start does."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, text

TAKE = text(
    """select p.id as period, p.student, e.school, e.stage
         from suspension_period p join enrolment e on e.student = p.student join student s on s.id = p.student
        where p.next_look <= :today order by p.next_look, p.id limit 1 for update of s skip locked"""
)
_NEXT = text("select min(next_look) from suspension_period where next_look is not null")
_LOOK = text("update suspension_period set next_look = :day where id = :period")


@dataclass(frozen=True, kw_only=True)
class RunOut:
    """A period of suspension (休学) that is over while the student has not come back."""

    period: int
    student: str
    school: str
    stage: str


def take(connection: Connection, today: date) -> RunOut | None:
    """Lock the student whose suspension has been over longest and whom nobody else holds."""
    row = connection.execute(TAKE, {"today": today}).mappings().first()
    return RunOut(**row) if row is not None else None


def look_again(connection: Connection, period: int, day: date | None) -> None:
    """Look at a period again on a day; None is never, unless it is extended."""
    connection.execute(_LOOK, {"period": period, "day": day})


def next_look(connection: Connection) -> date | None:
    """The first day on which there is something to look at."""
    found: date | None = connection.execute(_NEXT).scalar()
    return found
