"""An error thrown in the middle of a case is caught by someone."""

from __future__ import annotations

from collections.abc import Iterator

from service.checks import graph
from service.checks.calls import traffic
from service.checks.errors_thrown import Escapes
from service.checks.findings import Finding, Severity
from service.checks.frame import Rule
from service.checks.model import Model
from service.checks.written import startable

rule = Rule(
    id="error_caught",
    title="抛出的错误有人接住",
    severity=Severity.ERROR,
    kinds=("bpmn",),
    why="错误结束事件抛出的代码，要由外层的错误边界事件或错误事件子流程接住；被调用的流程抛出的，由调用它的流程接住。"
    "只有在第一个等待之前抛出的可以没有人接：那是不予受理，申请不成立。其他没有人接住的，会成为异常件。",
    cure="在外层的子流程或调用活动上加错误边界事件（同一代码，或不写代码接住一切）",
)


def check(model: Model) -> Iterator[Finding]:
    escapes = Escapes(model)
    calls = traffic(model.book).calls
    for process in model.processes:
        if not startable(process) and process.id in calls:
            continue  # told of where it is called
        for one in escapes.of(process.id):
            if not one.early:
                code = one.code or "（无代码）"
                sentence = f"“{graph.label(one.node)}”抛出的错误 {code} 没有人接住"
                yield Finding(sentence=sentence, element=one.node.id, line=one.node.line)
