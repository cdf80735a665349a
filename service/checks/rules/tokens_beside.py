"""What a non-interrupting event starts beside does not run into the rest unawares."""

from __future__ import annotations

from collections.abc import Iterator

from service.checks import graph
from service.checks.findings import Finding, Severity
from service.checks.frame import Rule
from service.checks.model import Model

rule = Rule(
    id="tokens_beside",
    title="非中断事件引出的分支不与主线相撞",
    severity=Severity.WARNING,
    kinds=("bpmn",),
    why="非中断的边界事件另起一条并行的分支。它若又连回主线（或与别的边界事件连到同一步骤），那一步会同时办两遍。",
    cure="让这条分支自己结束，或用网关先问清是否已经在办",
)


def check(model: Model) -> Iterator[Finding]:
    for process, scope, _ in model.scopes():
        for name in sorted(model.explored(process, scope).met_beside):
            node = scope.nodes[name]
            if any(scope.flows[one].condition for one in node.incoming):
                continue  # a question is asked on the way; the tokens alone cannot know its answer
            sentence = f"“{graph.label(node)}”可能同时办两遍：非中断事件引出的分支也到这里"
            yield Finding(sentence=sentence, element=node.id, line=node.line)
