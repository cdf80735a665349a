"""A legal limit is counted by the calendar, not by the stopwatch."""

from __future__ import annotations

from collections.abc import Iterator

from service.checks.findings import Finding, Severity
from service.checks.frame import Rule
from service.checks.model import Model

rule = Rule(
    id="legal_timer",
    title="法定期限用期限函数",
    severity=Severity.WARNING,
    kinds=("bpmn",),
    why="ISO 时长（P10D）按时刻精确计算，不跳过首日，也不到最后一日 24 时；法定期限应当用 ${working_days(10)}、"
    "${days(90)}、${months(1)} 等函数。",
    cure="改写为 ${working_days(n)}、${days(n)} 或 ${months(n)}",
)


def check(model: Model) -> Iterator[Finding]:
    for _, _, node in model.nodes():
        event = node.event
        if event.kind == "timer" and event.timer == "duration" and event.value.startswith("P"):
            sentence = f"定时器“{node.name or node.id}”的期限 {event.value} 是精确时长，不是法定期限"
            yield Finding(sentence=sentence, element=node.id, line=node.line)
        for name in ("dueDate", "followUpDate"):
            if (value := node.settings.get(name, "")).startswith("P"):
                sentence = f"“{node.name or node.id}”的 {name} {value} 是精确时长，不是法定期限"
                yield Finding(sentence=sentence, element=node.id, line=node.line)
