"""A choice has an answer for every case."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from service.checks import graph
from service.checks.findings import Finding, Severity
from service.checks.frame import Rule
from service.checks.gaps import gap, told
from service.checks.model import Model, form_of
from service.engine.expressions import compile_condition
from service.engine.model import Node, Process, Scope
from service.errors import BadDefinition

rule = Rule(
    id="way_out",
    title="条件全都不成立时也有路走",
    severity=Severity.WARNING,
    kinds=("bpmn",),
    why="没有默认流的网关（或带条件流出的活动），条件全都不成立时办件会停在这里，成为异常件。"
    "检查把条件里比较的值、表单的选项逐一代入；表单之外来的值，比较过两个以上的，就当只有这些。",
    cure="把其中一条流设为默认流（斜线标记），或补全条件",
)

_NEVER_ASK = ("parallelGateway", "eventBasedGateway")


def check(model: Model) -> Iterator[Finding]:
    for process, scope, _ in model.scopes():
        for node in scope.nodes.values():
            values = _gap(model, process, scope, node) if node.outgoing else None
            if values is not None:
                example = f"（例如 {values}）" if values else ""
                sentence = f"“{graph.label(node)}”没有默认流，条件可能全都不成立{example}"
                yield Finding(sentence=sentence, element=node.id, line=node.line)


def _gap(model: Model, process: Process, scope: Scope, node: Node) -> str | None:
    """Values for which no flow is taken, as people read them; None when one always is."""
    flows = [scope.flows[flow] for flow in node.outgoing]
    if node.default or node.kind in _NEVER_ASK or not all(flow.condition for flow in flows):
        return None
    try:
        trees = [
            compile_condition(flow.condition, file=process.file, element=flow.id).trees[0] for flow in flows
        ]
    except BadDefinition:
        return None  # told of by the rule "compiles"
    found = gap(trees, lambda name: _Asked(model, process, scope).before(node, name))
    return None if found is None else told(found)


@dataclass(frozen=True)
class _Asked:
    """The forms of one level."""

    model: Model
    process: Process
    scope: Scope

    def before(self, node: Node, name: str) -> set[Any] | None:
        """The answers of the forms asked last before a node, if only forms of this process write the name."""
        if self._written_otherwise(name):
            return None
        found: set[Any] = set()
        before = graph.turned(graph.successors(self.scope))
        todo, seen = [node.id], set[str]()
        while todo:
            current = todo.pop()
            answers = _answers(self.model, self.scope.nodes[current], name)
            found |= answers
            todo.extend(each for each in before[current] if each not in seen and not answers)
            seen.update(before[current])
        return None if None in found else found

    def _written_otherwise(self, name: str) -> bool:
        for _, inner in self.process.scope.walk():
            given = {item.target for items in (inner.outputs, inner.call_out) for item in items}
            if name in given or inner.settings.get("resultVariable") == name:
                return True
        return False


def _answers(model: Model, node: Node, name: str) -> set[Any]:
    """The options of a node's form for a name; nothing when it does not ask, None among them when it takes any."""
    form = model.form_or_none(form_of(node))
    asked = [one for one in form.fields if one.key == name] if form else []
    return {option.value for one in asked for option in one.options} or ({None} if asked else set())
