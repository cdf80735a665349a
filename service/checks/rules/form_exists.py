"""A form a diagram refers to must be there and be usable."""

from __future__ import annotations

from collections.abc import Iterator

from service.checks.findings import Finding, Severity
from service.checks.frame import Rule
from service.checks.model import Model, form_of
from service.engine.model import Node
from service.errors import BadDefinition

rule = Rule(
    id="form_exists",
    title="引用的表单存在且可用",
    severity=Severity.ERROR,
    kinds=("bpmn",),
    why="用户任务和开始事件引用的表单（formRef）要在本地区能找到：本地区文件夹、上级地区或 forms/。",
    cure="把 <表单 id>.form 放进 forms/ 或地区文件夹，或改正表单引用",
)


def check(model: Model) -> Iterator[Finding]:
    for _, _, node in model.nodes():
        form_id = form_of(node)
        if form_id and "${" not in form_id:
            yield from _check(model, node, form_id)


def _check(model: Model, node: Node, form_id: str) -> Iterator[Finding]:
    try:
        if model.form(form_id) is None:
            yield Finding(sentence=f"没有表单 {form_id}", element=node.id, line=node.line)
    except BadDefinition as error:
        yield Finding(
            sentence=f"表单 {form_id} 不能使用：{error.message}",
            element=node.id,
            line=node.line,
            cure=f"改正 {form_id}.form",
        )
