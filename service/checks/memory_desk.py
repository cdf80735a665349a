"""The desk of scenarios on the engine alone: cases in memory, saved and loaded again around every act.

Mirrors the verbs on tables: an act that is refused changes nothing. Knows no scenario and no database.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from service.checks.desk import Look
from service.checks.memory_case import Case, MemoryHost, OpenTask
from service.checks.rulebook import Rulebook
from service.checks.world import InMemoryWorld
from service.engine import (
    Definition,
    Instance,
    MessageWait,
    Outcome,
    Trace,
    UncaughtError,
    UserTaskWait,
    refusal,
)
from service.errors import BadRequest, Conflict, NotFound
from service.policy.values import Value
from service.registry import counter, four_eyes
from service.registry.model import CaseView, Unit
from service.registry.world_data import WorldPerson


class MemoryDesk:
    """Cases on a fork of the rule book's world."""

    def __init__(self, book: Rulebook, now: datetime) -> None:
        self.book, self._now = book, now
        self.world = book.world.fork()
        self.cases: list[Case] = []
        self._trail: list[Trace] = []

    @property
    def now(self) -> datetime:
        return self._now

    @property
    def case(self) -> Case:
        """The case started last."""
        if not self.cases:
            raise NotFound("还没有办件", cure="请先提出申请")
        return self.cases[-1]

    def trail(self) -> tuple[Trace, ...]:
        return tuple(self._trail)

    # Verbs -------------------------------------------------------------------------------------------

    def start(self, by: str, student: str, procedure: str, form: Mapping[str, Value]) -> None:
        person = self.book.world_data.people[by]
        unit = self._host_unit(person)
        definition = self._definition_for(procedure, unit, student)
        role, party = counter.starter(definition.process.settings)
        counter.check_starter(self._held(person), role, unit)
        values, chosen = self._submission(definition.digest, definition.start_form, form)
        number = f"{unit.county}-{self.now:%Y%m%d}-{len(self.cases) + 1:06d}"
        view = CaseView(
            number=number,
            procedure=procedure,
            region=unit.county,
            student=student,
            started=self.now.date(),
            form=counter.kept(values),
        )
        case = self._begun(Case(view=view), definition, {party: unit.id, **chosen}, values, by)
        self.cases.append(case)

    def complete(self, task: str, by: str, form: Mapping[str, Value]) -> None:
        case = self.case
        person = self.book.world_data.people[by]
        held = self._held(person)
        found = self._open_task(case, task)
        if found.unit not in {unit for _, unit in held} and not self._oversees(person):
            raise NotFound("没有这个任务", cure="请核对任务编号，或刷新待办列表")
        if found.wait.assignee != by:
            counter.check_group(held, found.roles, found.unit)
        four_eyes.check(by, found.wait.barred)
        values, chosen = self._submission(found.wait.digest, found.wait.form, form)

        def act(instance: Instance, host: MemoryHost) -> None:
            host.settle_parties(chosen)
            instance.complete(found.wait.id, values, by=by)

        self._act(case, act)

    def send(self, message: str, by: str, variables: Mapping[str, Value]) -> None:
        case = self.case
        waiting = [wait for wait in case.messages.values() if wait.message == message]
        if len(waiting) != 1:
            found = "没有办件在等待" if not waiting else f"有 {len(waiting)} 处在等待"
            raise Conflict(f"{found}消息“{message}”", cure="请核对办件进行到哪一步")
        person = self.book.world_data.people[by]
        held = self._held(person)

        def act(instance: Instance, host: MemoryHost) -> None:
            if not self._oversees(person):
                counter.check_sender(held, waiting[0].sent_by, host.unit_of)
            instance.correlate(message, variables)

        self._act(case, act)

    def wait_until(self, moment: datetime) -> None:
        if moment < self.now:
            raise Conflict("业务时钟只能向前调", cure=f"现在是 {self.now:%Y-%m-%d %H:%M}，请给出更晚的时间")
        while (due := self._next_due()) is not None and due <= moment:
            self._now = max(due, self._now)
            for case in [one for one in self.cases if one.next_due is not None and one.next_due <= self._now]:
                self._act(case, lambda instance, _: instance.fire_due())
        self._now = moment

    def look(self) -> Look:
        case, data = self.case, self.book.world_data
        enrolment = self.world.students[case.view.student].enrolment if case.view.student else None
        entries = [one for one in self.world.bulletin if one.case == case.view.number]
        seen = Look(
            tasks=tuple(sorted(task.wait.path for task in case.tasks.values())),
            due={task.wait.path: task.wait.due for task in case.tasks.values()},
            overdue=tuple(sorted(f"{one.party}/{one.step}" for one in entries)),
            bulletin=tuple(sorted({data.units[one.unit].name for one in entries if one.published})),
            outcome=case.outcome,
        )
        if enrolment is None:
            return seen
        return replace(
            seen,
            status=enrolment.status,
            case_lock=enrolment.case_lock.kind if enrolment.case_lock else "",
            school=data.units[enrolment.school].name,
            grade=enrolment.grade,
            flags=tuple(sorted(enrolment.flags)),
        )

    # One act -----------------------------------------------------------------------------------------

    def _act(self, case: Case, act: Callable[[Instance, MemoryHost], Any]) -> None:
        """Load, act, save; the world and the case change together or not at all."""
        world = self.world.fork()
        host = MemoryHost(self.book, world, case.view, self.now)
        instance = Instance.load(case.state, host)
        act(instance, host)
        self.cases[self.cases.index(case)] = self._settled(case, instance, host)
        self.world = world

    def _begun(
        self,
        case: Case,
        definition: Definition,
        parties: Mapping[str, str],
        values: dict[str, Value],
        by: str,
    ) -> Case:
        world = self.world.fork()
        host = MemoryHost(self.book, world, replace(case.view, parties=dict(parties)), self.now)
        host.settle_parties({**host.records.to_settle(), **parties})
        world.open_case(case.view.number, case.view.student or "")
        try:
            instance = Instance.start(definition, host, values, by=by)
        except UncaughtError as error:
            self._trail.extend(error.outcome.trail if error.outcome else ())
            raise refusal(error) from error
        begun = self._settled(case, instance, host)
        self.world = world
        return begun

    def _settled(self, case: Case, instance: Instance, host: MemoryHost) -> Case:
        outcome = instance.settle()
        tasks, messages = self._waits(case, outcome, host)
        self._trail.extend(outcome.trail)
        if instance.completed:
            assert isinstance(host.records.registry, InMemoryWorld)
            host.records.registry.close_case(case.view.number)
        return Case(
            view=host.records.case,
            state=instance.save(),
            tasks=tasks,
            messages=messages,
            next_due=outcome.next_due,
            outcome=(outcome.end.element if outcome.end else "") if instance.completed else "",
        )

    def _waits(
        self, case: Case, outcome: Outcome, host: MemoryHost
    ) -> tuple[dict[str, OpenTask], dict[str, MessageWait]]:
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

    # Looking things up ---------------------------------------------------------------------------------

    def _held(self, person: WorldPerson) -> frozenset[tuple[str, str]]:
        """The roles the person may use today: active and, where asked, trained and filed."""
        today, roles = self.now.date(), self.book.law.roles
        return frozenset(
            (one.role, one.unit) for one in person.roles if one.unit and roles.qualified(one, today)
        )

    def _oversees(self, person: WorldPerson) -> bool:
        """Operators and administrators see all and keep the system running."""
        return any(one.role in ("admin", "operator") and one.active and not one.unit for one in person.roles)

    def _host_unit(self, person: WorldPerson) -> Unit:
        units = sorted(
            {unit for _, unit in self._held(person)} or {one.unit for one in person.roles if one.unit}
        )
        if len(units) != 1:
            raise BadRequest("不能确定由哪个单位发起", cure="请由单位为您配置角色")
        return self.book.world_data.units[units[0]]

    def _definition_for(self, procedure: str, unit: Unit, student: str) -> Definition:
        """The version in force for the host unit: nearest region that covers the stage, then wider ones."""
        today = self.now.date()
        stage = self.world.students[student].enrolment.stage
        for region in self.book.law.applying(unit.county, today, stage):
            found = self.book.current(procedure, region.code, today)
            if found is not None:
                return found
        raise NotFound(f"没有可用的业务“{procedure}”", cure="请核对业务名称")

    def _submission(
        self, digest: str, form_id: str, given: Mapping[str, Value]
    ) -> tuple[dict[str, Value], dict[str, str]]:
        if not form_id:
            return dict(given), {}
        form = self.book.form_of(digest, form_id)
        values = form.validate(given)
        return values, counter.chosen_parties(form, values)

    def _open_task(self, case: Case, path: str) -> OpenTask:
        found = [task for task in case.tasks.values() if task.wait.path == path]
        if not found:
            raise NotFound(f"没有待办任务 {path}", cure="请核对办件进行到哪一步")
        return found[0]

    def _next_due(self) -> datetime | None:
        return min((one.next_due for one in self.cases if one.next_due is not None), default=None)
