"""The facade: start, load, act, settle. Everything outside this package works with an ``Instance``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from service.clock import ZONE
from service.engine import codec
from service.engine.definition import Definition
from service.engine.host import (
    BpmnError,
    End,
    Ended,
    EngineError,
    Host,
    Outcome,
    Position,
    TimerWait,
    UncaughtError,
    Wait,
)
from service.engine.nodes import pausing
from service.engine.nodes.activities import UserTask
from service.engine.nodes.base import store
from service.engine.nodes.scopes import start_scope
from service.engine.propagation import broadcast, throw_error
from service.engine.space import Case, Token
from service.errors import Conflict, NotFound
from service.policy.values import Value

FIRE_LIMIT = 10_000
DELETED = "deleted"  # the end of a case an operator ended


class Instance:
    """One running case (or one side of it). Acts run at once; ``settle`` tells what they changed."""

    def __init__(self, case: Case) -> None:
        self.case = case

    # Coming and going --------------------------------------------------------------------------------

    @classmethod
    def start(
        cls,
        definition: Definition,
        host: Host,
        variables: Mapping[str, Value] | None = None,
        *,
        by: str = "",
        at: str = "",
    ) -> Instance:
        """Start at the none start event, or at the start event ``at`` (see ``Definition.start_at``).

        ``by`` is the person who starts. Messages, signals (broadcast inside the tenant) and timers of start events
        reach no instance: the host waits for them. Raises UncaughtError (with the outcome so far) when the
        run reaches an error end.
        """
        case = Case(definition, host)
        case.open(definition, {}, case, None)
        instance = cls(case)
        start = at or definition.start_at("none")
        if by:
            case.doers[start] = by
        store(case.task_tree, {**(variables or {})})
        return instance._act(lambda: start_scope(case, start))

    @classmethod
    def load(cls, state: bytes, host: Host) -> Instance:
        return cls(codec.load(state, host))

    def save(self) -> bytes:
        return codec.save(self.case)

    # Acts ----------------------------------------------------------------------------------------------

    def complete(self, task_id: str, values: Mapping[str, Value] | None = None, *, by: str = "") -> Instance:
        """A person has done a user task.

        Raises NotFound when the task is not open (any more).
        """
        token = self._token(task_id, UserTask)
        if by:
            token.space.process_level.doers[token.task_spec.name] = by
        return self._act(lambda: token.task_spec.fired(token, values or {}))

    def complete_external(self, task_id: str, values: Mapping[str, Value] | None = None) -> Instance:
        """An external worker has done its work."""
        token = self._token(task_id)
        return self._act(lambda: token.task_spec.fired(token, values or {}))

    def fail_external(self, task_id: str, code: str, message: str = "") -> Instance:
        """Work ended in a business error: the error boundary event with this code catches it."""
        token = self._token(task_id)
        return self._act(lambda: throw_error(token, BpmnError(code, message)))

    def fire_due(self) -> Instance:
        """Fire every timer that is due, in order of its instant.

        A token stopped by an asynchronous continuation goes on alone: what fails there takes nothing else back.
        """
        for number in range(FIRE_LIMIT):
            token = self._next_due()
            if token is None or (number and pausing.is_stopped(token)):
                return self
            alone = pausing.is_stopped(token)
            self.case.fired = pausing.due_of(token)
            self._act(lambda token=token: pausing.fire(token))  # type: ignore[misc]
            self.case.fired = None
            if alone:
                return self
        raise EngineError(f"一次到期处理超过 {FIRE_LIMIT} 次", cure="请检查循环定时器的间隔")

    def fire(self, timer_id: str) -> Instance:
        """Fire one timer now, due or not (an operator's act)."""
        token = self._token(timer_id)
        return self._act(lambda: pausing.fire(token))

    def postpone(self, timer_id: str, due: datetime) -> Instance:
        """Give a timer another due instant (an operator's act)."""
        token = self._token(timer_id)
        if "due" not in token.internal_data:
            raise NotFound(f"{timer_id} 不是定时器", cure="请刷新定时器列表")
        token.internal_data["due"] = int(due.timestamp() * 1000)
        element = token.task_spec.name
        process = token.space.definition.process_id
        name = token.task_spec.node.name
        self.case.wait(token, TimerWait(id=timer_id, element=element, name=name, process=process, due=due))
        return self

    def correlate(self, message: str, payload: Mapping[str, Value] | None = None) -> bool:
        """Deliver a message to whoever waits for it here; False when nobody does."""
        for token in self.case.all_tokens():
            if token.internal_data.get("message") == message:
                self._act(lambda token=token: token.task_spec.fired(token, payload or {}))  # type: ignore[misc]
                return True
        return False

    def signal(self, name: str, payload: Mapping[str, Value] | None = None) -> int:
        """Deliver a signal; the number of tokens that heard it."""
        heard: list[int] = []
        self._act(lambda: heard.append(broadcast(self.case, name, payload or {})))
        return heard[0]

    def hears(self, name: str, tenant: str | None, payload: Mapping[str, Value]) -> None:
        """Deliver a signal that was sent in a tenant, if that is where this instance runs."""
        if tenant == self.tenant and not self.completed:
            self.signal(name, payload)

    def set_variables(self, values: Mapping[str, Value]) -> Instance:
        """Change process variables from outside."""
        return self._act(lambda: store(self.case.task_tree, values))

    def cancel(self) -> Instance:
        """End everything without going on anywhere."""
        self.case.end = End(element=DELETED, name="已撤销", kind="cancelled")
        self.case.completed = True
        self.case.clear()
        self.case.finished()
        return self

    # Looking -------------------------------------------------------------------------------------------

    @property
    def variables(self) -> Mapping[str, Value]:
        return self.case.variables

    @property
    def tenant(self) -> str | None:
        """The region whose version this instance started with; None for the nation."""
        return self.case.definition.tenant

    @property
    def completed(self) -> bool:
        return bool(self.case.completed)

    @property
    def spoke(self) -> bool:
        """Has a message or a signal gone out in this run?"""
        return bool(self.case.thrown)

    def positions(self) -> tuple[tuple[str, str, str], ...]:
        """Where tokens stand: (token id, process id, element id), without what only listens."""
        return tuple(
            (str(token.number), token.space.definition.process_id, token.task_spec.name)
            for token in self.case.all_tokens()
            if not token.task_spec.only_listens(token)
        )

    def whereabouts(self) -> tuple[Position, ...]:
        """Like ``positions``, with what the diagram calls each place and what it stands in."""
        return tuple(
            _position(token) for token in self.case.all_tokens() if not token.task_spec.only_listens(token)
        )

    @property
    def goes_on(self) -> bool:
        """Does a token that was stopped for the worker go on next, rather than a timer fire?"""
        token = self._next_due()
        return token is not None and pausing.is_stopped(token)

    def next_due(self) -> datetime | None:
        """The instant from which a timer of this instance may fire."""
        dues = [
            token.internal_data["due"] for token in self.case.all_tokens() if "due" in token.internal_data
        ]
        return datetime.fromtimestamp(min(dues) / 1000, ZONE) if dues else None

    def settle(self) -> Outcome:
        """What the acts since the last settle changed; forgets it. What came and went in between is not told."""
        case = self.case
        gone: dict[int, Ended] = {}
        for token, reason in case.over:
            if token.number not in gone:
                gone[token.number] = Ended(id=str(token.number), element=token.task_spec.name, reason=reason)
        created: tuple[Wait, ...] = tuple(wait for number, wait in case.created.items() if number not in gone)
        outcome = Outcome(
            created=created,
            ended=tuple(ended for number, ended in gone.items() if number <= case.told),
            thrown=tuple(case.thrown),
            trail=tuple(case.trail),
            facts=dict(case.facts),
            variables=dict(case.variables),
            end=case.end if case.completed else None,
            next_due=self.next_due(),
        )
        case.created, case.over, case.thrown, case.trail, case.facts = {}, [], [], [], {}
        case.told = case.numbers
        return outcome

    # Inside ----------------------------------------------------------------------------------------------

    def _act(self, act: Callable[[], Any]) -> Instance:
        if self.case.completed:
            raise Conflict("流程已经结束，不能再办理", cure="请刷新后查看结果")
        try:
            act()
            self.case.run()
        except UncaughtError as error:
            error.outcome = self.settle()
            raise
        return self

    def _token(self, task_id: str, kind: type | None = None) -> Token:
        for token in self.case.all_tokens():
            if str(token.number) == task_id and (kind is None or isinstance(token.task_spec, kind)):
                return token
        raise NotFound(f"任务 {task_id} 不在办理中", cure="它可能已经办结或被撤销，请刷新待办列表")

    def _next_due(self) -> Token | None:
        limit = int(self.case.host.now.timestamp() * 1000)
        due = [
            token for token in self.case.all_tokens() if token.internal_data.get("due", limit + 1) <= limit
        ]
        return min(due, key=lambda token: (token.internal_data["due"], token.number), default=None)


def _position(token: Token) -> Position:
    owner = token.space.owner
    node = token.space.definition.nodes.get(token.task_spec.name)
    return Position(
        id=str(token.number),
        parent=str(owner.number) if owner is not None else "",
        process=token.space.definition.process_id,
        element=token.task_spec.name,
        name=node.name if node else "",
        kind=node.kind if node else "",
        called=node.called if node else "",
    )
