"""How a person draws a diagram in Camunda Modeler: the clicks and the fields, in the words on its screen.

Reads a diagram as XML and gives the steps that lead to it: palette, wrench, context pad, lines, panel. The same words
stand in docs/elements.md; ``told`` gives those a plan uses, so that the page and the plan cannot part.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from service.engine.dialect import local_name
from tests.api.modeler.fields import DEFAULTS, fields_of

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
Step = dict[str, Any]

EVENT, GATEWAY, TASK, GAP = 36, 50, (100, 80), 70
TOP, LEFT = 200, 200

_PALETTE = {
    "startEvent": "Create start event",
    "endEvent": "Create end event",
    "intermediateCatchEvent": "Create intermediate/boundary event",
    "intermediateThrowEvent": "Create intermediate/boundary event",
    "boundaryEvent": "Create intermediate/boundary event",
    "subProcess": "Create expanded sub-process",
    "transaction": "Create expanded sub-process",
    "dataObjectReference": "Create data object reference",
    "group": "Create group",
}
_WRENCH = {
    "userTask": "User task",
    "serviceTask": "Service task",
    "sendTask": "Send task",
    "receiveTask": "Receive task",
    "manualTask": "Manual task",
    "businessRuleTask": "Business rule task",
    "callActivity": "Call activity",
    "parallelGateway": "Parallel gateway",
    "inclusiveGateway": "Inclusive gateway",
    "eventBasedGateway": "Event-based gateway",
    "transaction": "Transaction",
}
_TRIGGER = {"compensate": "Compensation"}
_PLACE = {
    "startEvent": "start event",
    "endEvent": "end event",
    "intermediateCatchEvent": "intermediate catch event",
    "intermediateThrowEvent": "intermediate throw event",
    "boundaryEvent": "boundary event",
}
_REPEATED = {"false": "Parallel multi-instance", "true": "Sequential multi-instance"}


@dataclass
class Plan:
    """The steps for one diagram, by name of the file they make."""

    name: str
    steps: list[Step] = field(default_factory=list)

    def add(self, do: str, **what: Any) -> None:
        self.steps.append({"do": do, **what})

    def told(self) -> set[str]:
        """Every word of the screen that the plan uses: entries, groups, fields, choices."""
        found: set[str] = set()
        for step in self.steps:
            found |= {step[key] for key in ("entry", "title", "group", "field") if key in step}
            for name, value in step.get("fields", ()):
                found |= {name, str(value)}
            found.add(str(step.get("value", "")))
            found |= {"XML"} if step["do"] == "text" else set()
        return found


def plan(name: str, content: bytes) -> Plan:
    """The steps that draw a diagram."""
    made = Plan(name)
    (process,) = etree.fromstring(content).iterfind(f"{BPMN}process")
    made.steps += fields_of(process, "")
    _Scope(made, process, "").draw(LEFT, TOP)
    made.steps.sort(key=_late)
    return made


def _late(step: Step) -> int:
    """What can be chosen only among what is drawn; then the file's text, because opening it anew moves the drawing."""
    return 2 if step["do"] == "text" else int(step.get("field") == "Activity reference")


