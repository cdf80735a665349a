"""Reads BPMN 2.0 XML in Camunda 7 notation into the plain model.

Nothing is compiled here and nothing is thrown away silently: what cannot run is kept with its reason, so
that a check can refuse it in plain words.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from lxml import etree

from service.engine import camunda
from service.engine.model import Diagram, Event, Flow, MessageFlow, Node, Process, Scope
from service.engine.vocabulary import ACTIVITIES, ARTEFACTS, CONTAINERS, EVENTS, GATEWAYS, UNSUPPORTED
from service.errors import BadDefinition

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
_PARSER_OPTIONS = {"resolve_entities": False, "no_network": True, "load_dtd": False, "huge_tree": False}


def read_xml(content: bytes, file: str) -> etree._Element:
    """The root element.

    Raises BadDefinition for anything that is not XML, and for a DOCTYPE (entity tricks start with one).
    """
    try:
        root = etree.fromstring(content, etree.XMLParser(**_PARSER_OPTIONS))  # type: ignore[arg-type]
    except etree.XMLSyntaxError as error:
        line = error.lineno or 0
        raise BadDefinition(
            f"不是格式良好的 XML（{error.msg}）", file=file, line=line, cure="请用建模工具重新导出该文件"
        ) from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise BadDefinition("不接受带 DOCTYPE 的文件", file=file, line=1, cure="请删除 DOCTYPE 声明后再上传")
    return root


@lru_cache(maxsize=512)  # one file is read by the rules, by each region that compiles it, and by who calls it
def read_diagram(content: bytes, file: str) -> Diagram:
    """Every process of a BPMN file.

    Raises BadDefinition when the file is not BPMN or holds no process.
    """
    root = read_xml(content, file)
    if root.tag != f"{BPMN}definitions":
        raise BadDefinition("不是 BPMN 2.0 图", file=file, cure="文件的根元素应为 bpmn:definitions")
    reader = _Reader(root, file)
    processes = tuple(reader.process(element) for element in root.iterfind(f"{BPMN}process"))
    if not processes:
        raise BadDefinition("图中没有流程（process）", file=file, cure="请至少画一个流程")
    return Diagram(file=file, processes=processes, message_flows=tuple(reader.message_flows()))


class _Reader:
    def __init__(self, root: etree._Element, file: str) -> None:
        self.root, self.file = root, file
        self.catalogue = {
            element.get("id", ""): element
            for tag in ("message", "signal", "error", "escalation")
            for element in root.iterfind(f"{BPMN}{tag}")
        }
        self.participants = {
            element.get("processRef", ""): element.get("name", "")
            for element in root.iter(f"{BPMN}participant")
        }
        self.seen: dict[str, int] = {}

    def message_flows(self) -> Iterator[MessageFlow]:
        for element in self.root.iter(f"{BPMN}messageFlow"):
            yield MessageFlow(
                id=element.get("id", ""),
                source=element.get("sourceRef", ""),
                target=element.get("targetRef", ""),
                name=element.get("name", ""),
            )

    def process(self, element: etree._Element) -> Process:
        identifier = self.identify(element)
        lanes = {
            (ref.text or "").strip(): lane.get("name", "")
            for lane in element.iter(f"{BPMN}lane")
            for ref in lane.iterfind(f"{BPMN}flowNodeRef")
        }
        return Process(
            id=identifier,
            name=element.get("name", "") or self.participants.get(identifier, ""),
            file=self.file,
            scope=self.scope(element, lanes, ""),
            documentation=_documentation(element),
            version_tag=camunda.attributes(element).get("versionTag", ""),
            executable=element.get("isExecutable", "false") == "true",
            participant=self.participants.get(identifier, ""),
            settings=camunda.attributes(element),
        )

    def scope(self, element: etree._Element, lanes: dict[str, str], lane: str) -> Scope:
        flows = {}
        for child in element.iterfind(f"{BPMN}sequenceFlow"):
            flow = self.flow(child)
            flows[flow.id] = flow
        nodes = {}
        for child in element:
            kind = local_name(child)
            if not kind or kind in ARTEFACTS:
                continue
            node = self.node(child, kind, flows, lanes, lane)
            nodes[node.id] = node
        compensations = {
            child.get("sourceRef", ""): child.get("targetRef", "")
            for child in element.iterfind(f"{BPMN}association")
            if child.get("sourceRef", "") in nodes and child.get("targetRef", "") in nodes
        }
        return Scope(id=element.get("id", ""), nodes=nodes, flows=flows, compensations=compensations)

    def flow(self, element: etree._Element) -> Flow:
        condition = element.find(f"{BPMN}conditionExpression")
        return Flow(
            id=self.identify(element),
            source=element.get("sourceRef", ""),
            target=element.get("targetRef", ""),
            name=element.get("name", ""),
            condition=(condition.text or "").strip() if condition is not None else "",
            documentation=_documentation(element),
            line=line_of(element),
        )

    def node(
        self, element: etree._Element, kind: str, flows: dict[str, Flow], lanes: dict[str, str], lane: str
    ) -> Node:
        identifier = self.identify(element)
        lane = lanes.get(identifier, lane)
        extension = camunda.read_extension(element)
        return Node(
            id=identifier,
            kind=kind,
            name=" ".join(element.get("name", "").split()),
            line=line_of(element),
            documentation=_documentation(element),
            lane=lane,
            event=self.event(element)
            if kind in EVENTS or kind == "receiveTask" or kind == "sendTask"
            else Event(),
            incoming=tuple(flow.id for flow in flows.values() if flow.target == identifier),
            outgoing=_outgoing(element, identifier, flows),
            default=element.get("default", ""),
            attached_to=element.get("attachedToRef", ""),
            interrupting=element.get("cancelActivity", element.get("isInterrupting", "true")) == "true",
            triggered_by_event=element.get("triggeredByEvent", "false") == "true",
            for_compensation=element.get("isForCompensation", "false") == "true",
            loop=camunda.read_loop(element),
            settings=self.settings(element),
            properties=extension.properties,
            inputs=extension.inputs,
            outputs=extension.outputs,
            call_in=extension.call_in,
            call_out=extension.call_out,
            called=element.get("calledElement", ""),
            body=self.scope(element, lanes, lane) if kind in CONTAINERS else None,
            unsupported=_unsupported(kind),
        )

    def settings(self, element: etree._Element) -> dict[str, str]:
        """Camunda attributes of a node and of its event definition (where errors and escalations name variables)."""
        found = camunda.attributes(element)
        for child in element:
            if local_name(child).endswith("EventDefinition"):
                found.update(camunda.attributes(child))
        return found

    def event(self, element: etree._Element) -> Event:
        definitions = [child for child in element if local_name(child).endswith("EventDefinition")]
        if len(definitions) > 1:
            raise BadDefinition(
                "一个事件只能有一种触发方式",
                file=self.file,
                element=element.get("id", ""),
                line=line_of(element),
                cure="请拆成多个事件，或改用基于事件的网关",
            )
        if not definitions:
            if reference := element.get("messageRef"):
                return Event(kind="message", ref=reference, value=self.referenced(reference, "name"))
            return _sent(element)
        return self.definition(definitions[0])

    def definition(self, element: etree._Element) -> Event:
        kind = local_name(element).removesuffix("EventDefinition")
        if kind == "timer":
            return _timer(element)
        if kind == "conditional":
            return Event(kind=kind, value=_text(element.find(f"{BPMN}condition")))
        if kind == "link":
            return Event(kind=kind, value=element.get("name", ""))
        if kind == "compensate":
            wait = element.get("waitForCompletion", "true") == "true"
            return Event(kind=kind, ref=element.get("activityRef", ""), wait_for_completion=wait)
        reference = element.get(f"{kind}Ref", "")
        attribute = {"error": "errorCode", "escalation": "escalationCode"}.get(kind, "name")
        return Event(kind=kind, ref=reference, value=self.referenced(reference, attribute))

    def referenced(self, reference: str, attribute: str) -> str:
        """Name or code of a message, signal, error or escalation of the file."""
        if not reference:
            return ""
        element = self.catalogue.get(reference.rpartition(":")[2])
        if element is None:
            raise BadDefinition(
                f"引用的 {reference} 在文件中不存在", file=self.file, cure="请在属性面板中重新选择"
            )
        return element.get(attribute, "")

    def identify(self, element: etree._Element) -> str:
        identifier, line = element.get("id", ""), line_of(element)
        if not identifier:
            raise BadDefinition(
                f"{local_name(element)} 没有 id", file=self.file, line=line, cure="请在建模工具中补上 id"
            )
        if identifier in self.seen:
            raise BadDefinition(
                f"id {identifier} 重复（另一处在第 {self.seen[identifier]} 行）",
                file=self.file,
                element=identifier,
                line=line,
                cure="请给其中一个换一个 id",
            )
        self.seen[identifier] = line
        return identifier


def _sent(element: etree._Element) -> Event:
    """The message of a send task by its property: Camunda Modeler's panel has no field for one."""
    name = camunda.read_extension(element).properties.get("message", "")
    return Event(kind="message", value=name) if name and local_name(element) == "sendTask" else Event()


