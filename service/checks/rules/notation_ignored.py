"""What only tunes Camunda's own machinery has no effect here."""

from __future__ import annotations

from collections.abc import Iterator

from service.checks.findings import Finding, Severity
from service.checks.frame import Rule
from service.checks.model import Model
from service.checks.notation import unobeyed

rule = Rule(
    id="notation_ignored",
    title="不起作用的调节参数",
    severity=Severity.WARNING,
    kinds=("bpmn",),
    why="jobPriority、exclusive、重试间隔等只调节 Camunda 自己的作业执行器，对办件怎么走没有影响，这里不用。"
    "asyncBefore、asyncAfter 照做（见画法），只在它们管不到的地方提醒。",
    cure="删去",
)


def check(model: Model) -> Iterator[Finding]:
    for one in unobeyed(model.xml) if model.xml is not None else ():
        if one.tunes:
            yield Finding(sentence=one.what, element=one.element, line=one.line, cure=one.cure)
