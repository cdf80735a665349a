"""What listens beside a case's live steps, and what each token waits for in the words of the diagram it stands in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from service.clock import ZONE
from service.engine.fitting import Pair
from service.engine.host import ExternalWait, SignalWait, TimerWait, Wait
from service.engine.nodes.activities import ReceiveTask, ServiceTask, UserTask, wait_for_message
from service.engine.nodes.base import Step
from service.engine.nodes.events import BoundaryEvent, EventSubprocessStart
from service.engine.nodes.pausing import is_stopped
from service.engine.space import Space, Token


def listeners(pair: Pair) -> set[tuple[str, str, str]]:
    """What the old diagram has to listen in a space, fired already or not: (activity or nothing, element, event)."""
    found = {("", one.name, one.node.event.kind) for one in pair.space.spec.starters}
    for node in pair.old.values():
        if node.attached_to:
            found.add((node.attached_to, node.id, node.event.kind))
    return found


def boundaries(space: Space, token: Token) -> Iterator[Step]:
    """The listening boundary events of a live activity."""
    if "mi" in token.internal_data:
        return
    for event in token.task_spec.code.attached:
        step = space.spec.task_specs[event.id]
        if isinstance(step, BoundaryEvent) and step.passive_wait:
            yield step


def taken_over(space: Space) -> bool:
    """Has an interrupting event subprocess ended everything else in a scope, its listeners too?"""
    for token in space.tokens():
        node = token.task_spec.node
        if node.triggered_by_event and not isinstance(token.task_spec, EventSubprocessStart):
            starts = [one for one in space.spec.starters if one.subprocess == node.id]
            if any(one.node.interrupting for one in starts):
                return True
    return False


def describe(step: Step, token: Token) -> Wait | None:
    """What a token waits for, in the words of the diagram it now stands in."""
    case, data = token.space.case, token.internal_data
    if isinstance(step, UserTask | ReceiveTask) and not is_stopped(token):
        step.perform(token)
        return case.created.get(token.number)
    common = {
        "id": str(token.number),
        "element": step.name,
        "name": step.node.name,
        "process": token.space.definition.process_id,
    }
    if "due" in data:
        return TimerWait(due=datetime.fromtimestamp(data["due"] / 1000, ZONE), **common)
    if "message" in data:
        wait_for_message(token)
        return case.created.get(token.number)
    if "signal" in data:
        data["signal"] = step.node.event.value
        return SignalWait(signal=data["signal"], **common)
    if isinstance(step, ServiceTask) and "undo" not in data:
        return ExternalWait(topic=str(step.value(token, "topic") or ""), **common)
    return None
