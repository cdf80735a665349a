"""Elements nothing can run are refused, each with what to draw instead."""

from __future__ import annotations

from collections.abc import Iterator

from service.checks.findings import Finding, Severity
from service.checks.frame import Rule
from service.checks.model import Model
from service.engine.dialect import line_of, local_name
from service.engine.vocabulary import UNSUPPORTED_ROOTS

rule = Rule(
    id="element_supported",
    title="只画能执行的元素",
    severity=Severity.ERROR,
    kinds=("bpmn",),
    why="复杂网关、临时子流程、脚本任务、编排图、数据存储等元素无法执行；为了不让图上有而实际不做，部署时拒绝。"
    "全部元素见 docs/elements.md。",
    cure="照提示改用别的元素",
)


def check(model: Model) -> Iterator[Finding]:
    for _, _, node in model.nodes():
        if node.unsupported:
            sentence, _, cure = node.unsupported.partition("：")
            yield Finding(sentence=sentence, element=node.id, line=node.line, cure=cure)
    for child in model.xml if model.xml is not None else ():
        name = local_name(child)
        if name in UNSUPPORTED_ROOTS:
            label, cure = UNSUPPORTED_ROOTS[name]
            line = line_of(child)
            yield Finding(sentence=f"不支持{label}", element=child.get("id", ""), line=line, cure=cure)
