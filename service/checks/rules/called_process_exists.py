"""A process that is called must be there, in every region that may be asked for it."""

from __future__ import annotations

from collections.abc import Iterator

from service.checks.findings import Finding, Severity
from service.checks.frame import Rule
from service.checks.model import Model
from service.engine.model import Node

rule = Rule(
    id="called_process_exists",
    title="被调用的流程存在",
    severity=Severity.ERROR,
    kinds=("bpmn",),
    why="调用活动的被调用元素（calledElement）要在本地区能找到；写了 calledElementTenantId 的，对方地区也要能找到。",
    cure="请检查被调用元素，或补上该流程图",
)


def check(model: Model) -> Iterator[Finding]:
    for _, _, node in model.nodes():
        if node.kind == "callActivity" and "${" not in node.called:
            yield from _check(model, node)


def _check(model: Model, node: Node) -> Iterator[Finding]:
    if not node.called:
        yield Finding(sentence="没有写调用哪个流程", element=node.id, line=node.line)
        return
    across = bool(node.settings.get("calledElementTenantId"))
    regions = [one.code for one in model.book.regions] if across else [model.bundle.region.code]
    for code in regions:
        if not model.book.has(node.called, code, model.bundle.on):
            where = model.book.law.regions.get(code).name
            yield Finding(sentence=f"{where}没有流程 {node.called}", element=node.id, line=node.line)
