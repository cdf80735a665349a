"""Facts: what diagrams and tables may ask the registry. A closed list of pure answers over a snapshot.

A fact is empty (null) where the case does not determine it. Knows no process and no table of a database.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from service.policy.values import Value
from service.registry.facts import places, sides, student, suspensions
from service.registry.facts.base import Fact, Question
from service.registry.law import Law
from service.registry.world import SchoolCalendar, Snapshot

FACTS: Mapping[str, Fact] = {
    one.name: one for one in (*student.FACTS, *suspensions.FACTS, *sides.FACTS, *places.FACTS)
}


def compute(name: str, snapshot: Snapshot, now: datetime, calendar: SchoolCalendar, law: Law) -> Value:
    """The fact's present value; KeyError for a name that is no fact."""
    return FACTS[name].answer(Question(snapshot=snapshot, now=now, calendar=calendar, law=law))


__all__ = ["FACTS", "Fact", "Question", "compute"]
