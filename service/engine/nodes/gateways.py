"""Gateways: who decides, who forks, who waits for whom."""

from __future__ import annotations

from SpiffWorkflow.util.task import TaskState

from service.engine.nodes.base import Exit, Step, holds, no_way
from service.engine.scope import TokenScope
from service.engine.space import Space, Token


class ExclusiveGateway(Step):
    """The first flow whose condition holds, else the default."""

    def choose(self, token: Token) -> list[Exit]:
        scope = TokenScope(token)
        for flow in self.code.exits:
            if not flow.default and holds(flow, scope):
                return [flow]
        return [flow for flow in self.code.exits if flow.default] or no_way(self)


def waiting_here(step: Step, space: Space) -> dict[str, Token]:
    """The oldest waiting token of each incoming flow."""
    found: dict[str, Token] = {}
    for token in space.tokens():
        if token.task_spec is step and token.state == TaskState.WAITING:
            found.setdefault(token.internal_data["via"], token)
    return found


def merge(token: Token, others: list[Token]) -> None:
    for other in others:
        if other is not token:
            other.space.remove(other)


class ParallelGateway(Step):
    """Waits for one token on every incoming flow, then sends one over every outgoing flow."""

    def arrive(self, token: Token) -> bool:
        if len(self.node.incoming) < 2:
            return True
        token._set_state(TaskState.WAITING)
        present = waiting_here(self, token.space)
        if len(present) < len(self.node.incoming):
            return False
        merge(token, list(present.values()))
        return True

    def choose(self, token: Token) -> list[Exit]:
        return list(self.code.exits)


class InclusiveGateway(Step):
    """Sends a token over every flow whose condition holds; waits while a token may still come.

    A token elsewhere holds the join back if it can reach an incoming flow without a token and none with one
    (BPMN 2.0.2, 13.4.3), by paths that do not pass the join itself.
    """

    def arrive(self, token: Token) -> bool:
        if len(self.node.incoming) < 2:
            return True
        token._set_state(TaskState.WAITING)
        return False

    def may_go_on(self, token: Token) -> bool:
        present = waiting_here(self, token.space)
        if present.get(token.internal_data["via"]) is not token:
            return False
        if any(
            self.held_back_by(other, present) for other in token.space.tokens() if other.task_spec is not self
        ):
            return False
        merge(token, list(present.values()))
        token._ready()
        return True

    def held_back_by(self, other: Token, present: dict[str, Token]) -> bool:
        reachable = token_reach(self, other)
        return bool(reachable) and not reachable & present.keys()

    def choose(self, token: Token) -> list[Exit]:
        scope = TokenScope(token)
        chosen = [flow for flow in self.code.exits if not flow.default and holds(flow, scope)]
        return chosen or [flow for flow in self.code.exits if flow.default] or no_way(self)


def token_reach(join: Step, other: Token) -> frozenset[str]:
    spec = other.space.spec
    return spec.reach(join.name).get(other.task_spec.name, frozenset())


class EventBasedGateway(Step):
    """Waits for several events; the first to come wins."""

    def go_on(self, token: Token) -> None:
        space = token.space
        for flow in self.code.exits:
            target = space.spec.task_specs[flow.target]
            space.enter(target, via=flow.id, race=token.number)
