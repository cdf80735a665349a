"""A loop waits somewhere, or it would never let go."""

from __future__ import annotations

from collections.abc import Iterator

from service.checks import graph
from service.checks.findings import Finding, Severity
from service.checks.frame import Rule
from service.checks.model import Model

rule = Rule(
    id="cycle_waits",
    title="循环里有等待的一步",
    severity=Severity.ERROR,
    kinds=("bpmn",),
    why="一圈里没有用户任务、定时器、消息或外部任务，系统会不停地转，直到出错。",
    cure="在循环里加一个用户任务、定时器或消息，或去掉回头的连线",
)


def check(model: Model) -> Iterator[Finding]:
    for _, scope, _ in model.scopes():
        restless = {node.id for node in scope.nodes.values() if not graph.waits(node)}
        for circle in graph.circles(graph.successors(scope), restless):
            node = scope.nodes[circle[0]]
            names = "、".join(graph.label(scope.nodes[each]) for each in circle)
            yield Finding(sentence=f"循环 {names} 里没有等待的一步", element=node.id, line=node.line)
