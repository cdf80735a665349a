"""An event says what it waits for or throws."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from service.checks import graph
from service.checks.findings import Finding, Severity
from service.checks.frame import Rule
from service.checks.model import Model
from service.engine.model import Node, Scope

rule = Rule(
    id="event_complete",
    title="事件写全了等什么、抛什么",
    severity=Severity.ERROR,
    kinds=("bpmn",),
    why="没有名称的消息和信号谁也收不到，没有条件的条件事件永远不触发，没有值的定时器不知道何时到期，没有同名捕获的链接无处可去，"
    "没有处理活动的补偿什么也不撤销。",
    cure="在属性面板中补全",
)

_THROWS = ("intermediateThrowEvent", "endEvent")
_TASKS = ("receiveTask", "sendTask")

Lacks = Callable[[Scope, Node], str]


def check(model: Model) -> Iterator[Finding]:
    for _, scope, _ in model.scopes():
        for node in scope.nodes.values():
            sentence = _LACKS.get(node.event.kind, _nothing)(scope, node)
            if sentence:
                cure = _CURES.get(node.event.kind, _CURES["message"])
                yield Finding(sentence=sentence, element=node.id, line=node.line, cure=cure)
    yield from _undone(model)


def _nothing(_scope: Scope, node: Node) -> str:
    silent = node.kind == "receiveTask" or (node.kind == "sendTask" and not node.settings.get("topic"))
    if not silent:
        return ""
    how = "；发送任务的消息名称写在属性 message 里" if node.kind == "sendTask" else ""
    return f"“{graph.label(node)}”没有选择消息{how}"


def _name(_scope: Scope, node: Node) -> str:
    what = "消息" if node.event.kind == "message" else "信号"
    if not node.event.value:
        return f"“{graph.label(node)}”的{what}没有名称"
    if "${" in node.event.value or "#{" in node.event.value:
        return f"“{graph.label(node)}”的{what}名称 {node.event.value} 是表达式；名称要写死"
    return ""


def _value(_scope: Scope, node: Node) -> str:
    what = "时间" if node.event.kind == "timer" else "条件"
    return "" if node.event.value else f"“{graph.label(node)}”没有写{what}"


def _code(_scope: Scope, node: Node) -> str:
    lacking = node.kind in _THROWS and not node.event.value
    what = "错误" if node.event.kind == "error" else "升级"
    return f"“{graph.label(node)}”抛出的{what}没有代码" if lacking else ""


def _link(scope: Scope, node: Node) -> str:
    if not node.event.value:
        return f"链接事件“{graph.label(node)}”没有名称"
    other = "intermediateCatchEvent" if node.kind in _THROWS else "intermediateThrowEvent"
    partners = [
        one
        for one in scope.nodes.values()
        if graph.is_link(one, other) and one.event.value == node.event.value
    ]
    if not partners:
        what = "捕获" if node.kind in _THROWS else "抛出"
        return f"链接“{node.event.value}”在同一层没有同名的{what}事件"
    twins = node.kind in _THROWS and len(partners) > 1
    return f"链接“{node.event.value}”有 {len(partners)} 个捕获事件，只能有一个" if twins else ""


def _compensation(scope: Scope, node: Node) -> str:
    if node.kind == "boundaryEvent":
        handler = scope.nodes.get(scope.compensations.get(node.id, ""))
        if handler is None:
            return f"补偿边界事件“{graph.label(node)}”没有用关联线连到处理活动"
        return "" if handler.for_compensation else f"补偿处理活动“{graph.label(handler)}”没有标为补偿活动"
    return ""


def _undone(model: Model) -> Iterator[Finding]:
    """What a compensation names must be done in its own level; in an event subprocess, in the level around it."""
    around = {node.id: scope for _, scope, node in model.nodes()}
    for _, scope, owner in model.scopes():
        level = around[owner.id] if owner is not None and owner.triggered_by_event else scope
        for node in scope.nodes.values():
            if node.event.kind == "compensate" and node.event.ref and node.event.ref not in level.nodes:
                sentence = f"“{graph.label(node)}”要撤销的活动 {node.event.ref} 不在同一层"
                cure = "选同一层里做过的活动；里层的写在里层，或不选活动，一并撤销"
                yield Finding(sentence=sentence, element=node.id, line=node.line, cure=cure)


_CURES = {
    "message": "在属性面板选择或新建消息，名称写死，例如 guardian_recall",
    "signal": "在属性面板选择或新建信号，名称写死，例如 term_begins",
    "timer": "写 ${working_days(10)} 等期限函数，或 ISO 8601 的日期、时长、循环",
    "conditional": "写成 ${…}，例如 ${decision == 'approve'}",
    "error": "在属性面板选择或新建错误，写上代码，与接住它的一致",
    "escalation": "在属性面板选择或新建升级，写上代码，与接住它的一致",
    "link": "抛出和捕获写同一个名称，画在同一层，一个名称只画一个捕获事件",
    "compensate": "用关联线从补偿边界事件连到处理活动，并在扳手菜单里把处理活动改为补偿活动",
}
_LACKS: dict[str, Lacks] = {
    "message": _name,
    "signal": _name,
    "timer": _value,
    "conditional": _value,
    "error": _code,
    "escalation": _code,
    "link": _link,
    "compensate": _compensation,
    "none": _nothing,
}
