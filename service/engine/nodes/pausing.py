"""Asynchronous continuations (camunda:asyncBefore, asyncAfter): what led to a token is kept, and the worker goes on.

A stopped token waits like a timer that is due at once: fired in a transaction of its own, tried again after a while
when that fails, an incident when it keeps failing. It must not know what the node does.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from SpiffWorkflow.util.task import TaskState

from service.clock import ZONE
from service.engine.host import TimerWait

if TYPE_CHECKING:
    from service.engine.space import Token

BEFORE, AFTER = "before", "after"


def stops(token: Token) -> bool:
    """Does a token stop before its node is run? The repetitions of a repeated activity do not: the whole of it does."""
    data = token.internal_data
    if "mi" in data or data.pop("resumed", False):
        return False
    _wait(token, BEFORE)
    return True


def stop_after(token: Token) -> None:
    """Stand where a node is done, without having left it."""
    space = token.space
    via = {"via": token.internal_data["via"]} if "via" in token.internal_data else {}
    stopped = type(token)(space, token.task_spec, space.case.next_number(), TaskState.STARTED, via)
    _wait(stopped, AFTER)


def _wait(token: Token, where: str) -> None:
    case, step = token.space.case, token.task_spec
    now = case.host.now
    token.internal_data.update(pause=where, due=int(now.timestamp() * 1000))
    process = token.space.definition.process_id
    described = {"element": step.name, "name": step.node.name, "process": process}
    case.wait(token, TimerWait(id=str(token.number), due=now.astimezone(ZONE), **described))


def is_stopped(token: Token) -> bool:
    return "pause" in token.internal_data


def go_on(token: Token) -> None:
    """The worker has come."""
    space, step, data = token.space, token.task_spec, dict(token.internal_data)
    where = data.pop("pause")
    del data["due"]
    if where == BEFORE:
        data["resumed"] = True
        fresh = type(token)(space, step, space.case.next_number(), TaskState.FUTURE, data)
        fresh._ready()
    else:
        step.go_on(token)
    space.remove(token)
    space.case.ended(token, "completed")
    space.settle_if_idle()


def fire(token: Token) -> None:
    """What is due happens: a stopped token goes on, a timer fires."""
    if is_stopped(token):
        go_on(token)
    else:
        token.task_spec.fired(token, {})


def due_of(token: Token) -> datetime:
    return datetime.fromtimestamp(token.internal_data["due"] / 1000, ZONE)
