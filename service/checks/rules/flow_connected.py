"""Sequence flows lead from somewhere to somewhere, within one level."""

from __future__ import annotations

from collections.abc import Iterator

from service.checks import graph
from service.checks.findings import Finding, Severity
from service.checks.frame import Rule
from service.checks.model import Model
from service.engine.model import Flow, Node, Scope

rule = Rule(
    id="flow_connected",
    title="顺序流两端都连在同一层的元素上",
    severity=Severity.ERROR,
    kinds=("bpmn",),
    why="顺序流不能跨出子流程或泳池；开始事件、边界事件、事件子流程和补偿活动不能有流入，结束事件、事件子流程和补偿活动不能有流出；"
    "基于事件的网关后面只能接捕获事件或接收任务。画错的连线不会被执行。",
    cure="重新连线；跨泳池用消息流，跳转用同名的链接事件",
)


def check(model: Model) -> Iterator[Finding]:
    for _, scope, _ in model.scopes():
        for flow in scope.flows.values():
            for sentence in _wrong(scope, flow):
                yield Finding(sentence=sentence, element=flow.id, line=flow.line)


def _wrong(scope: Scope, flow: Flow) -> Iterator[str]:
    source, target = scope.nodes.get(flow.source), scope.nodes.get(flow.target)
    if source is None or target is None:
        lost = flow.source if source is None else flow.target
        yield f"顺序流的一端 {lost or '（空）'} 不在同一层"
        return
    if what := _no_way_in(target):
        yield f"{what}“{graph.label(target)}”不能有流入的顺序流"
    if what := _no_way_out(source):
        yield f"{what}“{graph.label(source)}”不能有流出的顺序流"
    if source.kind == "eventBasedGateway" and not _is_awaited(target):
        yield f"基于事件的网关之后不能直接接“{graph.label(target)}”"


def _no_way_in(node: Node) -> str:
    if node.kind in ("startEvent", "boundaryEvent"):
        return "开始事件" if node.kind == "startEvent" else "边界事件"
    return "捕获链接事件" if graph.is_link(node, "intermediateCatchEvent") else _apart(node)


def _no_way_out(node: Node) -> str:
    if node.kind == "endEvent":
        return "结束事件"
    if node.kind == "boundaryEvent" and node.event.kind == "compensate":
        return "补偿边界事件"
    return "抛出链接事件" if graph.is_link(node, "intermediateThrowEvent") else _apart(node)


def _apart(node: Node) -> str:
    if node.triggered_by_event:
        return "事件子流程"
    return "补偿活动" if node.for_compensation else ""


def _is_awaited(node: Node) -> bool:
    if node.kind == "receiveTask":
        return node.loop is None
    return node.kind == "intermediateCatchEvent" and node.event.kind != "link"
