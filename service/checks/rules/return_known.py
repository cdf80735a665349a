"""A task that may be sent back names a step that comes before it, in a process somebody starts."""

from __future__ import annotations

from collections.abc import Iterator

from service.checks.findings import Finding, Severity
from service.checks.frame import Rule
from service.checks.model import Model
from service.engine.model import Node, Process

PROPERTY = "return_to"

rule = Rule(
    id="return_known",
    title="退回到的步骤在图上",
    severity=Severity.ERROR,
    kinds=("bpmn",),
    why="属性 return_to 写明一个用户任务可以退回到哪一步；办件回到该步，用当初到该步时的数据，现有的待办撤销。"
    "写错了的要到有人退回时才会发现。",
    cure="写成同一张图顶层的另一个用户任务的 id；共用流程和子流程里的任务不能用，请在图上画出退回",
)


def check(model: Model) -> Iterator[Finding]:
    for process, _, node in model.nodes():
        step = node.properties.get(PROPERTY, "").strip()
        if step and (wrong := _wrong(process, node, step)):
            yield Finding(sentence=wrong, element=node.id, line=node.line)


def _wrong(process: Process, node: Node, step: str) -> str:
    top = process.scope.nodes
    if node.kind != "userTask" or node.id not in top:
        return f"“{node.name or node.id}”不是顶层的用户任务，不能写 return_to"
    target = top.get(step)
    if target is None or target.kind != "userTask" or step == node.id:
        return f"return_to 写的“{step}”不是顶层的另一个用户任务"
    return ""
