"""Who calls a process and what is handed over, over the diagrams of all regions.

Across regions, because a case inside one province runs the other side's version of a called process.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import TypeVar

from service.checks.rulebook import Rulebook
from service.engine.expressions import Names, compile_value
from service.engine.model import Diagram, Node, Process
from service.errors import BadDefinition, XuejiError

T = TypeVar("T")

_CONSTANT_DEPTH = 3  # calls a constant is followed through


@dataclass(frozen=True, kw_only=True)
class Call:
    """A call activity with the process it stands in."""

    process: Process
    node: Node


@dataclass(frozen=True, kw_only=True)
class Traffic:
    """Calls by the process called, throwing nodes by the message thrown, catching ones by the message awaited."""

    calls: Mapping[str, tuple[Call, ...]]
    throws: Mapping[str, tuple[Node, ...]]
    awaits: Mapping[str, tuple[Node, ...]]


@lru_cache(maxsize=8)
def traffic(book: Rulebook) -> Traffic:
    """All calls and messages of a rule book's diagrams; what cannot be read takes no part."""
    calls: dict[str, list[Call]] = defaultdict(list)
    throws: dict[str, list[Node]] = defaultdict(list)
    awaits: dict[str, list[Node]] = defaultdict(list)
    for diagram in _diagrams(book):
        for process in diagram.processes:
            for _, node in process.scope.walk():
                if node.kind == "callActivity":
                    calls[node.called].append(Call(process=process, node=node))
                elif node.event.kind == "message":
                    (throws if node.kind in _THROWING else awaits)[node.event.value].append(node)
    return Traffic(calls=_frozen(calls), throws=_frozen(throws), awaits=_frozen(awaits))


_THROWING = ("intermediateThrowEvent", "endEvent", "sendTask")


def _frozen(lists: Mapping[str, list[T]]) -> dict[str, tuple[T, ...]]:
    return {key: tuple(items) for key, items in lists.items()}


def _diagrams(book: Rulebook) -> Iterator[Diagram]:
    seen: set[str] = set()
    for region in book.regions:
        for bundle in book.bundles(region.code):
            for source in bundle.files.values():
                if source.name.endswith(".bpmn") and source.digest not in seen:
                    seen.add(source.digest)
                    try:
                        yield book.diagram(source)
                    except BadDefinition:
                        continue  # the rule "compiles" tells of it


def constants(book: Rulebook, process: str, text: str, depth: int = _CONSTANT_DEPTH) -> set[str]:
    """The texts an expression can become, as far as the callers hand over constants.

    ``${first}@${party}`` inside a shared process becomes what each caller makes of it.
    """
    try:
        expression = compile_value(text, file="", element="")
        if expression.is_constant:
            return {str(expression.evaluate(Names()))}
        if expression.functions or not depth:
            return set()
        return {
            str(expression.evaluate(Names(values=dict(values))))
            for call in traffic(book).calls.get(process, ())
            for values in _handed(book, call, expression.names, depth)
        }
    except XuejiError:
        return set()


def _handed(
    book: Rulebook, call: Call, names: frozenset[str], depth: int
) -> Iterator[tuple[tuple[str, str], ...]]:
    given = {item.target: item.value for item in call.node.call_in}
    if not names <= given.keys():
        return
    choices = [
        [(name, each) for each in constants(book, call.process.id, given[name], depth - 1)]
        for name in sorted(names)
    ]
    yield from product(*choices)
