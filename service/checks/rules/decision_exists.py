"""A decision table a diagram refers to must be there."""

from __future__ import annotations

from collections.abc import Iterator

from service.checks.findings import Finding, Severity
from service.checks.frame import Rule
from service.checks.model import Model
from service.errors import BadDefinition

rule = Rule(
    id="decision_exists",
    title="引用的决策表存在",
    severity=Severity.ERROR,
    kinds=("bpmn",),
    why="业务规则任务的决策引用（decisionRef）是某个 .dmn 文件里决策的 id，本地区要能找到它。",
    cure="请检查决策引用，或把决策表放进 processes/ 或地区文件夹",
)


def check(model: Model) -> Iterator[Finding]:
    for _, _, node in model.nodes():
        reference = node.settings.get("decisionRef", "") if node.kind == "businessRuleTask" else ""
        if reference and "${" not in reference and reference not in _decisions(model):
            yield Finding(sentence=f"没有决策表 {reference}", element=node.id, line=node.line)


def _decisions(model: Model) -> set[str]:
    found: set[str] = set()
    for name in model.bundle.files:
        if name.endswith(".dmn"):
            try:
                found |= model.bundle.references(name).defines
            except BadDefinition:
                continue  # told of at that file
    return found
