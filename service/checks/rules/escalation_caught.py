"""An escalation is thrown so that somebody hears it."""

from __future__ import annotations

from collections.abc import Iterator

from service.checks import graph
from service.checks.calls import traffic
from service.checks.errors_thrown import Escapes
from service.checks.findings import Finding, Severity
from service.checks.frame import Rule
from service.checks.model import Model

rule = Rule(
    id="escalation_caught",
    title="抛出的升级有人接住",
    severity=Severity.WARNING,
    kinds=("bpmn",),
    why="升级没有人接住不算错，办件照常往下走，可是画的人多半以为会有另一支开始：常见的是两处代码写得不一样。",
    cure="在外层的子流程或调用活动上加升级边界事件，或在外层加升级事件子流程，代码写得一样；不需要的删去",
)


def check(model: Model) -> Iterator[Finding]:
    escapes = Escapes(model, "escalation")
    calls = traffic(model.book).calls
    for process in model.processes:
        if process.id in calls:
            continue  # whoever calls it may hear; told of there
        for one in escapes.of(process.id):
            sentence = f"“{graph.label(one.node)}”抛出的升级 {one.code or '（无代码）'} 没有人接住"
            yield Finding(sentence=sentence, element=one.node.id, line=one.node.line)
