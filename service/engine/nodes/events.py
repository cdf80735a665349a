"""Events: start, end, catch, throw, boundary, and the start of an event subprocess."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from SpiffWorkflow.util.task import TaskState

from service.engine import compensation, timers
from service.engine.host import BpmnError, End, SignalWait, TimerWait
from service.engine.nodes.activities import lose_race, throw_message, wait_for_message
from service.engine.nodes.base import Code, Step, evaluate_all, is_waiting, store
from service.engine.propagation import throw_error, throw_escalation, throw_signal
from service.engine.scope import TokenScope
from service.engine.space import Frame, Space, Token
from service.policy.values import Value

_WAITING_KINDS = {"timer", "message", "signal", "conditional"}


class StartEvent(Step):
    """Where a scope begins; by the time a token stands here the event has happened."""


class Catching(Step):
    """Shared by everything that waits for a timer, message, signal or condition."""

    def __init__(self, wf_spec: Any, code: Code) -> None:
        super().__init__(wf_spec, code)
        self.conditional = code.node.event.kind == "conditional"

    def listen(self, token: Token) -> None:
        """Register what this token waits for."""
        kind = self.node.event.kind
        if kind == "timer":
            self.set_timer(token)
        elif kind == "message":
            wait_for_message(token)
        elif kind == "signal":
            token.internal_data["signal"] = self.node.event.value
            token.space.case.wait(token, SignalWait(signal=self.node.event.value, **self.described(token)))
        elif kind == "conditional":
            token.space.case.newly_listening.append(token)

    def described(self, token: Token) -> dict[str, str]:
        process = token.space.definition.process_id
        return {"id": str(token.number), "element": self.name, "name": self.node.name, "process": process}

    def set_timer(self, token: Token) -> None:
        case = token.space.case
        plan = timers.schedule(
            self.value(token, "timer"),
            case.host.now,
            case.host.calendar(token.space.definition.tenant),
            self.name,
        )
        token.internal_data.update(plan.as_data())
        case.wait(token, TimerWait(due=plan.due, **self.described(token)))

    def repeat_timer(self, token: Token) -> bool:
        """Set a cycle's next due instant; False when it has run out."""
        following = timers.following(token.internal_data)
        if following is None:
            return False
        token.internal_data.update(following.as_data())
        token.space.case.wait(token, TimerWait(due=following.due, **self.described(token)))
        return True

    def check(self, token: Token) -> bool:
        condition = (self.code.values or {})["condition"]
        if not is_waiting(token) or not condition.test(TokenScope(token)):
            return False
        self.fired(token, {})
        return True


class CatchEvent(Catching):
    """An intermediate catch event."""

    def execute(self, token: Token) -> bool | None:
        if self.node.event.kind not in _WAITING_KINDS:
            return True
        self.listen(token)
        return None

    def fired(self, token: Token, payload: Mapping[str, Value]) -> None:
        lose_race(token)
        super().fired(token, payload)


class BoundaryEvent(Catching):
    """An event on the edge of an activity."""

    def __init__(self, wf_spec: Any, code: Code) -> None:
        super().__init__(wf_spec, code)
        self.passive_wait = code.node.event.kind in _WAITING_KINDS

    def only_listens(self, token: Token) -> bool:
        return "host" in token.internal_data

    def execute(self, token: Token) -> bool | None:
        if "host" not in token.internal_data:
            return True  # an error, escalation or cancel has been caught here
        self.listen(token)
        return None

    def fired(self, token: Token, payload: Mapping[str, Value]) -> None:
        store(token, payload)
        if self.node.interrupting:
            host = token.space.tasks[token.internal_data.pop("host")]
            token.space.case.cancel_token(host)
            token.complete()
            return
        self.leave(token)
        if self.node.event.kind == "timer" and not self.repeat_timer(token):
            token.space.remove(token)
            token.space.case.ended(token, "completed")


class EventSubprocessStart(Catching):
    """Waits, in the scope around an event subprocess, for what starts it."""

    def __init__(self, wf_spec: Any, code: Code, subprocess: str) -> None:
        super().__init__(wf_spec, code)
        self.subprocess = subprocess
        self.passive_wait = code.node.event.kind in _WAITING_KINDS

    def only_listens(self, token: Token) -> bool:
        return True

    def execute(self, token: Token) -> bool | None:
        self.listen(token)
        return None

    def fired(self, token: Token, payload: Mapping[str, Value]) -> None:
        space = token.space
        store(token, payload)
        if self.node.interrupting:
            space.interrupt()
        elif self.node.event.kind == "timer" and not self.repeat_timer(token):
            space.remove(token)
            space.case.ended(token, "completed")
        space.enter(space.spec.task_specs[self.subprocess])


class ThrowEvent(Step):
    """An intermediate throw event; a link throw simply leads on to its catch."""

    def execute(self, token: Token) -> bool | None:
        kind = self.node.event.kind
        if kind == "message":
            throw_message(token)
        elif kind == "signal":
            throw_signal(token, self.node.event.value, evaluate_all(self.code.inputs, token))
        elif kind == "escalation":
            throw_escalation(token, self.node.event.value)
        elif kind == "compensate":
            return compensation.begin(token, self.node.event.ref)
        return True if is_alive(token) else None

    def undone(self, token: Token) -> None:
        """Compensation is done: go on."""
        token.complete()

    def body_done(self, token: Token, frame: Frame) -> None:
        compensation.frame_done(token, frame)


class EndEvent(ThrowEvent):
    """An end event: its result is thrown, and outside called processes it names how the case ended."""

    def execute(self, token: Token) -> bool | None:
        space, kind = token.space, self.node.event.kind
        if space.process_level is space.case:
            space.case.reached(End(element=self.name, name=self.node.name, inside=space is not space.case))
        if kind == "error":
            throw_error(token, BpmnError(self.node.event.value))
            return None
        if kind == "terminate":
            space.case.ended(token, "completed")
            space.terminate()
            return None
        if kind == "cancel":
            self.cancel(token)
            return None
        return super().execute(token)

    def cancel(self, token: Token) -> None:
        """A transaction is cancelled: end what runs in it, undo what it did, leave by the cancel boundary event."""
        for other in token.space.tokens():
            if other is not token:
                token.space.case.cancel_token(other)
        if compensation.begin(token):
            self.undone(token)

    def undone(self, token: Token) -> None:
        if self.node.event.kind != "cancel":
            token.complete()
            return
        owner = token.space.owner
        assert owner is not None, "the reader lets a cancel end event stand in a transaction only"
        space: Space = owner.space
        owner = space.tasks.get(owner.internal_data.get("mi", 0), owner)  # all repetitions are cancelled
        events = [event for event in owner.task_spec.code.attached if event.event.kind == "cancel"]
        space.case.cancel_token(owner)
        for event in events:
            space.enter(space.spec.task_specs[event.id])
        space.settle_if_idle()


def is_alive(token: Token) -> bool:
    return token.number in token.space.tasks and not token.has_state(TaskState.CANCELLED)
