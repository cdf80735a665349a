"""A conditional event waits for variables to change; facts of the registry change without anybody telling it."""

from __future__ import annotations

from collections.abc import Iterator

from service.checks import graph
from service.checks.findings import Finding, Severity
from service.checks.frame import Rule
from service.checks.model import Model
from service.registry.facts import FACTS

rule = Rule(
    id="condition_changes",
    title="条件事件的条件里有变量",
    severity=Severity.ERROR,
    kinds=("bpmn",),
    why="条件事件在到达时判断一次，以后在变量变化时（办理任务、收到消息、得出决策）重新判断。只读登记册事实或时间的条件，"
    "变了也没有人来问，可能一直等下去。",
    cure="到时再看的，用定时捕获事件后接排他网关；等别人做完的，用消息或信号；或在条件里加上会变化的变量",
)


def check(model: Model) -> Iterator[Finding]:
    for definition in model.definitions:
        read = dict[str, frozenset[str]]()
        for element, expression in definition.expressions:
            read[element] = read.get(element, frozenset()) | expression.names
        for node in definition.nodes.values():
            if node.event.kind == "conditional" and not read.get(node.id, frozenset()) - FACTS.keys():
                sentence = f"条件事件“{graph.label(node)}”的条件 {node.event.value} 里没有变量，不会重新判断"
                yield Finding(sentence=sentence, element=node.id, line=node.line)
