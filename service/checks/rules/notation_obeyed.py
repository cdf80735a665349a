"""What is written is obeyed, or refused with what to use instead."""

from __future__ import annotations

from collections.abc import Iterator

from service.checks.findings import Finding, Severity
from service.checks.frame import Rule
from service.checks.model import Model
from service.checks.notation import unobeyed

rule = Rule(
    id="notation_obeyed",
    title="写在图上的都会执行",
    severity=Severity.ERROR,
    kinds=("bpmn",),
    why="Camunda 的一些写法这里不执行：Java 类和表达式、监听器、连接器、脚本、内嵌表单、指定用户、固定版本绑定等。"
    "为了不让图上写着而实际不做，部署时拒绝，并说明改用什么。",
    cure="照提示改写",
)


def check(model: Model) -> Iterator[Finding]:
    for one in unobeyed(model.xml) if model.xml is not None else ():
        if not one.tunes:
            yield Finding(sentence=one.what, element=one.element, line=one.line, cure=one.cure)
