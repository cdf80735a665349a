"""A user task must say who does it and on which form."""

from __future__ import annotations

from collections.abc import Iterator

from service.checks.findings import Finding, Severity
from service.checks.frame import Rule
from service.checks.model import Model, form_of

rule = Rule(
    id="user_task_complete",
    title="用户任务写明由谁办、填什么表单",
    severity=Severity.ERROR,
    kinds=("bpmn",),
    why="没有候选组的任务不会出现在任何人的待办里；没有表单的任务无法核对提交的内容。",
    cure="在属性面板中填写候选组（角色@当事单位）和表单引用（formRef）",
)


def check(model: Model) -> Iterator[Finding]:
    for _, _, node in model.nodes():
        if node.kind != "userTask":
            continue
        if not node.settings.get("candidateGroups", "").strip():
            yield Finding(
                sentence=f"用户任务“{node.name or node.id}”没有候选组", element=node.id, line=node.line
            )
        if not form_of(node):
            yield Finding(
                sentence=f"用户任务“{node.name or node.id}”没有表单", element=node.id, line=node.line
            )
