"""Where a file cites clauses: element by element, row by row, line by line of a form.

Finds them; whether they exist and bind is for the rules to say.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from service.checks.model import Model
from service.policy.clauses import ids_in

ASSUMED = "assumed"  # what an analyst writes where no text says it


@dataclass(frozen=True, kw_only=True)
class Citation:
    """One clause id at one place. ``name`` is what people call the place."""

    clause: str
    element: str
    name: str = ""
    line: int = 0


def citations(model: Model) -> Iterator[Citation]:
    """Every citation of a file."""
    if model.kind == "bpmn":
        yield from _of_diagram(model)
    elif model.kind == "dmn":
        yield from _of_tables(model)
    else:
        yield from of_lines(model.source.content)


def cites(text: str) -> bool:
    """Whether a documentation rests on a clause, or says that it rests on none."""
    return ASSUMED in text or bool(ids_in(text))


def _of_diagram(model: Model) -> Iterator[Citation]:
    for process in model.processes:
        yield from _in(process.documentation, process.id, process.name, 0)
        scopes = [process.scope, *(node.body for _, node in process.scope.walk() if node.body)]
        for flow in (flow for scope in scopes for flow in scope.flows.values()):
            yield from _in(flow.documentation, flow.id, flow.name, flow.line)
    for _, _, node in model.nodes():
        yield from _in(node.documentation, node.id, node.name, node.line)


def _of_tables(model: Model) -> Iterator[Citation]:
    for decision in model.decisions.values():
        for rule in decision.rules:
            name = f"{decision.name} 第 {rule.number} 行"
            yield from (Citation(clause=c, element=rule.id, name=name, line=rule.line) for c in rule.clauses)


def of_lines(content: bytes) -> Iterator[Citation]:
    """What a form or a data file cites, line by line."""
    for number, line in enumerate(content.decode(errors="replace").splitlines(), 1):
        yield from _in(line, "", "", number)


def _in(text: str, element: str, name: str, line: int) -> Iterator[Citation]:
    return (Citation(clause=clause, element=element, name=name, line=line) for clause in ids_in(text))
