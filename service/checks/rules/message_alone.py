"""A message somebody waits for is sent by somebody, and one that is thrown is heard: across all diagrams."""

from __future__ import annotations

from collections.abc import Iterator

from service.checks import graph
from service.checks.calls import traffic
from service.checks.findings import Finding, Severity
from service.checks.frame import Rule
from service.checks.model import Model
from service.registry.actions import PREFIX

rule = Rule(
    id="message_alone",
    title="消息有人发，有人接",
    severity=Severity.WARNING,
    kinds=("bpmn",),
    why="等的消息，没有哪个流程抛出，也没有写由谁发送，就只有运行维护员或外部系统用它的账号能发；"
    "抛出的消息没有哪个流程接，就一直留在收件箱里。多半是两处名称写得不一样。",
    cure="核对两处的消息名称",
)

_THROWS = ("intermediateThrowEvent", "endEvent", "sendTask")
_THROWN = "在另一方的流程里画捕获同名消息的事件；不需要的删去"
_AWAITED = "由人发送的，加属性 sent_by=角色@当事单位；由另一方发送的，在它的流程里画抛出同名消息的事件"


def check(model: Model) -> Iterator[Finding]:
    if len(model.processes) > 1:
        return  # told of by the rule message_partner
    known = traffic(model.book)
    for process, _, node in model.nodes():
        name = node.event.value
        starts = node.kind == "startEvent" and node.id in process.scope.nodes  # the rule message_starts tells
        if node.event.kind != "message" or not name or starts or name.startswith(PREFIX):
            continue
        if node.kind in _THROWS and name not in known.awaits and not node.properties.get("starts"):
            sentence = f"“{graph.label(node)}”抛出的消息“{name}”，没有哪个流程接"
            yield Finding(sentence=sentence, element=node.id, line=node.line, cure=_THROWN)
        elif node.kind not in _THROWS and name not in known.throws and not node.properties.get("sent_by"):
            sentence = f"“{graph.label(node)}”等的消息“{name}”，没有谁发送"
            yield Finding(sentence=sentence, element=node.id, line=node.line, cure=_AWAITED)
