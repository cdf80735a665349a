"""Each kind of event has places where it means something."""

from __future__ import annotations

from collections.abc import Iterator

from service.checks import graph
from service.checks.findings import Finding, Severity
from service.checks.frame import Rule
from service.checks.model import Model
from service.engine.model import Node, Scope
from service.engine.vocabulary import ACTIVITIES, EVENTS

rule = Rule(
    id="event_in_place",
    title="事件画在有意义的位置",
    severity=Severity.ERROR,
    kinds=("bpmn",),
    why="同一种触发方式，画在开始、中间、边界、结束处含义不同，有的位置没有含义：例如错误只能在边界或事件子流程里接住，"
    "取消结束事件只能画在事务子流程里。没有含义的画法在部署时拒绝。",
    cure="照提示改画",
)

_NAMES = {
    "none": "空白",
    "timer": "定时",
    "message": "消息",
    "signal": "信号",
    "conditional": "条件",
    "error": "错误",
    "escalation": "升级",
    "compensate": "补偿",
    "cancel": "取消",
    "link": "链接",
    "terminate": "终止",
}
_HOSTED = {"none", "message", "timer", "signal"}  # what starts a case; the host waits for it
_WAITED = {"timer", "message", "signal", "conditional"}
_INSIDE = {"none"}
_OF_PROCESS = "流程的开始事件"
_OF_EVENT_SUBPROCESS = _WAITED | {"error", "escalation", "compensate"}
_ALLOWED = {
    "intermediateCatchEvent": ("中间捕获事件", _WAITED | {"link"}),
    "intermediateThrowEvent": (
        "中间抛出事件",
        {"none", "message", "signal", "escalation", "compensate", "link"},
    ),
    "boundaryEvent": ("边界事件", _WAITED | {"error", "escalation", "cancel", "compensate"}),
    "endEvent": (
        "结束事件",
        {"none", "message", "signal", "error", "escalation", "terminate", "cancel", "compensate"},
    ),
}
_LOOKED_AT = {*EVENTS, "transaction"}
_ALWAYS_INTERRUPT = {"error", "cancel"}


def check(model: Model) -> Iterator[Finding]:
    for _, scope, owner in model.scopes():
        for node in scope.nodes.values():
            for sentence, cure in _wrong(scope, owner, node) if node.kind in _LOOKED_AT else ():
                yield Finding(sentence=sentence, element=node.id, line=node.line, cure=cure)


def _wrong(scope: Scope, owner: Node | None, node: Node) -> Iterator[tuple[str, str]]:
    if node.kind == "transaction":
        yield from _cancelled(scope, node)
        return
    place, allowed = _place(owner, node)
    if node.event.kind not in allowed:
        names = "、".join(name for kind, name in _NAMES.items() if kind in allowed)
        kind = _NAMES.get(node.event.kind, node.event.kind)
        yield (
            f"{kind}事件“{graph.label(node)}”不能作{place}",
            f"{place}可以是：{names}{_instead(place, node)}",
        )
    if node.event.kind in _ALWAYS_INTERRUPT and not node.interrupting:
        yield f"{_NAMES[node.event.kind]}事件“{graph.label(node)}”总要中断", "改为中断型（实线）"
    if node.kind == "boundaryEvent":
        yield from _edge(scope, node)
    if node.event.kind == "cancel" and node.kind == "endEvent" and not _is(owner, "transaction"):
        yield f"取消结束事件“{graph.label(node)}”不在事务子流程里", "直接画在事务子流程内，或改用错误结束事件"


def _cancelled(scope: Scope, node: Node) -> Iterator[tuple[str, str]]:
    inside = node.body.nodes.values() if node.body else ()
    ends = any(one.kind == "endEvent" and one.event.kind == "cancel" for one in inside)
    if ends and not any(one.event.kind == "cancel" for one in scope.attached(node.id)):
        sentence = f"事务“{graph.label(node)}”里有取消结束事件，边上没有取消边界事件，取消以后无处可去"
        yield sentence, "在事务的边上加取消边界事件，画出取消以后怎么办"


def _instead(place: str, node: Node) -> str:
    """Before there is a case there are no variables whose change could be noticed."""
    if place != _OF_PROCESS or node.event.kind != "conditional":
        return ""
    return "。办件开始之前没有变量，条件无从变化：改用定时开始事件，后接排他网关判断"


def _place(owner: Node | None, node: Node) -> tuple[str, set[str]]:
    if node.kind != "startEvent":
        return _ALLOWED[node.kind]
    if owner is None:
        return _OF_PROCESS, _HOSTED
    return (
        ("事件子流程的开始事件", _OF_EVENT_SUBPROCESS)
        if owner.triggered_by_event
        else ("子流程的开始事件", _INSIDE)
    )


def _edge(scope: Scope, node: Node) -> Iterator[tuple[str, str]]:
    host = scope.nodes.get(node.attached_to)
    if host is None or host.kind not in ACTIVITIES:
        yield f"边界事件“{graph.label(node)}”没有附在任务、子流程或调用活动上", "拖到一个活动的边上"
    elif host.triggered_by_event:
        yield f"边界事件“{graph.label(node)}”附在事件子流程上", "事件子流程不能有边界事件，请画在里面的活动上"
    elif node.event.kind == "cancel" and host.kind != "transaction":
        yield f"取消边界事件“{graph.label(node)}”不在事务子流程上", "附在事务子流程上，或改用错误边界事件"


def _is(owner: Node | None, kind: str) -> bool:
    return owner is not None and owner.kind == kind
