"""What the desk in memory works with: the host of one act, a side of a case between two acts, and its messages.

Values and the way to definitions; the verbs are the desk's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from service.checks.case_host import CaseHost
from service.checks.rulebook import Rulebook
from service.checks.world import InMemoryWorld
from service.engine import Definition, Instance, MessageWait, Thrown, UserTaskWait
from service.policy.calendar import Calendar
from service.registry.case_records import CaseRecords
from service.registry.model import CaseView


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
