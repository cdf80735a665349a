"""The diagrams of docs/elements.md with what a deployment asks of any diagram: forms, groups, a clause, an end."""

from __future__ import annotations

import json
from collections.abc import Iterator

from lxml import etree

from service.engine.dialect import local_name
from tests.elements import Element

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
CAMUNDA = "{http://camunda.org/schema/1.0/bpmn}"
FORM = {
    "type": "default",
    "id": "drawn_form",
    "schemaVersion": 18,
    "components": [{"id": "Field_1", "type": "checkbox", "key": "x", "label": "是否"}],
}
FORMS = {"drawn_form.form": json.dumps(FORM).encode()}
_SCOPES = ("process", "subProcess", "transaction")
_CITED = ("userTask", "serviceTask", "exclusiveGateway", "inclusiveGateway", "eventBasedGateway")
_WAITS = ("startEvent", "intermediateCatchEvent", "boundaryEvent", "receiveTask")
_SELF = ("timer", "signal")
OFFICER = "officer@authority"
_ENDLESS = ("endEvent", "boundaryEvent")


def deployable(one: Element, key: str) -> dict[str, bytes]:
    """The files of a row, its process called ``key`` and what it calls ``key_2``, complete enough for a deployment."""
    files = {}
    for number, content in enumerate(one.files(), 1):
        name = key if number == 1 else f"{key}_{number}"
        root = etree.fromstring(content)
        (process,) = root.iterfind(f"{BPMN}process")
        process.set("id", name)
        process.set("name", one.name.partition(" |")[0])
        for node in list(root.iter()):
            if isinstance(node.tag, str):
                _complete(node, key)
        _start_by_itself(process)
        files[f"{name}.bpmn"] = etree.tostring(root)
    return files


def _start_by_itself(process: etree._Element) -> None:
    """A case that nobody starts belongs to an authority."""
    begins = [
        start.find(f"{BPMN}{kind}EventDefinition")
        for start in process.iterfind(f"{BPMN}startEvent")
        for kind in _SELF
    ]
    if any(one is not None for one in begins):
        process.set(f"{CAMUNDA}candidateStarterGroups", OFFICER)
        for task in process.iter(f"{BPMN}userTask"):
            task.set(f"{CAMUNDA}candidateGroups", OFFICER)


def _complete(node: etree._Element, key: str) -> None:
    kind = local_name(node)
    if kind == "userTask":
        node.set(f"{CAMUNDA}candidateGroups", "head@receiving_school")
        node.set(f"{CAMUNDA}formRef", "drawn_form")
        node.set(f"{CAMUNDA}formRefBinding", "latest")
    if (
        kind in _CITED
        or node.get(f"{CAMUNDA}formRef")
        or node.find(f"{BPMN}timerEventDefinition") is not None
    ):
        cited = etree.Element(f"{BPMN}documentation")
        cited.text = "assumed"
        node.insert(0, cited)
    if kind == "callActivity":
        node.set("calledElement", f"{key}_2")
    if kind in _WAITS and (kind == "receiveTask" or node.find(f"{BPMN}messageEventDefinition") is not None):
        extension = etree.SubElement(
            etree.SubElement(node, f"{BPMN}extensionElements"), f"{CAMUNDA}properties"
        )
        etree.SubElement(extension, f"{CAMUNDA}property", name="sent_by", value="registrar@receiving_school")
    if kind in _SCOPES:
        for end in list(_open_ends(node)):
            _close(node, end)


def _open_ends(scope: etree._Element) -> Iterator[str]:
    """The nodes after which nothing is drawn."""
    sources = {flow.get("sourceRef") for flow in scope.iterfind(f"{BPMN}sequenceFlow")}
    associated = {line.get("targetRef") for line in scope.iterfind(f"{BPMN}association")}
    for node in scope:
        kind, name = local_name(node), node.get("id", "")
        activity = kind.lower().endswith(("task", "event", "activity", "process", "transaction"))
        aside = node.get("triggeredByEvent") == "true" or node.find(f"{BPMN}linkEventDefinition") is not None
        if activity and not aside and kind not in _ENDLESS and name not in sources | associated:
            yield name


def _close(scope: etree._Element, source: str) -> None:
    end = etree.SubElement(scope, f"{BPMN}endEvent", id=f"{source}_end")
    etree.SubElement(
        scope, f"{BPMN}sequenceFlow", id=f"to_{end.get('id')}", sourceRef=source, targetRef=f"{source}_end"
    )
