"""What one pool sends, the other awaits."""

from __future__ import annotations

from collections.abc import Iterator

from service.checks import graph
from service.checks.findings import Finding, Severity
from service.checks.frame import Rule
from service.checks.model import Model
from service.engine.model import Diagram, Node, Process

rule = Rule(
    id="message_partner",
    title="两个泳池的消息成对",
    severity=Severity.ERROR,
    kinds=("bpmn",),
    why="一个文件里画了两个泳池时，一边抛出的消息另一边要接，一边等的消息另一边要抛（由人发送的用属性 sent_by 写明）；"
    "消息流两端的消息名称要一致。对不上的消息会让一边一直等。",
    cure="在另一个泳池里补画抛出或捕获同名消息的事件；由人发送的，加属性 sent_by=角色@当事单位",
)

_THROWS = ("intermediateThrowEvent", "endEvent", "sendTask")


def check(model: Model) -> Iterator[Finding]:
    if model.diagram is None or len(model.diagram.processes) < 2:
        return
    for process in model.diagram.processes:
        others = [one for one in model.diagram.processes if one is not process]
        yield from _alone(process, others)
    yield from _mismatched(model.diagram)


def _alone(process: Process, others: list[Process]) -> Iterator[Finding]:
    thrown, awaited = _names(others, throws=True), _names(others, throws=False)
    for node in _messages(process):
        name = node.event.value
        if node.kind in _THROWS and name not in awaited:
            sentence = f"“{graph.label(node)}”抛出的消息“{name}”，另一个泳池不接"
            yield Finding(sentence=sentence, element=node.id, line=node.line)
        elif node.kind not in _THROWS and name not in thrown and not node.properties.get("sent_by"):
            sentence = f"“{graph.label(node)}”等的消息“{name}”，另一个泳池不抛"
            yield Finding(sentence=sentence, element=node.id, line=node.line)


def _messages(process: Process) -> Iterator[Node]:
    return (node for _, node in process.scope.walk() if node.event.kind == "message" and node.event.value)


def _names(processes: list[Process], *, throws: bool) -> set[str]:
    nodes = (node for process in processes for node in _messages(process))
    return {node.event.value for node in nodes if (node.kind in _THROWS) is throws}


def _mismatched(diagram: Diagram) -> Iterator[Finding]:
    """Both ends of a message flow speak of the same message."""
    nodes = {node.id: node for process in diagram.processes for node in _messages(process)}
    for flow in diagram.message_flows:
        source, target = nodes.get(flow.source), nodes.get(flow.target)
        if source and target and source.event.value != target.event.value:
            sentence = f"消息流两端的消息不同：“{source.event.value}”和“{target.event.value}”"
            yield Finding(sentence=sentence, element=flow.id)