@dataclass(frozen=True)
class _Scope:
    """The elements of a process or subprocess, from left to right on one line."""

    plan: Plan
    holder: etree._Element
    into: str

    def draw(self, left: float, middle: float) -> None:
        for node in _nodes(self.holder):
            width, _ = size(node)
            self.node(node, left + width / 2, middle)
            left += width + GAP
        attached: dict[str, int] = {}
        for event in self.holder.iterfind(f"{BPMN}boundaryEvent"):
            host = event.get("attachedToRef", "")
            attached[host] = attached.get(host, 0) + 1
            self.plan.add(
                "palette",
                title=_PALETTE["boundaryEvent"],
                id=event.get("id"),
                onto=host,
                x=30 * attached[host],
            )
            self.finish(event)
        self.lines()
        self.beside(left, middle)

    def node(self, node: etree._Element, x: float, y: float) -> None:
        if local_name(node) == "startEvent" and not self.into and not self.begun():
            self.plan.add("field", on="StartEvent_1", group="General", field="ID", value=node.get("id"))
            self.finish(node)
            return
        self.shape(node, self.into, x, y)
        if local_name(node) in ("subProcess", "transaction"):
            width, height = size(node)
            place = {"x": x - width / 2, "y": y - height / 2, "width": width, "height": height}
            self.plan.add("resize", on=node.get("id"), **place)
            _Scope(self.plan, node, node.get("id", "")).draw(x - width / 2 + GAP / 2, y)

    def begun(self) -> bool:
        return any(step.get("on") == "StartEvent_1" for step in self.plan.steps)

    def shape(self, node: etree._Element, into: str, x: float, y: float) -> None:
        kind = local_name(node)
        title = _PALETTE.get(kind, "Create gateway" if kind.endswith("Gateway") else "Create task")
        self.plan.add("palette", title=title, id=node.get("id"), into=into, x=x, y=y)
        self.finish(node)

    def finish(self, node: etree._Element) -> None:
        """Its kind by the wrench, its settings by the panel."""
        for entry in entries(node):
            self.plan.add("wrench", on=node.get("id"), entry=entry)
        self.plan.steps += fields_of(node, node.get("id", ""))

    def lines(self) -> None:
        defaults = {node.get("default") for node in self.holder if node.get("default")}
        for flow in self.holder.iterfind(f"{BPMN}sequenceFlow"):
            identifier = flow.get("id", "")
            self.plan.add(
                "connect", **{"from": flow.get("sourceRef"), "to": flow.get("targetRef")}, id=identifier
            )
            if identifier in defaults:
                self.plan.add("wrench", on=identifier, entry="Default flow")
            self.plan.steps += fields_of(flow, identifier)
        notes = {note.get("id") for note in self.holder.iterfind(f"{BPMN}textAnnotation")}
        for line in self.holder.iterfind(f"{BPMN}association"):
            if line.get("targetRef", "") not in notes:
                self.plan.add(
                    "connect", **{"from": line.get("sourceRef"), "to": line.get("targetRef")}, id=""
                )

    def beside(self, x: float, y: float) -> None:
        """What is drawn for people."""
        for node in self.holder:
            kind, place = local_name(node), {"x": x, "y": y + 150}
            if kind in ("dataObjectReference", "group"):
                self.plan.add("palette", title=_PALETTE[kind], id=node.get("id"), into=self.into, **place)
            elif kind == "textAnnotation":
                self.plan.add("appended", on="a", title="Add text annotation", id=node.get("id"), **place)
            elif kind == "laneSet":
                self.pool()
            x += 120

    def pool(self) -> None:
        self.plan.add("palette", title="Create pool/participant", id="", into="", x=LEFT + 200, y=TOP)
        self.plan.add("pad", on="pool", title="Divide into two lanes")


def _nodes(holder: etree._Element) -> Iterator[etree._Element]:
    drawn = (*DEFAULTS, *_PALETTE)
    for child in holder:
        kind = local_name(child)
        if kind in drawn and kind not in ("boundaryEvent", "dataObjectReference", "group"):
            yield child


def size(node: etree._Element) -> tuple[float, float]:
    """Width and height on the canvas."""
    kind = local_name(node)
    if kind in ("subProcess", "transaction"):
        sizes = [size(each) for each in _nodes(node)]
        return sum(width + GAP for width, _ in sizes) + GAP, max(height for _, height in sizes) + 160
    if kind.endswith("Event"):
        return EVENT, EVENT
    return (GATEWAY, GATEWAY) if kind.endswith("Gateway") else TASK


def entries(node: etree._Element) -> Iterator[str]:
    """What is chosen in the wrench's menu to make the plain shape what it is to be."""
    kind = local_name(node)
    if kind in _WRENCH:
        yield _WRENCH[kind]
    if node.get("triggeredByEvent") == "true":
        yield "Event sub-process"
    for child in node:
        part = local_name(child)
        if part.endswith("EventDefinition"):
            word = part.removesuffix("EventDefinition")
            beside = "false" in (node.get("cancelActivity"), node.get("isInterrupting"))
            yield f"{_TRIGGER.get(word, word.capitalize())} {_PLACE[kind]}" + " (non-interrupting)" * beside
        elif part == "multiInstanceLoopCharacteristics":
            yield _REPEATED[child.get("isSequential", "false")]
        elif part == "standardLoopCharacteristics":
            yield "Loop"
