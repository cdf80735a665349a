"""A process and each of its levels has a clear beginning; a process has an end that names how the case ended."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from service.checks import graph
from service.checks.findings import Finding, Severity
from service.checks.frame import Rule
from service.checks.model import Model
from service.engine.model import Node, Process, Scope

rule = Rule(
    id="begins_and_ends",
    title="有开始，有结束",
    severity=Severity.ERROR,
    kinds=("bpmn",),
    why="流程从一个空白开始事件（由人发起、被调用），或消息、定时、信号开始事件开始，到结束事件结束；"
    "结束事件的 id 就是办理结果。"
    "几个空白开始事件并列时不知道从哪个开始。子流程可以不画开始事件，但只能有一个。",
    cure="补画开始事件或结束事件，多余的删去",
)


def check(model: Model) -> Iterator[Finding]:
    for process, scope, owner in model.scopes():
        told = list(_of_process(process) if owner is None else _of_level(scope, owner))
        place, line = (process.id, 0) if owner is None else (owner.id, owner.line)
        yield from (Finding(sentence=one, element=place, line=line) for one in told)
    yield from _called(model)


def _of_process(process: Process) -> Iterator[str]:
    starts = list(process.scope.starts())
    if not starts:
        yield "流程没有开始事件"
    for kind, value in _twins(starts):
        what = f"消息“{value}”的" if kind == "message" else "空白"
        yield f"流程有几个{what}开始事件，不知道从哪个开始"
    if not any(node.kind == "endEvent" for node in process.scope.nodes.values()):
        yield "流程没有结束事件"


def _twins(starts: list[Node]) -> list[tuple[str, str]]:
    count = Counter((node.event.kind, node.event.value) for node in starts)
    return sorted(key for key, number in count.items() if number > 1 and key[0] in ("none", "message"))


def _of_level(scope: Scope, owner: Node) -> Iterator[str]:
    starts = list(scope.starts())
    if owner.triggered_by_event and len(starts) != 1:
        yield f"事件子流程“{graph.label(owner)}”应有且只有一个开始事件"
    elif len(starts) > 1:
        yield f"子流程“{graph.label(owner)}”有 {len(starts)} 个开始事件，只能有一个"
    elif not scope.nodes:
        yield f"子流程“{graph.label(owner)}”是空的"


def _called(model: Model) -> Iterator[Finding]:
    """A called process begins at its none start event."""
    begins = {
        process.id: any(node.event.kind == "none" for node in process.scope.starts())
        for other in (model, *model.neighbours())
        for process in other.processes
    }
    for _, _, node in model.nodes():
        if node.kind == "callActivity" and begins.get(node.called) is False:
            sentence = f"被调用的流程 {node.called} 没有空白开始事件"
            yield Finding(sentence=sentence, element=node.id, line=node.line)
