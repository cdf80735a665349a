"""What waits on the edge of an activity needs an activity that takes time."""

from __future__ import annotations

from collections.abc import Iterator

from service.checks import graph
from service.checks.errors_thrown import Escapes
from service.checks.findings import Finding, Severity
from service.checks.frame import Rule
from service.checks.model import Model

rule = Rule(
    id="edge_in_time",
    title="边界事件等得到",
    severity=Severity.WARNING,
    kinds=("bpmn",),
    why="登记册的动作、决策、不等人的任务，以及里面没有等待的子流程，一到就办完；"
    "画在它们边上的定时、消息、信号、条件事件没有时间发生。错误、补偿等不靠等待的边界事件不受影响。",
    cure="把边界事件移到等人、等消息的活动上，或改画成顺序流里的捕获事件",
)

_WAITING = {"timer": "定时", "message": "消息", "signal": "信号", "conditional": "条件"}


def check(model: Model) -> Iterator[Finding]:
    escapes = Escapes(model)
    for _, scope, _ in model.scopes():
        for node in scope.nodes.values():
            host = scope.nodes.get(node.attached_to)
            kind = _WAITING.get(node.event.kind)
            if host is not None and kind and not escapes.waits(host):
                sentence = f"{kind}边界事件“{graph.label(node)}”等不到：“{graph.label(host)}”一到就办完"
                yield Finding(sentence=sentence, element=node.id, line=node.line)
