"""What decides, waits, asks a person or changes a record must say on which clause it rests."""

from __future__ import annotations

from collections.abc import Iterator

from service.checks.citations import cites
from service.checks.findings import Finding, Severity
from service.checks.frame import Rule
from service.checks.model import Model, form_of
from service.engine.model import Node
from service.registry.actions import PREFIX

rule = Rule(
    id="clause_cited",
    title="写明依据的条款",
    severity=Severity.ERROR,
    kinds=("bpmn", "dmn"),
    why="作判断的网关、定时器、用户任务、发起申请的表单、改变学籍的服务任务和决策表的每一行，都要在说明（documentation、"
    "行的 description）里写条款号；条文没有规定而由我们假定的，写 assumed 并说明理由。汇合网关等技术元素不用写。",
    cure="在说明里写上条款号，例如 MOE2016-3.7-a；没有条文的写 assumed 和理由",
)


def check(model: Model) -> Iterator[Finding]:
    for _, _, node in model.nodes():
        kind = _needs(node)
        if kind and not cites(node.documentation):
            yield Finding(
                sentence=f"{kind}“{node.name or node.id}”没有写依据", element=node.id, line=node.line
            )
    for decision in model.decisions.values():
        for row in decision.rules:
            if not cites(row.description):
                sentence = f"决策表“{decision.name}”第 {row.number} 行没有写依据"
                yield Finding(sentence=sentence, element=row.id, line=row.line)


def _needs(node: Node) -> str:
    """What the node is called if it must cite; empty for technical nodes."""
    if node.kind in ("exclusiveGateway", "inclusiveGateway") and len(node.outgoing) > 1:
        return "网关"
    if node.kind == "userTask":
        return "用户任务"
    if node.event.kind == "timer":
        return "定时器"
    if node.kind == "startEvent" and form_of(node):
        return "开始事件"
    if node.kind == "serviceTask" and node.settings.get("topic", "").startswith(PREFIX):
        return "服务任务"
    return ""
