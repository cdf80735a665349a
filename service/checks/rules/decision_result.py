"""What a decision answers goes somewhere, in a shape that is known."""

from __future__ import annotations

from collections.abc import Iterator

from service.checks import graph
from service.checks.findings import Finding, Severity
from service.checks.frame import Rule
from service.checks.model import Model

rule = Rule(
    id="decision_result",
    title="决策结果有去处",
    severity=Severity.ERROR,
    kinds=("bpmn",),
    why="业务规则任务要写决策引用（decisionRef）和结果变量（resultVariable）；结果的取法（mapDecisionResult）是 "
    "singleEntry、singleResult、collectEntries、resultList 之一。",
    cure="在属性面板的“决策”一栏补全",
)

_MAPPINGS = ("singleEntry", "singleResult", "collectEntries", "resultList")


def check(model: Model) -> Iterator[Finding]:
    for _, _, node in model.nodes():
        if node.kind != "businessRuleTask" or node.settings.get("topic"):
            continue
        reference = node.settings.get("decisionRef", "")
        mapping = node.settings.get("mapDecisionResult", "")
        told = []
        if not reference:
            told.append("没有写用哪个决策表")
        elif "${" in reference:
            told.append(f"的决策引用 {reference} 是表达式；要写死")
        if not node.settings.get("resultVariable"):
            told.append("没有写结果变量")
        if mapping and mapping not in _MAPPINGS:
            told.append(f"的结果取法 {mapping} 无法识别")
        for sentence in told:
            yield Finding(sentence=f"“{graph.label(node)}”{sentence}", element=node.id, line=node.line)
