"""Whatever is drawn can be reached."""

from __future__ import annotations

from collections.abc import Iterator

from service.checks import graph
from service.checks.findings import Finding, Severity
from service.checks.frame import Rule
from service.checks.model import Model
from service.engine.model import Scope

rule = Rule(
    id="node_reachable",
    title="每个元素都走得到",
    severity=Severity.ERROR,
    kinds=("bpmn",),
    why="从开始事件沿顺序流、链接和边界事件都走不到的元素永远不会执行，图上却像是会办的。",
    cure="把它连进流程；只是说明的，改用文本注释",
)


def check(model: Model) -> Iterator[Finding]:
    for _, scope, _ in model.scopes():
        reached = graph.reachable(graph.successors(scope), graph.entries(scope)) | _handlers(scope)
        for node in scope.nodes.values():
            if node.id not in reached:
                sentence = f"“{graph.label(node)}”从开始事件走不到"
                yield Finding(sentence=sentence, element=node.id, line=node.line)


def _handlers(scope: Scope) -> set[str]:
    """Activities that undo others are reached by an association."""
    return set(scope.compensations.values())
