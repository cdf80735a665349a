"""A level that people and the check can take in."""

from __future__ import annotations

from collections.abc import Iterator

from service.checks.findings import Finding, Severity
from service.checks.frame import Rule
from service.checks.model import Model

rule = Rule(
    id="level_small",
    title="每一层不超过二十五个元素",
    severity=Severity.WARNING,
    kinds=("bpmn",),
    why="一层画得太多，人看不明白，检查也走不遍所有状态（走不遍时会提醒，这时不能保证没有死锁）。",
    cure="把一段收进子流程，或做成被调用的流程",
)

_MOST_NODES = 25


def check(model: Model) -> Iterator[Finding]:
    for process, scope, owner in model.scopes():
        element, line = (owner.id, owner.line) if owner else (process.id, 0)
        drawn = [node for node in scope.nodes.values() if not node.attached_to]
        if len(drawn) > _MOST_NODES:
            sentence = f"这一层有 {len(drawn)} 个元素，超过 {_MOST_NODES} 个"
            yield Finding(sentence=sentence, element=element, line=line)
        if not model.explored(process, scope).whole:
            sentence = "这一层的状态太多，没有走遍，不能保证没有死锁"
            yield Finding(sentence=sentence, element=element, line=line)
