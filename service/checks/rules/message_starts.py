"""A message that is to start a process says so, and a message start event has somebody who sends its message."""

from __future__ import annotations

from collections.abc import Iterator

from service.checks import graph
from service.checks.calls import traffic
from service.checks.findings import Finding, Severity
from service.checks.frame import Rule
from service.checks.model import Model
from service.engine.model import Node, Process
from service.registry.actions import PREFIX

rule = Rule(
    id="message_starts",
    title="消息开始的流程有人开始",
    severity=Severity.ERROR,
    kinds=("bpmn",),
    why="流程抛出的消息要开始另一方的流程，须用属性写明：starts=流程 id，at=在哪个当事单位所在地的规定下办理。"
    "由人发送消息开始的，消息开始事件写属性 sent_by=角色@当事单位。都没有写的消息开始事件，永远不会开始。",
    cure="在抛出的一方写属性 starts 和 at，或在消息开始事件上写属性 sent_by",
)

_THROWS = ("intermediateThrowEvent", "endEvent", "sendTask")


def check(model: Model) -> Iterator[Finding]:
    for process, _, node in model.nodes():
        if node.event.kind == "message" and node.kind in _THROWS and node.properties.get("starts"):
            yield from _starts(model, node)
        elif node.kind == "startEvent" and node.id in process.scope.nodes and node.event.kind == "message":
            yield from _started(model, process, node)


def _starts(model: Model, node: Node) -> Iterator[Finding]:
    wanted, name, party = node.properties["starts"], node.event.value, node.properties.get("at", "")
    found = [one for one in _processes(model) if one.id == wanted]
    if not found:
        yield Finding(
            sentence=f"没有“{graph.label(node)}”要开始的流程 {wanted}", element=node.id, line=node.line
        )
    elif not any(_begins(one, name) for one in found):
        sentence = f"流程 {wanted} 没有消息“{name}”的开始事件，“{graph.label(node)}”开始不了它"
        yield Finding(sentence=sentence, element=node.id, line=node.line)
    if not model.book.law.parties.known(party):
        sentence = f"“{graph.label(node)}”的属性 at 不是当事单位：“{party}”"
        yield Finding(sentence=sentence, element=node.id, line=node.line)


def _started(model: Model, process: Process, node: Node) -> Iterator[Finding]:
    name = node.event.value
    if not name or name.startswith(PREFIX) or node.properties.get("sent_by"):
        return
    thrown = traffic(model.book).throws.get(name, ())
    if not any(one.properties.get("starts") == process.id for one in thrown):
        sentence = f"没有谁用消息“{name}”开始流程 {process.id}"
        yield Finding(sentence=sentence, element=node.id, line=node.line)


def _processes(model: Model) -> Iterator[Process]:
    """Of all regions: the other side may lie in another one."""
    for region in model.book.regions:
        for bundle in model.book.bundles(region.code):
            for source in bundle.files.values():
                if source.name.endswith(".bpmn"):
                    yield from Model(book=model.book, bundle=bundle, source=source).processes


def _begins(process: Process, message: str) -> bool:
    return any(one.event.kind == "message" and one.event.value == message for one in process.scope.starts())
