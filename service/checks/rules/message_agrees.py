"""A region's own diagram speaks with the rest of the country in the same messages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from service.checks.findings import Finding, Severity
from service.checks.frame import Rule
from service.checks.model import Model
from service.checks.wider import wider
from service.engine.model import Diagram
from service.errors import BadDefinition

rule = Rule(
    id="message_agrees",
    title="覆盖的流程图消息与上级一致",
    severity=Severity.ERROR,
    kinds=("bpmn",),
    why="两地的流程靠消息往来。消息的名称和带的值由全国的流程图规定，地区的流程图改了，对方就收不到或读不懂。"
    "由人发送的消息（属性 sent_by）不受此限。",
    cure="消息名称和输入参数照上级的流程图写",
)

_THROWS = ("intermediateThrowEvent", "endEvent", "sendTask")
Messages = Mapping[str, frozenset[str]]


def check(model: Model) -> Iterator[Finding]:
    source = wider(model)
    if source is None or model.diagram is None:
        return
    try:
        other = model.book.diagram(source)
    except BadDefinition:
        return  # told of at that file
    for throws, what in ((True, "抛出的"), (False, "等的")):
        mine, theirs = _messages(model.diagram, throws=throws), _messages(other, throws=throws)
        yield from (Finding(sentence=each) for each in _differences(mine, theirs, what))


def _differences(mine: Messages, theirs: Messages, what: str) -> Iterator[str]:
    for name in sorted(mine.keys() - theirs.keys()):
        yield f"上级的流程图没有{what}消息“{name}”"
    for name in sorted(theirs.keys() - mine.keys()):
        yield f"缺少上级的流程图{what}消息“{name}”"
    for name in sorted(mine.keys() & theirs.keys()):
        if mine[name] != theirs[name]:
            wanted = "、".join(sorted(theirs[name])) or "无"
            yield f"消息“{name}”带的值与上级的流程图不同，应为：{wanted}"


def _messages(diagram: Diagram, *, throws: bool) -> Messages:
    """Names with the values they carry; of awaited ones only those no person sends."""
    found: dict[str, frozenset[str]] = {}
    for process in diagram.processes:
        for _, node in process.scope.walk():
            if node.event.kind != "message" or (node.kind in _THROWS) is not throws:
                continue
            if throws or not node.properties.get("sent_by"):
                carried = frozenset(item.target for item in node.inputs) if throws else frozenset[str]()
                found[node.event.value] = found.get(node.event.value, frozenset()) | carried
    return found
