"""How errors, escalations and signals find whoever catches them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from service.engine.host import BpmnError, Thrown, UncaughtError
from service.engine.model import Node
from service.policy.values import Value

if TYPE_CHECKING:
    from service.engine.space import Case, Space, Token


def throw_error(token: Token, error: BpmnError) -> None:
    """Find the nearest catcher outwards and interrupt what it guards.

    Raises UncaughtError when nobody catches.
    """
    for catcher in _catchers(token, "error", error.code):
        catcher.catch(token, {"errorCodeVariable": error.code, "errorMessageVariable": error.message})
        return
    raise UncaughtError(error, token.task_spec.name)


def throw_escalation(token: Token, code: str) -> None:
    """Find the nearest catcher outwards; nobody catching is no error."""
    for catcher in _catchers(token, "escalation", code):
        catcher.catch(token, {"escalationCodeVariable": code})
        return


def broadcast(case: Case, name: str, payload: Mapping[str, Value]) -> int:
    """Let every token of the instance that waits for the signal have it; the number that did."""
    heard = [token for token in case.all_tokens() if token.internal_data.get("signal") == name]
    count = 0
    for token in heard:
        if token.number in token.space.tasks:
            token.task_spec.fired(token, payload)
            count += 1
    return count


def throw_signal(token: Token, name: str, payload: Mapping[str, Value]) -> None:
    """Signals reach this instance at once, and the others of the tenant through the host."""
    case = token.space.case
    case.thrown.append(Thrown(kind="signal", name=name, element=token.task_spec.name, payload=dict(payload)))
    broadcast(case, name, payload)


class _Boundary:
    """A boundary event of an activity that is running."""

    def __init__(self, activity: Token, event: Node) -> None:
        self.activity, self.event = activity, event

    def catch(self, _thrower: Token, facts: Mapping[str, str]) -> None:
        space = self.activity.space
        if self.event.interrupting:
            space.case.cancel_token(self.activity)
        token = space.enter(space.spec.task_specs[self.event.id])
        _tell(token, self.event, facts)


class _EventSubprocess:
    """An event subprocess of a scope that is running."""

    def __init__(self, space: Space, subprocess: str, event: Node) -> None:
        self.space, self.subprocess, self.event = space, subprocess, event

    def catch(self, _thrower: Token, facts: Mapping[str, str]) -> None:
        if self.event.interrupting:
            self.space.interrupt()
        token = self.space.enter(self.space.spec.task_specs[self.subprocess])
        _tell(token, self.event, facts)


def _tell(token: Token, event: Node, facts: Mapping[str, str]) -> None:
    for setting, value in facts.items():
        if name := event.settings.get(setting):
            token.space.variables[name] = value
            token.space.case.changed = True


def _catchers(token: Token, kind: str, code: str) -> Iterator[_Boundary | _EventSubprocess]:
    """Catchers from the inside outwards; a matching code before a catch-all."""
    activity: Token | None = token
    while activity is not None:
        within = activity.task_spec.name  # an event subprocess does not catch what it throws itself
        space = activity.space
        body = space.tasks.get(activity.internal_data.get("mi", 0), activity)
        events = [event for event in body.task_spec.code.attached if event.event.kind == kind]
        for event in _matching(events, code):
            yield _Boundary(body, event)
        starts = {
            step.node.id: step.subprocess for step in space.spec.starters if step.node.event.kind == kind
        }
        nodes = [step.node for step in space.spec.starters if step.node.id in starts]
        for event in _matching(nodes, code):
            if starts[event.id] != within:
                yield _EventSubprocess(space, starts[event.id], event)
        activity = space.owner


def _matching(events: list[Node], code: str) -> list[Node]:
    exact = [event for event in events if event.event.value == code and code]
    return exact + [event for event in events if not event.event.value]
