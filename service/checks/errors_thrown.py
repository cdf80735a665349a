"""Which errors (or escalations) leave a process uncaught, and whether they can only do so before the case first waits.

An error before the first wait refuses the start; later it would be an incident. Follows calls inside a bundle.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from service.checks import graph
from service.checks.model import Model
from service.engine.model import Node, Process, Scope

_THROWING = ("endEvent", "intermediateThrowEvent")


@dataclass(frozen=True, kw_only=True)
class Escape:
    """An error or escalation that leaves a process: its code, the element it comes from, whether only at the start."""

    code: str
    node: Node
    early: bool


class Escapes:
    """The errors of the processes of one bundle; with ``kind`` escalation, the escalations."""

    def __init__(self, model: Model, kind: str = "error") -> None:
        self.kind = kind
        self.processes: dict[str, Process] = {
            process.id: process for one in (*model.neighbours(), model) for process in one.processes
        }
        self._known: dict[str, tuple[Escape, ...]] = {}

    def of(self, process_id: str) -> tuple[Escape, ...]:
        """What leaves a process uncaught; nothing for one that calls itself or is not there."""
        if process_id not in self._known:
            self._known[process_id] = ()
            process = self.processes.get(process_id)
            self._known[process_id] = tuple(self._of_scope(process.scope)) if process else ()
        return self._known[process_id]

    def _of_scope(self, scope: Scope) -> Iterator[Escape]:
        late = self._late(scope)
        handlers = [start for one in scope.event_subprocesses() if one.body for start in one.body.starts()]
        for node in scope.nodes.values():
            caught = [*scope.attached(node.id), *(() if node.triggered_by_event else handlers)]
            for one in self._of_node(scope, node):
                if not self._catches(caught, one.code):
                    yield replace(one, early=one.early and node.id not in late)

    def _of_node(self, scope: Scope, node: Node) -> Iterator[Escape]:
        if node.kind in _THROWING and node.event.kind == self.kind:
            yield Escape(code=node.event.value, node=node, early=True)
        elif node.kind == "callActivity":
            yield from (replace(one, node=node) for one in self.of(node.called))
        elif node.body is not None:
            started_later = node.triggered_by_event and any(map(self.waits, scope.nodes.values()))
            for one in self._of_scope(node.body):
                yield replace(one, early=one.early and not started_later)

    def _catches(self, events: list[Node], code: str) -> bool:
        return any(one.event.kind == self.kind and one.event.value in ("", code) for one in events)

    def _late(self, scope: Scope) -> set[str]:
        """What can be reached after something that waits, or once the case has been kept."""
        following, nodes = graph.successors(scope), scope.nodes.values()
        resting = (node for node in nodes if self.waits(node) or graph.stops_after(node))
        after = {each for node in resting for each in following[node.id]}
        return graph.reachable(following, after | {node.id for node in nodes if graph.stops_before(node)})

    def waits(self, node: Node, deepest: int = 6) -> bool:
        """Whether a case may rest at a node; a called process is looked into, as far as calls go down."""
        inside = node.body
        if node.kind == "callActivity" and node.called in self.processes and deepest:
            inside = self.processes[node.called].scope
        if inside is None:
            return graph.waits(node)
        return any(self.waits(one, deepest - 1) for _, one in inside.walk() if one.body is None)
