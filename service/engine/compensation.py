"""Undoing what is done: compensation handlers in reverse order, and the cancel of a transaction.

Each scope remembers which of its activities with something to undo are done (``Space.done``): the name, what was
done inside, and for a repeated activity the local values and the inside of each repetition. A throwing token works
off its list of handlers one after another; a handler may be a user task, so the list lives in the token's data and
survives saving.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from service.engine.definition import ScopeSpec
    from service.engine.space import Frame, Space, Token

# [names of the subprocesses on the way down, handler to run, what is done in the scope the handler belongs to,
#  local values of the repetition it undoes]
Job = list[Any]


def begin(token: Token, activity: str = "") -> bool | None:
    """Start compensating what the scope of this token has done (only ``activity``, if named).

    True when there is nothing to undo.
    """
    space = compensated_scope(token)
    chosen = [entry for entry in space.done if not activity or entry[0] == activity]
    space.done = [entry for entry in space.done if entry not in chosen]
    jobs: list[Job] = []
    for entry in reversed(chosen):
        jobs.extend(_jobs(space.spec, entry, [], {}))
    token.internal_data["undo"] = jobs
    return next_job(token)


def compensated_scope(token: Token) -> Space:
    """The token's own scope; from inside an event subprocess, the scope around it."""
    space = token.space
    owner = space.owner
    if owner is not None and owner.task_spec.node.triggered_by_event:
        return owner.space
    return space


def _jobs(spec: ScopeSpec, entry: list[Any], path: list[str], local: dict[str, Any]) -> list[Job]:
    """What undoes one thing that was done, each repetition by itself, the last one first."""
    name, done, *rounds = entry
    jobs: list[Job] = []
    if rounds:
        for own, inside in reversed(rounds[0]):
            jobs.extend(_jobs(spec, [name, inside], path, {**local, **own}))
        return jobs
    if handler := spec.handlers.get(name):
        return [[path, handler, [], local]]
    inner = spec.inner.get(name)
    if inner is None:
        return []
    for step in inner.starters:
        if step.node.event.kind == "compensate":
            return [[[*path, name], step.subprocess, done, local]]
    for nested in reversed(done):
        jobs.extend(_jobs(inner, nested, [*path, name], local))
    return jobs


def next_job(token: Token) -> bool | None:
    """Run the next handler; True when the last one is done."""
    jobs: list[Job] = token.internal_data["undo"]
    if not jobs:
        return True
    path, handler, done, local = jobs.pop(0)
    own = {"local": local} if local else {}
    space = compensated_scope(token)
    if not path:
        space.enter(space.spec.task_specs[handler], compensates=token.number, **own)
        return None
    spec = space.spec
    for name in path:
        spec = spec.inner[name]
    frame = space.case.open_frame(token, spec, space)
    frame.done = done  # a compensation event subprocess may undo it in its own order
    frame.enter(spec.task_specs[handler], **own)
    return None


def handler_done(handler: Token) -> None:
    """A handler in the thrower's own scope is done."""
    number = handler.internal_data["compensates"]
    thrower = next((token for token in handler.space.case.all_tokens() if token.number == number), None)
    if thrower is not None:
        carry_on(thrower)


def frame_done(token: Token, _frame: Frame) -> None:
    """A handler inside a finished subprocess is done."""
    carry_on(token)


def carry_on(thrower: Token) -> None:
    if next_job(thrower):
        thrower.task_spec.undone(thrower)
