"""A level of a diagram as a graph: what leads where, what can be reached, what waits.

By the flows alone, whatever their conditions say. Knows no rule.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from service.engine.model import Node, Process, Scope
from service.registry.actions import PREFIX

_WAITING_EVENTS = {"timer", "message", "signal", "conditional"}
_CALLS_IN = {"subProcess", "transaction"}


def scopes(process: Process) -> Iterator[tuple[Scope, Node | None]]:
    """Every level of a process with the node it is the inside of; the process itself has none."""
    yield process.scope, None
    for _, node in process.scope.walk():
        if node.body is not None:
            yield node.body, node


def successors(scope: Scope) -> Mapping[str, tuple[str, ...]]:
    """Where a token may be next: over flows, links, and the events on an activity's edge."""
    found: dict[str, list[str]] = {name: [] for name in scope.nodes}
    for flow in scope.flows.values():
        if flow.source in found and flow.target in found:
            found[flow.source].append(flow.target)
    for node in scope.nodes.values():
        if node.attached_to in found:
            found[node.attached_to].append(node.id)
        if is_link(node, "intermediateThrowEvent"):
            found[node.id] += [one.id for one in link_catches(scope, node)]
    return {name: tuple(targets) for name, targets in found.items()}


def turned(following: Mapping[str, tuple[str, ...]]) -> Mapping[str, tuple[str, ...]]:
    """The same graph, backwards."""
    found: dict[str, list[str]] = {name: [] for name in following}
    for name, targets in following.items():
        for target in targets:
            found[target].append(name)
    return {name: tuple(sources) for name, sources in found.items()}


def is_link(node: Node, kind: str) -> bool:
    return node.kind == kind and node.event.kind == "link"


def link_catches(scope: Scope, throw: Node) -> Iterator[Node]:
    """Where a link leads on."""
    for node in scope.nodes.values():
        if is_link(node, "intermediateCatchEvent") and node.event.value == throw.event.value:
            yield node


def reachable(following: Mapping[str, tuple[str, ...]], begin: Iterable[str]) -> set[str]:
    """Everything on a way from these nodes, themselves included."""
    seen: set[str] = set()
    todo = list(begin)
    while todo:
        name = todo.pop()
        if name not in seen:
            seen.add(name)
            todo.extend(following.get(name, ()))
    return seen


def entries(scope: Scope) -> set[str]:
    """Where tokens come in: start events; without any, whatever nothing leads to. And what starts by itself."""
    starts = {node.id for node in scope.starts()}
    own = {node.id for node in scope.nodes.values() if node.triggered_by_event}
    if starts:
        return starts | own
    return own | {
        node.id
        for node in scope.nodes.values()
        if not (node.incoming or node.attached_to or node.for_compensation)
        and not is_link(node, "intermediateCatchEvent")
    }


def stops_before(node: Node) -> bool:
    """Is what leads to the node kept before it runs (an asynchronous continuation)?"""
    return "true" in (node.settings.get("asyncBefore"), node.settings.get("async"))


def stops_after(node: Node) -> bool:
    return node.settings.get("asyncAfter") == "true"


def waits(node: Node) -> bool:
    """Whether a case may rest here until a person, a clock, a message or a worker comes."""
    if node.kind in ("userTask", "receiveTask", "callActivity"):
        return True
    if node.kind in ("serviceTask", "sendTask", "businessRuleTask"):
        topic = node.settings.get("topic", "")
        return bool(topic) and not topic.startswith(PREFIX)
    if node.kind in _CALLS_IN and node.body is not None:
        return any(waits(inner) for _, inner in node.body.walk())
    return node.kind == "intermediateCatchEvent" and node.event.kind in _WAITING_EVENTS


def circles(following: Mapping[str, tuple[str, ...]], among: set[str]) -> list[tuple[str, ...]]:
    """The knots of nodes that lead back to themselves without leaving ``among``."""
    inside = {name: tuple(each for each in following[name] if each in among) for name in among}
    reach = {name: reachable(inside, inside[name]) for name in among}
    knots = {
        tuple(sorted(each for each in reach[name] if name in reach[each]))
        for name in among
        if name in reach[name]
    }
    return sorted(knots)


def label(node: Node) -> str:
    """What people call a node."""
    return node.name or node.id
