"""A timer written as text is a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from service.checks import graph
from service.checks.findings import Finding, Severity
from service.checks.frame import Rule
from service.checks.model import Model
from service.engine import iso
from service.engine.model import Event

rule = Rule(
    id="timer_readable",
    title="定时器的值是时间",
    severity=Severity.ERROR,
    kinds=("bpmn",),
    why="写成文字的定时器要是 ISO 8601 的日期（2026-09-01T00:00:00）、时长（PT1H）或循环（R3/P1D），与所选的类型一致；"
    "法定期限写 ${working_days(10)} 等函数。",
    cure="改写为 ${working_days(10)}，或 ISO 8601 的日期、时长、循环",
)

_KINDS = {"date": "日期", "duration": "时长", "cycle": "循环"}
_READERS: dict[str, Callable[[str], object]] = {
    "date": iso.parse_instant,
    "duration": iso.parse_duration,
    "cycle": iso.parse_cycle,
}


def check(model: Model) -> Iterator[Finding]:
    for _, _, node in model.nodes():
        event = node.event
        if "+" in event.timer:
            told = f"定时器“{graph.label(node)}”同时写了几种时间（{event.timer}）"
            yield Finding(sentence=told, element=node.id, line=node.line, cure="日期、时长、循环只留一种")
            continue
        literal = event.kind == "timer" and event.value and "${" not in event.value
        if literal and (sentence := _wrong(event)):
            told = f"定时器“{graph.label(node)}”的{sentence}"
            yield Finding(sentence=told, element=node.id, line=node.line)


def _wrong(event: Event) -> str:
    if event.timer not in _READERS:
        return f"类型 {event.timer or '（空）'} 无法识别"
    try:
        _READERS[event.timer](event.value)
    except ValueError as error:
        return f"值 {event.value} 不是{_KINDS[event.timer]}：{error}"
    return ""
