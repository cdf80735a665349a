"""Which students of a scenario the system must look at, and when: what starts by itself at the desk in memory.

Only the students a scenario speaks of are followed; everybody else's suspensions are no part of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from service.checks.world import InMemoryWorld
from service.registry.model import Suspension

_NEVER = date.max


@dataclass(frozen=True, kw_only=True)
class _Looked:
    """The end of a period was looked at: look again on a day unless the period is extended."""

    until: date
    again: date


class Followed:
    """The students followed and what became of the ends of their suspensions."""

    def __init__(self) -> None:
        self.students: list[str] = []
        self._looked: dict[str, _Looked] = {}

    def follow(self, student: str) -> None:
        """Look after this student from now on; the one named last comes last."""
        self.students = [one for one in self.students if one != student] + [student]

    def next_day(self, world: InMemoryWorld) -> date | None:
        """The first day on which there is something to look at."""
        days = [day for day in (self._day(world, one) for one in self.students) if day != _NEVER]
        return min(days, default=None)

    def due(self, world: InMemoryWorld, today: date) -> list[str]:
        """Students whose suspension is over and has to be looked at."""
        return [one for one in self.students if self._day(world, one) <= today]

    def looked(self, world: InMemoryWorld, student: str, again: date = _NEVER) -> None:
        """The end of the student's suspension was looked at."""
        running = _running(world, student)
        if running is not None and running.until is not None:
            self._looked[student] = _Looked(until=running.until, again=again)

    def _day(self, world: InMemoryWorld, student: str) -> date:
        running = _running(world, student)
        if running is None or running.until is None:
            return _NEVER
        looked = self._looked.get(student)
        if looked is not None and looked.until == running.until:
            return looked.again
        return running.until + timedelta(days=1)


def _running(world: InMemoryWorld, student: str) -> Suspension | None:
    known = world.students.get(student)
    periods = [one for one in known.suspensions if one.ended is None] if known else []
    return periods[-1] if periods else None
