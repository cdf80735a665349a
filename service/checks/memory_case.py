"""What the desk in memory works with: the host of one act, a side of a case between two acts, and its messages.

Values and the way to definitions; the verbs are the desk's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from service.checks.case_host import CaseHost
from service.checks.desk import Look
from service.checks.rulebook import Rulebook
from service.checks.scenario import NONE
from service.checks.world import InMemoryWorld
from service.engine import Definition, Instance, MessageWait, Outcome, Thrown, UserTaskWait
from service.policy.calendar import Calendar
from service.registry import counter
from service.registry.case_records import CaseRecords
from service.registry.model import CaseView


def look_at(sides: Sequence[Case], student: str | None, world: InMemoryWorld) -> Look:
    """A case (its sides, the host first) and a student's record; without sides the record alone."""
    units, number = world.data.units, sides[0].view.number if sides else ""
    entries = [one for one in world.bulletin if one.case == number]
    tasks = [task for side in sides for task in side.tasks.values()]
    seen = Look(
        tasks=tuple(sorted(task.wait.path for task in tasks)),
        due={task.wait.path: task.wait.due for task in tasks},
        overdue=tuple(sorted(f"{one.party}/{one.step}" for one in entries)),
        bulletin=tuple(sorted({units[one.unit].name for one in entries if one.published})),
        outcome=next((side.outcome for side in sides if side.host), NONE),
        told=next((one.text for one in world.notices[::-1] if one.case == number), ""),
    )
    if student is None:
        return seen
    enrolment, periods = world.students[student].enrolment, world.students[student].suspensions
    running = next((one for one in reversed(periods) if one.ended is None), None)
    return replace(
        seen,
        status=enrolment.status,
        case_lock=enrolment.case_lock.kind if enrolment.case_lock else "",
        school=units[enrolment.school].name,
        grade=enrolment.grade,
        flags=tuple(sorted(enrolment.flags)),
        place=enrolment.place_of_study,
        suspended_since=running.since if running else None,
        suspended_until=running.until if running else None,
    )


class MemoryHost(CaseHost):
    """The host of one act: the registry in memory, definitions from the rule book."""

    def __init__(self, book: Rulebook, world: InMemoryWorld, case: CaseView, now: datetime) -> None:
        calendar = book.calendar(case.region)
        super().__init__(CaseRecords(world, book.law, case, now=now, calendar=calendar, apply=world.apply))
        self.book = book

    def calendar(self, tenant: str | None) -> Calendar:
        return self.book.calendar(tenant)

    def definition(self, process_id: str, tenant: str | None) -> Definition:
        return self.book.definition(process_id, tenant, self.now.date())

    def by_digest(self, digest: str, process_id: str) -> Definition:
        return self.book.by_digest(digest, process_id)


@dataclass(frozen=True, kw_only=True)
class OpenTask:
    """A user task with the roles that may do it in one unit."""

    wait: UserTaskWait
    roles: tuple[str, ...]
    unit: str | None


@dataclass(frozen=True, kw_only=True)
class Letter:
    """A message on its way from one side of a case to the other."""

    number: str
    sender: int  # position of the side that threw it
    thrown: Thrown

    def hand_over(self, instance: Instance, _: MemoryHost) -> None:
        """The act of the side that waits for it."""
        instance.correlate(self.thrown.name, self.thrown.payload)


@dataclass(frozen=True, kw_only=True)
class Case:
    """One side of a case between two acts: its view has the side's region; the side that opened the case is host."""

    view: CaseView
    host: bool = True
    state: bytes = b""
    tasks: Mapping[str, OpenTask] = field(default_factory=dict)
    messages: Mapping[str, MessageWait] = field(default_factory=dict)
    next_due: datetime | None = None
    outcome: str = ""


def waits_of(
    case: Case, outcome: Outcome, host: MemoryHost
) -> tuple[dict[str, OpenTask], dict[str, MessageWait]]:
    """The tasks and message waits of a side after an act."""
    gone = {ended.id for ended in outcome.ended}
    tasks = {id_: task for id_, task in case.tasks.items() if id_ not in gone}
    messages = {id_: wait for id_, wait in case.messages.items() if id_ not in gone}
    for wait in outcome.created:
        if isinstance(wait, UserTaskWait):
            roles, unit = counter.roles_and_unit(wait.groups, host.unit_of, wait.element)
            tasks[wait.id] = OpenTask(wait=wait, roles=roles, unit=unit)
        elif isinstance(wait, MessageWait):
            messages[wait.id] = wait
    return tasks, messages
