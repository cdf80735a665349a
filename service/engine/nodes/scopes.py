"""Activities with an inside: embedded subprocesses and calls of other processes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from service.engine.nodes.activities import Activity
from service.engine.nodes.base import evaluate_all, keeps, store
from service.engine.scope import TokenScope
from service.engine.space import Frame, Space, Token

if TYPE_CHECKING:
    from service.engine.definition import Definition, ScopeSpec


class SubProcess(Activity):
    """An embedded subprocess: its own tokens, the same variables."""

    def perform(self, token: Token) -> bool | None:
        space = token.space
        begin_frame(token, space.spec.inner[self.name], space.definition, space.variables, called=False)
        return None

    def body_done(self, token: Token, frame: Frame) -> None:
        if frame.done:
            token.internal_data["done"] = frame.done
        token.complete()


class CallActivity(Activity):
    """A called process: its own variables, its own region's version, resolved when the call is entered."""

    def perform(self, token: Token) -> bool | None:
        space = token.space
        definition = space.case.host.definition(*self.callee(token, space.definition))
        variables = evaluate_all(self.code.call_in, token)
        if any(item.everything for item in self.node.call_in):
            variables = {**visible(token), **variables}
        frame = begin_frame(token, definition.spec, definition, {}, called=True)
        frame.variables.update({name: value for name, value in variables.items() if keeps(frame, name)})
        return None

    def callee(self, token: Token, caller: Definition) -> tuple[str, str | None]:
        """Process id and region of what is called."""
        process_id = str(self.value(token, "calledElement") or "")
        return process_id, self.value(token, "calledElementTenantId") or caller.tenant

    def body_done(self, token: Token, frame: Frame) -> None:
        values: dict[str, Any] = (
            dict(frame.variables) if any(m.everything for m in self.node.call_out) else {}
        )
        inside = FrameScope(frame)
        values.update({given.name: given.value.evaluate(inside) for given in self.code.call_out})
        store(token, values)
        token.complete()


def visible(token: Token) -> dict[str, Any]:
    """Every variable seen where a token stands; a local value hides the process's of the same name."""
    found = dict(token.space.variables)
    for local in reversed(list(TokenScope(token).locals())):
        found.update(local)
    return found


class FrameScope(TokenScope):
    """The names of a finished called process, for its caller's out mappings."""

    def __init__(self, frame: Frame) -> None:
        self.token, self.space = frame.task_tree, frame


def begin_frame(
    token: Token, spec: ScopeSpec, definition: Definition, variables: dict[str, Any], *, called: bool
) -> Frame:
    """Start the inside of an activity: a token on its none start event (or on every node nothing leads to)."""
    frame = Frame(spec, token, called)
    frame.open(definition, variables, token.space.case, token)
    token.space.case.subprocesses[token.id] = frame
    start_scope(frame)
    return frame


def start_scope(space: Space, start: str = "") -> None:
    """Open the event subprocess starts of a scope and put the first token in."""
    for step in space.spec.starters:
        if step.passive_wait:
            space.enter(step)
    for step in [space.spec.task_specs[start]] if start else space.spec.first:
        space.enter(step)
