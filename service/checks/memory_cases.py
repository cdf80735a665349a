"""The cases of the desk in memory: saved and loaded again around every act, their letters delivered, what is due begun.

Mirrors what the worker and the transactions do on tables: an act that is refused changes nothing. Knows no scenario.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from service.checks.memory_alone import Alone, Armed
from service.checks.memory_case import Case, Letter, MemoryHost, OpenTask, waits_of
from service.checks.memory_occasions import Followed
from service.checks.memory_rules import awaiting, definition_for
from service.checks.rulebook import Rulebook
from service.checks.world import InMemoryWorld
from service.clock import midnight
from service.engine import Definition, Instance, MessageWait, Outcome, Trace, UncaughtError, refusal
from service.errors import NotFound, Refused
from service.policy.values import Value
from service.registry import counter
from service.registry.model import CaseView
from service.registry.occasions import SUSPENSION_OVER


@dataclass(frozen=True, kw_only=True)
class Signal:
    """Heard by whatever listens in a tenant but the case that threw it."""

    name: str
    tenant: str | None
    variables: Mapping[str, Value]
    thrower: str = ""


class MemoryCases:
    """Cases on a fork of the rule book's world."""

    def __init__(self, book: Rulebook, now: datetime) -> None:
        self.book, self._now = book, now
        self.world = book.world.fork()
        self.cases: list[Case] = []
        self._post: list[Letter] = []  # thrown, not yet delivered
        self._early: list[Letter] = []  # delivered before anybody waited
        self._trail: list[Trace] = []
        self._followed = Followed()
        self._alone = Alone()
        self._heard: list[Signal] = []  # thrown, not yet heard elsewhere

    @property
    def now(self) -> datetime:
        return self._now

    @property
    def case(self) -> Case:
        """The case started last: its first side."""
        opened = [one for one in self.cases if one.host]
        if not opened:
            raise NotFound("还没有办件", cure="请先提出申请")
        return opened[-1]

    @property
    def sides(self) -> list[Case]:
        """Every side of the case started last."""
        number = self.case.view.number
        return [one for one in self.cases if one.view.number == number]

    def trail(self) -> tuple[Trace, ...]:
        return tuple(self._trail)

    # What starts by itself -----------------------------------------------------------------------------

    def _go_on(self) -> None:
        """What is queued goes out, what is due happens and starts: a worker does it at once."""
        self._deliver()
        self._fire_due()
        self._open_by_occasion()

    def _fire_due(self) -> None:
        """What is due in a case, one transaction after another."""
        while due := [one for one in self.cases if one.next_due is not None and one.next_due <= self.now]:
            for case in due:
                self._act(case, lambda instance, _: instance.fire_due())
                self._deliver()

    def _open_by_clock(self) -> None:
        for one in self._alone.take_due(self.now):
            self._open_alone(one, {})

    def _hear(self, signal: Signal) -> None:
        """Each listener on its own; those that start at it, too."""
        for position, case in enumerate(list(self.cases)):
            if case.view.number != signal.thrower and not case.outcome:
                self._act(
                    self.cases[position],
                    lambda instance, _: instance.hears(signal.name, signal.tenant, signal.variables),
                )
        for one in self._alone.hearing(signal.name, signal.tenant):
            self._open_alone(one, signal.variables)

    def _open_alone(self, one: Armed, values: Mapping[str, Value]) -> None:
        """A case without a student; the region's own authority plays the party a starter group names."""
        settings, units = one.definition.process.settings, self.book.world_data.units.values()
        wants = settings.get("candidateStarterGroups")
        own = [unit for unit in units if unit.kind == "authority" and unit.county == one.region]
        if wants and not own:
            return
        view = self._view(one.region, None, one.definition.process_id)
        view = replace(view, parties={counter.starter(settings)[1]: own[0].id} if wants else {})
        with suppress(Refused, UncaughtError):  # its own rules refuse it: not opened, and no failure
            self._begin(Case(view=view), one.definition, values, "", one.element)
        self._deliver()

    def _open_by_occasion(self) -> None:
        """The registry starts what awaits the end of a suspension; refused, it tries again the next day."""
        today = self.now.date()
        for student in self._followed.due(self.world, today):
            unit = self.book.world_data.units[self.world.students[student].enrolment.school]
            definition = awaiting(self.book, SUSPENSION_OVER, unit, self._stage(student), today)
            if definition is None:
                self._followed.looked(self.world, student)
                continue
            _, party = counter.starter(definition.process.settings)
            view = self._view(unit.county, student, definition.process_id)
            view = replace(view, parties={party: unit.id})
            try:
                self._begin(
                    Case(view=view), definition, {}, "", definition.start_at("message", SUSPENSION_OVER)
                )
                self._followed.looked(self.world, student)
            except Refused:
                self._followed.looked(self.world, student, today + timedelta(days=1))
            self._deliver()

    def _view(self, region: str, student: str | None, procedure: str) -> CaseView:
        """A case that begins now, under the next number."""
        opened = sum(one.host for one in self.cases)
        return CaseView(
            number=f"{region}-{self.now:%Y%m%d}-{opened + 1:06d}",
            procedure=procedure,
            region=region,
            student=student,
            started=self.now.date(),
        )

    # One act -----------------------------------------------------------------------------------------

    def _act(self, case: Case, act: Callable[[Instance, MemoryHost], Any]) -> None:
        """Load, act, save; the world and the case change together or not at all."""
        world = self.world.fork()
        host = MemoryHost(self.book, world, case.view, self.now)
        instance = Instance.load(case.state, host)
        act(instance, host)
        self._keep(self.cases.index(case), case, instance, host)
        self.world = world

    def _begin(
        self, case: Case, definition: Definition, values: Mapping[str, Value], by: str, at: str = ""
    ) -> None:
        world = self.world.fork()
        host = MemoryHost(self.book, world, case.view, self.now)
        if case.host:
            known = host.records.to_settle() if case.view.student else {}
            host.settle_parties({**known, **case.view.parties})
            world.open_case(case.view.number, case.view.student or "")
        try:
            instance = Instance.start(definition, host, values, by=by, at=at)
        except UncaughtError as error:
            self._trail.extend(error.outcome.trail if error.outcome else ())
            raise refusal(error) from error
        self._keep(len(self.cases), case, instance, host)
        self.world = world

    def _keep(self, position: int, case: Case, instance: Instance, host: MemoryHost) -> None:
        """Write a side down; parties that were settled are settled for the other side too."""
        outcome = instance.settle()
        settled = self._settled(case, instance, outcome, host)
        self.cases[position : position + 1] = [settled]
        for at, other in enumerate(self.cases):
            if other.view.number == settled.view.number and at != position:
                self.cases[at] = replace(other, view=replace(other.view, parties=settled.view.parties))
        self._post += [
            Letter(number=settled.view.number, sender=position, thrown=one)
            for one in outcome.thrown
            if one.kind == "message"
        ]
        self._heard += [
            Signal(
                name=one.name,
                tenant=instance.tenant,
                variables=one.payload,
                thrower=settled.view.number,
            )
            for one in outcome.thrown
            if one.kind == "signal"
        ]
        heard = {wait.message for wait in outcome.created if isinstance(wait, MessageWait)}
        wanted = [
            one for one in self._early if one.number == settled.view.number and one.thrown.name in heard
        ]
        self._early = [one for one in self._early if one not in wanted]
        self._post += wanted

    def _deliver(self) -> None:
        """Bring every message to the side that waits for it, or start that side, or keep it until it is wanted.

        Signals then reach the other cases.
        """
        while self._post or self._heard:
            if not self._post:
                self._hear(self._heard.pop(0))
                continue
            letter = self._post.pop(0)
            side = self._addressee(letter)
            if side is not None:
                self._act(side, letter.hand_over)
            elif letter.thrown.properties.get("starts"):
                self._start_other_side(letter)
            else:
                self._early.append(letter)

    def _addressee(self, letter: Letter) -> Case | None:
        """The other side, when it waits for this message."""
        for at, side in enumerate(self.cases):
            waits = any(wait.message == letter.thrown.name for wait in side.messages.values())
            if side.view.number == letter.number and at != letter.sender and waits:
                return side
        return None

    def _start_other_side(self, letter: Letter) -> None:
        thrown, sender = letter.thrown, self.cases[letter.sender]
        host = MemoryHost(self.book, self.world, sender.view, self.now)
        unit = host.records.party(thrown.properties.get("at", ""))
        parties = {**sender.view.parties, thrown.properties.get("at", ""): unit.id}
        definition = definition_for(
            self.book,
            thrown.properties["starts"],
            unit,
            self._stage(sender.view.student or ""),
            self.now.date(),
        )
        view = replace(sender.view, region=unit.county, parties=parties)
        at = definition.start_at("message", thrown.name)
        self._begin(Case(view=view, host=False), definition, thrown.payload, "", at)

    def _settled(self, case: Case, instance: Instance, outcome: Outcome, host: MemoryHost) -> Case:
        tasks, messages = waits_of(case, outcome, host)
        self._trail.extend(outcome.trail)
        if instance.completed and case.host:
            assert isinstance(host.records.registry, InMemoryWorld)
            host.records.registry.close_case(case.view.number)
        return Case(
            view=host.records.case,
            host=case.host,
            state=instance.save(),
            tasks=tasks,
            messages=messages,
            next_due=outcome.next_due,
            outcome=(outcome.end.element if outcome.end else "") if instance.completed else "",
        )

    # Looking things up ---------------------------------------------------------------------------------

    def _stage(self, student: str) -> str:
        return self.world.students[student].enrolment.stage

    def _open_task(self, path: str) -> tuple[Case, OpenTask]:
        found = [
            (side, task) for side in self.sides for task in side.tasks.values() if task.wait.path == path
        ]
        if not found:
            raise NotFound(f"没有待办任务 {path}", cure="请核对办件进行到哪一步")
        return found[0]

    def _next_due(self) -> datetime | None:
        day = self._followed.next_day(self.world)
        dues = [one.next_due for one in self.cases if one.next_due is not None]
        return min((*dues, *self._alone.next_due(), *((midnight(day),) if day else ())), default=None)
