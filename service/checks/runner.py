"""Plays a scenario on a desk, and tells in plain words where it went otherwise.

The same for every desk. Knows no engine, no HTTP and no table.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from service.checks.desk import Desk, Look, Who
from service.checks.people import Cast
from service.checks.scenario import (
    FREE,
    NOWHERE,
    RUNNING,
    Broadcast,
    Complete,
    Expect,
    Scenario,
    Send,
    Start,
    Step,
    Wait,
)
from service.engine import Trace
from service.errors import XuejiError
from service.policy.calendar import Calendar
from service.registry import counter

_SHOWN_NODES = 5
_GUARDIAN = "监护人"  # as ``by`` of a message: by the number and the code of the case, without an account


@dataclass(frozen=True, kw_only=True)
class Failure:
    """Where a scenario went otherwise: the line, what was expected, what was so, and how the case stood."""

    file: str
    line: int
    scenario: str
    expected: str
    found: str
    standing: tuple[str, ...] = ()

    def __str__(self) -> str:
        head = f"{self.file}:{self.line} 场景“{self.scenario}”"
        said = (f"应当：{self.expected}", f"实际：{self.found}", *self.standing)
        return "\n  ".join((head, *said))


@dataclass(frozen=True, kw_only=True)
class Played:
    """A scenario that was run."""

    scenario: Scenario
    trail: tuple[Trace, ...]
    failure: Failure | None = None


class _OtherwiseError(Exception):
    """What was found is not what was expected."""

    def __init__(self, line: int, expected: str, found: str) -> None:
        self.line, self.expected, self.found = line, expected, found
        super().__init__(expected)


def play(scenario: Scenario, desk: Desk, cast: Cast, calendar: Calendar) -> Played:
    """Run a scenario to its end or to the first thing that is otherwise."""
    game = _Game(scenario, desk, cast, calendar)
    try:
        game.run()
    except _OtherwiseError as other:
        return Played(scenario=scenario, trail=desk.trail(), failure=game.failure(other))
    except XuejiError as error:  # a name nobody has, a case that is not there
        stuck = _OtherwiseError(game.line, "这一步能够进行", str(error))
        return Played(scenario=scenario, trail=desk.trail(), failure=game.failure(stuck))
    return Played(scenario=scenario, trail=desk.trail())


class _Game:
    """One scenario being played."""

    def __init__(self, scenario: Scenario, desk: Desk, cast: Cast, calendar: Calendar) -> None:
        self.scenario, self.desk, self.cast, self.calendar = scenario, desk, cast, calendar
        self.line = scenario.line
        self.verbs: Mapping[type, Callable[..., None]] = {
            Start: self.start,
            Complete: self.complete,
            Send: self.send,
            Broadcast: self.broadcast,
            Wait: self.wait,
            Expect: self.expect,
        }

    def run(self) -> None:
        if self.scenario.start.refused:
            self.refused_start(self.scenario.start)
            return
        self.start(self.scenario.start)
        for step in self.scenario.steps:
            self.line = step.line
            self.verbs[type(step)](step)
        if self.scenario.ends:
            outcome = self.desk.look().outcome or RUNNING
            self.same(self.scenario.line, "办件结果", self.scenario.ends, outcome)

    # Verbs ---------------------------------------------------------------------------------------------

    def refused_start(self, step: Start) -> None:
        """Every reason named must be there, and every reason there must be named."""
        error = self.must_refuse(step, f"{step.by} 为{step.student}提出的申请", lambda: self.begin(step))
        for problem in error.problems if error.code == "refused" else ():
            if not {problem.where, *problem.clauses} & set(step.refused):
                named = "、".join(problem.clauses) or problem.where
                wanted = f"只因 {'、'.join(step.refused)} 不予受理"
                raise _OtherwiseError(step.line, wanted, f"还有一条理由（{named}）：{problem.message}")

    def start(self, step: Start) -> None:
        what = f"{step.by} 为{step.student}提出申请" if step.student else f"部署 {step.procedure}"
        self.attempt(step, what, lambda: self.begin(step))

    def begin(self, step: Start) -> None:
        if not step.student:
            self.desk.deploy(step.procedure, step.region)
            return
        student = self.cast.student(step.student)
        if not step.by:
            self.desk.watch(student)
            return
        by = self.cast.person(step.by, self.desk.now)
        who = Who(by=by, student=student, message=step.message)
        self.desk.start(who, step.procedure, self.cast.values(step.form))

    def complete(self, step: Complete) -> None:
        form = self.cast.values(step.form)
        by = self.cast.person(step.by, self.desk.now)
        self.attempt(step, f"{step.by} 办理 {step.task}", lambda: self.desk.complete(step.task, by, form))

    def send(self, step: Send) -> None:
        by = counter.GUARDIAN if step.by == _GUARDIAN else self.cast.person(step.by, self.desk.now)
        what = f"{step.by} 发送消息 {step.message}"
        self.attempt(step, what, lambda: self.desk.send(step.message, by, step.variables))

    def broadcast(self, step: Broadcast) -> None:
        send = lambda: self.desk.broadcast(step.signal, self.scenario.region, step.variables)  # noqa: E731
        self.attempt(step, f"广播信号 {step.signal}", send)

    def wait(self, step: Wait) -> None:
        until = step.until or later(self.desk.now, step.number, step.unit, self.calendar)
        self.attempt(step, f"等到 {until:%Y-%m-%d %H:%M}", lambda: self.desk.wait_until(until))

    def expect(self, step: Expect) -> None:
        look = self.desk.look()
        for key, wanted in step.wanted.items():
            if key == "due":
                assert isinstance(wanted, Mapping)
                for path, moment in wanted.items():
                    self.same(step.line, f"{path} 的期限", moment, look.due.get(path))
            elif key == "told":
                self.contains(step.line, LABELS[key], str(wanted), look.told)
            else:
                self.same(step.line, LABELS[key], wanted, seen(look, key))

    # Comparing -----------------------------------------------------------------------------------------

    def same(self, line: int, what: str, wanted: object, found: object) -> None:
        if wanted != found:
            raise _OtherwiseError(line, f"{what}是 {told(wanted)}", told(found))

    def contains(self, line: int, what: str, wanted: str, found: str) -> None:
        if wanted not in found:
            raise _OtherwiseError(line, f"{what}有“{wanted}”", told(found))

    def attempt(self, step: Step, what: str, act: Callable[[], None]) -> None:
        if step.refused:
            self.must_refuse(step, what, act)
            return
        try:
            act()
        except XuejiError as error:
            raise _OtherwiseError(step.line, f"{what}，办成", str(error)) from error

    def must_refuse(self, step: Step, what: str, act: Callable[[], None]) -> XuejiError:
        try:
            act()
        except XuejiError as error:
            for word in step.refused:
                if not speaks_of(error, word):
                    wanted, found = f"{what}，因 {word} 被拒绝", f"被拒绝，但理由是：{error}"
                    raise _OtherwiseError(step.line, wanted, found) from error
            return error
        raise _OtherwiseError(step.line, f"{what}，因 {'、'.join(step.refused)} 被拒绝", "办成了")

    # Telling -------------------------------------------------------------------------------------------

    def failure(self, other: _OtherwiseError) -> Failure:
        return Failure(
            file=self.scenario.file,
            line=other.line,
            scenario=self.scenario.name,
            expected=other.expected,
            found=other.found,
            standing=tuple(self.standing()),
        )

    def standing(self) -> list[str]:
        """How the case stood."""
        lines = [f"此刻：{self.desk.now:%Y-%m-%d %H:%M}"]
        try:
            look = self.desk.look()
        except XuejiError:
            lines.append("没有办件")
        else:
            lines.append(f"结果：{look.outcome}" if look.outcome else f"待办：{told(list(look.tasks))}")
        nodes = [f"{step.process}/{step.element}" for step in self.desk.trail() if step.kind == "node"]
        if nodes:
            lines.append(f"最后走过：{' → '.join(nodes[-_SHOWN_NODES:])}")
        return lines


LABELS = {
    "tasks": "待办任务",
    "overdue": "逾期记录",
    "bulletin": "被通报的单位",
    "status": "学籍状态",
    "case_lock": "占用学籍",
    "school": "学籍所在学校",
    "grade": "年级",
    "flags": "学籍标记",
    "place": "在外就读的地方",
    "told": "最近告知监护人的话",
    "outcome": "办件结果",
    "suspended_since": "休学起始日",
    "suspended_until": "休学期满日",
}
EMPTY = {"case_lock": FREE, "place": NOWHERE}


def seen(look: Look, key: str) -> object:
    """What is to be seen under a key of ``expect``, in the words scenarios use."""
    found = getattr(look, key)
    if isinstance(found, date):
        return f"{found:%Y-%m-%d}"
    if isinstance(found, tuple):
        return list(found)
    if key == "outcome":
        return found or RUNNING
    return found or EMPTY[key] if key in EMPTY else found


def speaks_of(error: XuejiError, word: str) -> bool:
    """Whether a refusal is of this kind, names this clause or row, or uses these words."""
    problems = (error.problem, *error.problems)
    named = {name for problem in problems for name in (problem.where, *problem.clauses)}
    return word == error.code or word in named or any(word in problem.message for problem in problems)


def told(thing: object) -> str:
    """A value as a person would write it."""
    if isinstance(thing, list):
        return "、".join(str(item) for item in thing) or "（无）"
    if isinstance(thing, datetime):
        return f"{thing:%Y-%m-%d %H:%M}"
    return "（无）" if thing in (None, "") else str(thing)


def later(now: datetime, number: int, unit: str, calendar: Calendar) -> datetime:
    """The instant ``number`` units after now, at the same time of day."""
    if unit == "working_day":
        day = now.date()
        for _ in range(number):
            day += timedelta(days=1)
            while not calendar.is_working_day(day):
                day += timedelta(days=1)
        return datetime.combine(day, now.timetz())
    if unit == "month":
        months = now.year * 12 + now.month - 1 + number
        year, month = divmod(months, 12)
        return now.replace(year=year, month=month + 1, day=min(now.day, monthrange(year, month + 1)[1]))
    return now + timedelta(**{f"{unit}s": number})
