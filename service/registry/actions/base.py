"""What an action is, and what it is given. Holds no action itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, TypeAlias

from service.errors import BadDefinition
from service.policy.values import Value, is_number, to_date
from service.registry.changes import Change, SetStatus
from service.registry.errors import ActionRefused
from service.registry.law import Law
from service.registry.model import CaseView, Enrolment, Unit
from service.registry.world import SchoolCalendar, Snapshot

InputType: TypeAlias = Literal[
    "party", "status", "flag", "lock", "number_class", "sanction", "string", "number", "boolean", "date"
]


@dataclass(frozen=True, kw_only=True)
class Input:
    """One ``camunda:inputParameter``; the types ``party`` to ``sanction`` are closed lists."""

    name: str
    type: InputType
    label_zh: str
    required: bool = False


@dataclass(frozen=True, kw_only=True)
class ActionContext:
    """One call: the case as it stands, the inputs, the moment and the law."""

    view: CaseView
    look: Callable[[], Snapshot]  # taken only when the action asks for more than the case itself says
    inputs: Mapping[str, Value]
    now: datetime
    since: datetime  # when the timer that led here was due; without one, now
    calendar: SchoolCalendar
    law: Law

    @property
    def today(self) -> date:
        return self.now.date()

    @property
    def snapshot(self) -> Snapshot:
        return self.look()

    @property
    def case(self) -> str:
        return self.view.number

    @property
    def student(self) -> str:
        if self.snapshot.student is None:
            raise ActionRefused("no_record", "本件没有本系统内的学生学籍", cure="请由学籍所在一方办理此步")
        return self.snapshot.student.id

    @property
    def enrolment(self) -> Enrolment:
        if self.snapshot.enrolment is None:
            raise ActionRefused("no_record", "该生在本系统内没有学籍", cure="请先建立学籍")
        return self.snapshot.enrolment

    def party(self, name: str) -> Unit:
        return self.law.parties.resolve(name, self.snapshot)

    def party_id(self, name: str) -> str:
        """The unit of a party; one the case has settled is known without looking."""
        return self.view.parties.get(name) or self.party(name).id

    def text(self, name: str, default: str = "") -> str:
        found = self.inputs.get(name)
        return default if found is None else str(found)

    def number(self, name: str) -> int | None:
        found = self.inputs.get(name)
        if isinstance(found, str) and found.isdecimal():
            return int(found)
        return int(found) if is_number(found) else None

    def day(self, name: str) -> date | None:
        return to_date(self.inputs.get(name))

    def may_become(self, status: str, trigger: str) -> tuple[str, ...]:
        """The clauses a change of status rests on where the record is now; refused where it may not be."""
        school = self.snapshot.units[self.enrolment.school]
        rules = self.law.transitions(school.county, self.today, self.enrolment.stage)
        return rules.check(self.enrolment, status, trigger)

    def become(self, status: str, trigger: str) -> tuple[Change, ...]:
        """The change of status, or nothing where the student has it already."""
        was = self.enrolment.status
        if was == status:
            return ()
        change = SetStatus(
            student=self.student,
            was=was,
            status=status,
            trigger=trigger,
            places=self.law.statuses.places_taken(was, status),
            clauses=self.may_become(status, trigger),
        )
        return (change,)

    def unlocked(self) -> None:
        """Refused while another case holds the record."""
        lock = self.enrolment.case_lock
        if lock is not None and lock.case != self.case:
            raise ActionRefused(
                "student_locked", f"该生的学籍正由办件 {lock.case} 占用", cure="请待该办件办结或撤回后再办"
            )


Work: TypeAlias = Callable[[ActionContext], tuple[Change, ...]]


@dataclass(frozen=True, kw_only=True)
class Action:
    """Work of the system that a service task names by its topic ``registry.<name>``."""

    topic: str
    label_zh: str
    doc_zh: str
    inputs: tuple[Input, ...]
    errors: tuple[str, ...]
    work: Work

    def check(self, names: Mapping[str, Value]) -> None:
        """Refuse inputs the action does not know and the lack of one it needs."""
        known = {one.name for one in self.inputs}
        unknown = [name for name in names if name not in known]
        missing = [one.name for one in self.inputs if one.required and names.get(one.name) is None]
        if unknown or missing:
            wrong = f"不认识输入“{unknown[0]}”" if unknown else f"缺少输入“{missing[0]}”"
            raise BadDefinition(f"{self.topic} {wrong}", cure=f"可用的输入：{'、'.join(known) or '无'}")


def action(
    label_zh: str, doc_zh: str, *inputs: Input, errors: tuple[str, ...] = ("no_record",)
) -> Callable[[Work], Action]:
    """Make an action of a function; the function's name is the topic's."""

    def make(work: Work) -> Action:
        topic = f"registry.{getattr(work, '__name__', '')}"
        return Action(topic=topic, label_zh=label_zh, doc_zh=doc_zh, inputs=inputs, errors=errors, work=work)

    return make
