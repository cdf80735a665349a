"""The desk of scenarios on the engine alone: the verbs of people, and of time, on cases in memory.

Mirrors the verbs on tables. Knows no scenario and no database.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from service.checks.desk import Look, Who
from service.checks.memory_case import Case, MemoryHost, look_at
from service.checks.memory_cases import MemoryCases, Signal
from service.checks.memory_rules import definition_for, submission
from service.checks.memory_staff import held_roles, host_unit, oversees
from service.engine import Instance
from service.errors import Conflict, Forbidden, NotFound
from service.policy.regions import NATIONAL
from service.policy.values import Value
from service.registry import counter, four_eyes


class MemoryDesk(MemoryCases):
    """What a scenario is played on."""

    def watch(self, student: str) -> None:
        self._followed.follow(student)
        self._open_by_occasion()

    def deploy(self, procedure: str, region: str) -> None:
        definition = self.book.definition(procedure, region, self.now.date())
        self._alone.arm(definition, region, self.now, self.book.calendar(region))

    def broadcast(self, signal: str, region: str, variables: Mapping[str, Value]) -> None:
        self._hear(Signal(name=signal, tenant=None if region == NATIONAL else region, variables=variables))
        self._go_on()

    def start(self, who: Who, procedure: str, form: Mapping[str, Value]) -> None:
        by, student = who.by, who.student
        self._followed.follow(student)
        person = self.book.world_data.people[by]
        unit = host_unit(self.book, person, self.now.date())
        definition = definition_for(self.book, procedure, unit, self._stage(student), self.now.date())
        at, form_id = "", definition.start_form
        role, party = counter.starter(definition.process.settings)
        if who.message:
            at, form_id = definition.start_at("message", who.message), ""
            role, party = counter.sender(definition.nodes[at].properties.get("sent_by", ""))
        counter.check_starter(held_roles(self.book, person, self.now.date()), role, unit)
        values, chosen = submission(self.book, definition.digest, form_id, form)
        view = self._view(unit.county, student, procedure)
        view = replace(view, form=counter.kept(values), parties={party: unit.id, **chosen})
        before = self.world, list(self.cases), list(self._post), list(self._early)
        self._begin(Case(view=view), definition, values, by, at)
        try:
            counter.check_record(
                self.book.law.parties, party, unit, before[0].students[student].enrolment.school
            )
        except Forbidden:
            self.world, self.cases, self._post, self._early = before
            raise
        self._go_on()

    def complete(self, task: str, by: str, form: Mapping[str, Value]) -> None:
        case, found = self._open_task(task)
        person = self.book.world_data.people[by]
        held = held_roles(self.book, person, self.now.date())
        if found.unit not in {unit for _, unit in held} and not oversees(person):
            raise NotFound("没有这个任务", cure="请核对任务编号，或刷新待办列表")
        if found.wait.assignee != by:
            counter.check_group(held, found.roles, found.unit)
        four_eyes.check(by, found.wait.barred)
        values, chosen = submission(self.book, found.wait.digest, found.wait.form, form)

        def act(instance: Instance, host: MemoryHost) -> None:
            host.settle_parties(chosen)
            instance.complete(found.wait.id, values, by=by)

        self._act(case, act)
        self._go_on()

    def send(self, message: str, by: str, variables: Mapping[str, Value]) -> None:
        waiting = [
            (side, wait) for side in self.sides for wait in side.messages.values() if wait.message == message
        ]
        if len(waiting) != 1:
            found = "没有办件在等待" if not waiting else f"有 {len(waiting)} 处在等待"
            raise Conflict(f"{found}消息“{message}”", cure="请核对办件进行到哪一步")
        sent_by = waiting[0][1].sent_by

        def act(instance: Instance, host: MemoryHost) -> None:
            self._check_sender(by, sent_by, host)
            instance.correlate(message, variables)

        self._act(waiting[0][0], act)
        self._go_on()

    def _check_sender(self, by: str, sent_by: str, host: MemoryHost) -> None:
        if by == counter.GUARDIAN:
            counter.check_guardian(sent_by)
            return
        person = self.book.world_data.people[by]
        if not oversees(person):
            counter.check_sender(held_roles(self.book, person, self.now.date()), sent_by, host.unit_of)

    def wait_until(self, moment: datetime) -> None:
        if moment < self.now:
            raise Conflict("业务时钟只能向前调", cure=f"现在是 {self.now:%Y-%m-%d %H:%M}，请给出更晚的时间")
        while (due := self._next_due()) is not None and due <= moment:
            self._now = max(due, self._now)
            self._fire_due()
            self._open_by_clock()
            self._open_by_occasion()
        self._now = moment

    def look(self) -> Look:
        if any(one.host for one in self.cases):
            return look_at(self.sides, self.case.view.student, self.world)
        return look_at([], self._followed.students[-1] if self._followed.students else None, self.world)