def _timer(element: etree._Element) -> Event:
    """The timer; where several kinds are written, ``timer`` names them all, and a check refuses it."""
    found = [child for child in element if local_name(child).startswith("time")]
    kinds = "+".join(local_name(child).removeprefix("time").lower() for child in found)
    return Event(kind="timer", timer=kinds, value=_text(found[0]) if found else "")


def _outgoing(element: etree._Element, identifier: str, flows: dict[str, Flow]) -> tuple[str, ...]:
    """Outgoing flows in the order the modeler lists them in the node, so that a gateway asks in that order."""
    listed = [_text(child) for child in element.iterfind(f"{BPMN}outgoing")]
    found = [flow.id for flow in flows.values() if flow.source == identifier]
    return tuple(sorted(found, key=lambda flow: listed.index(flow) if flow in listed else len(listed)))


def _unsupported(kind: str) -> str:
    if kind in EVENTS or kind in GATEWAYS or kind in ACTIVITIES:
        return ""
    label, cure = UNSUPPORTED.get(kind, (f"元素 {kind}", "改用受支持的元素"))
    return f"不支持{label}：{cure}"


def _documentation(element: etree._Element) -> str:
    return "\n".join(_text(child) for child in element.iterfind(f"{BPMN}documentation"))


def _text(element: etree._Element | None) -> str:
    return (element.text or "").strip() if element is not None else ""


def line_of(element: etree._Element) -> int:
    """The line an element begins on."""
    return int(getattr(element, "sourceline", 0) or 0)


def local_name(element: etree._Element) -> str:
    """The name of an element of BPMN; empty for a comment or another vocabulary's."""
    tag = str(element.tag)
    return tag.removeprefix(BPMN) if tag.startswith(BPMN) else ""
