"""A task belongs to one unit."""

from __future__ import annotations

from collections.abc import Iterator

from service.checks import graph
from service.checks.calls import constants
from service.checks.findings import Finding, Severity
from service.checks.frame import Rule
from service.checks.model import Model

rule = Rule(
    id="task_one_party",
    title="一个任务只给一个单位",
    severity=Severity.ERROR,
    kinds=("bpmn",),
    why="任务建立时归到一个单位的待办里；候选组写了几个当事单位，就不知道归谁。",
    cure="拆成几个任务，每个任务只给一个当事单位",
)


def check(model: Model) -> Iterator[Finding]:
    for process, _, node in model.nodes():
        text = node.settings.get("candidateGroups", "")
        for value in sorted(constants(model.book, process.id, text)) if text else ():
            parties = sorted({group.partition("@")[2].strip() for group in value.split(",") if "@" in group})
            if len(parties) > 1:
                sentence = f"“{graph.label(node)}”的候选组属于几个当事单位：{'、'.join(parties)}"
                yield Finding(sentence=sentence, element=node.id, line=node.line)
