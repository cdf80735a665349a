"""What a person types into the panel of Camunda Modeler: group, field and value for what a node's XML says."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from service.engine.dialect import local_name

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
CAMUNDA = "{http://camunda.org/schema/1.0/bpmn}"
Step = dict[str, Any]
DEFAULTS = (
    *(
        "task",
        "userTask",
        "serviceTask",
        "sendTask",
        "receiveTask",
        "manualTask",
        "businessRuleTask",
        "callActivity",
    ),
    *("exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway"),
)

# An attribute: group and field; several fields where a choice comes first.
_ATTRIBUTES: dict[str, tuple[tuple[str, str, str | bool], ...]] = {
    "name": (("General", "Name", "{}"),),
    "candidateStarterGroups": (("Candidate starter", "Candidate starter groups", "{}"),),
    "candidateGroups": (("User assignment", "Candidate groups", "{}"),),
    "assignee": (("User assignment", "Assignee", "{}"),),
    "dueDate": (("User assignment", "Due date", "{}"),),
    "priority": (("User assignment", "Priority", "{}"),),
    "formRef": (
        ("Forms", "Type", "Camunda Forms"),
        ("Forms", "Form reference", "{}"),
        ("Forms", "Binding", "latest"),
    ),
    "topic": (("Implementation", "Type", "External"), ("Implementation", "Topic", "{}")),
    "decisionRef": (
        ("Implementation", "Type", "DMN"),
        ("Implementation", "Decision reference", "{}"),
        ("Implementation", "Binding", "latest"),
    ),
    "resultVariable": (("Implementation", "Result variable", "{}"),),
    "mapDecisionResult": (("Implementation", "Map decision result", "{}"),),
    "calledElement": (
        ("Called element", "Type", "BPMN"),
        ("Called element", "Called element", "{}"),
        ("Called element", "Binding", "latest"),
    ),
    "asyncBefore": (("Asynchronous continuations", "Before", True),),
    "asyncAfter": (("Asynchronous continuations", "After", True),),
    "calledElementTenantId": (("Called element", "Tenant ID", "{}"),),
}
_CHOICES = {
    "singleEntry": "singleEntry (TypedValue)",
    "singleResult": "singleResult (Map<String, Object>)",
    "collectEntries": "collectEntries (List<Object>)",
    "resultList": "resultList (List<Map<String, Object>>)",
}
_CODED = ("error", "escalation")


def fields_of(node: etree._Element, on: str) -> list[Step]:
    """The steps that give a node its settings."""
    hand = _Hand(on)
    if local_name(node) == "process":
        hand.put("General", "ID", node.get("id", ""))
        hand.on = node.get("id", "")
    attributes = {str(key).removeprefix(CAMUNDA): str(value) for key, value in node.attrib.items()}
    for attribute, places in _ATTRIBUTES.items():
        for group, name, value in places if attribute in attributes else ():
            told = _CHOICES.get(attributes[attribute], attributes[attribute])
            hand.put(group, name, value.format(told) if isinstance(value, str) else value)
    for child in node:
        _child(hand, child)
    if node.get("messageRef"):
        _sent(hand, node)
    return hand.steps


@dataclass
class _Hand:
    """The steps so far for one element."""

    on: str
    steps: list[Step] = field(default_factory=list)

    def put(self, group: str, name: str, value: str | bool) -> None:
        self.steps.append({"do": "field", "on": self.on, "group": group, "field": name, "value": value})

    def item(self, group: str, fields: list[tuple[str, str]]) -> None:
        self.steps.append({"do": "item", "on": self.on, "group": group, "fields": fields})


def _child(hand: _Hand, child: etree._Element) -> None:
    kind = local_name(child)
    if kind == "documentation":
        hand.put("Documentation", "Element documentation", child.text or "")
    elif kind == "conditionExpression":
        hand.put("Condition", "Type", "Expression")
        hand.put("Condition", "Condition Expression", child.text or "")
    elif kind == "extensionElements":
        _items(hand, child)
    elif kind.endswith("EventDefinition"):
        _event(hand, child, kind.removesuffix("EventDefinition"))
    elif kind == "standardLoopCharacteristics":
        _looped(hand, child)
    elif kind == "multiInstanceLoopCharacteristics":
        _repeated(hand, child)


def _sent(hand: _Hand, node: etree._Element) -> None:
    """A receive task has a field for its message; the panel gives a send task none."""
    if local_name(node) == "receiveTask":
        _named(hand, node, "message")
        return
    message = node.getroottree().getroot().find(f"{BPMN}message[@id='{node.get('messageRef')}']")
    assert message is not None
    hand.item("Extension properties", [("Name", "message"), ("Value", message.get("name", ""))])


def _event(hand: _Hand, definition: etree._Element, kind: str) -> None:
    if kind == "timer":
        (when,) = definition
        hand.put("Timer", "Type", local_name(when).removeprefix("time"))
        hand.put("Timer", "Value", when.text or "")
    elif kind == "conditional":
        hand.put("Condition", "Type", "Expression")
        hand.put("Condition", "Condition Expression", definition.findtext(f"{BPMN}condition", ""))
        hand.put("Condition", "Variable name", "")
        hand.put("Condition", "Variable events", "")
    elif kind == "compensate" and local_name(definition.getparent()) in (
        "intermediateThrowEvent",
        "endEvent",
    ):
        hand.put("Compensation", "Wait for completion", True)
        if definition.get("activityRef"):
            hand.put("Compensation", "Activity reference", f"(id={definition.get('activityRef')})")
    elif kind == "link":
        hand.put("Link", "Name", definition.get("name", ""))
    elif kind in ("message", "signal", *_CODED) and definition.get(f"{kind}Ref"):
        _named(hand, definition, kind)


def _named(hand: _Hand, holder: etree._Element, kind: str) -> None:
    """A message, signal, error or escalation of the file: made anew where it is first used."""
    group, reference = kind.capitalize(), holder.get(f"{kind}Ref", "")
    root = holder.getroottree().getroot()
    (one,) = (each for each in root.iterfind(f"{BPMN}{kind}") if each.get("id") == reference)
    users = [
        each for each in root.iter() if isinstance(each.tag, str) and each.get(f"{kind}Ref") == reference
    ]
    name = one.get("name", "")
    if users[0] is holder:
        hand.put(group, f"Global {kind} reference", "Create new ...")
        hand.put(group, "Name", name)
        if kind in _CODED:
            hand.put(group, "Code", one.get(f"{kind}Code", ""))
    else:
        hand.put(group, f"Global {kind} reference", name)
    for word in ("Code", "Message"):
        if variable := holder.get(f"{CAMUNDA}{kind}{word}Variable"):
            hand.put(group, f"{word} variable", variable)


def _looped(hand: _Hand, marker: etree._Element) -> None:
    inner = "".join(etree.tostring(each, encoding="unicode") for each in marker)
    limit = f' loopMaximum="{marker.get("loopMaximum")}"' if marker.get("loopMaximum") else ""
    written = f"<bpmn:standardLoopCharacteristics{limit}>{inner}</bpmn:standardLoopCharacteristics>"
    pattern = r"<bpmn:standardLoopCharacteristics\s*/>"
    hand.steps.append({"do": "text", "search": pattern, "replace": written.replace("$", "$$")})


def _repeated(hand: _Hand, marker: etree._Element) -> None:
    for tag, name in (
        ("loopCardinality", "Loop cardinality"),
        ("completionCondition", "Completion condition"),
    ):
        if (text := marker.findtext(f"{BPMN}{tag}")) is not None:
            hand.put("Multi-instance", name, text)
    for attribute, name in (("collection", "Collection"), ("elementVariable", "Element variable")):
        if value := marker.get(f"{CAMUNDA}{attribute}"):
            hand.put("Multi-instance", name, value)


def _items(hand: _Hand, extension: etree._Element) -> None:
    for one in extension.iter():
        kind, name = str(one.tag).removeprefix(CAMUNDA), one.get("name", "")
        if kind == "inputParameter":
            how = ("Assignment type", "String or expression")
            hand.item("Inputs", [("Local variable name", name), how, ("Value", one.text or "")])
        elif kind == "property":
            hand.item("Extension properties", [("Name", name), ("Value", one.get("value", ""))])
        elif kind in ("in", "out"):
            hand.item(f"{kind.capitalize()} mappings", _mapping(one))


def _mapping(one: etree._Element) -> list[tuple[str, str]]:
    if one.get("source"):
        how = [("Type", "Source"), ("Source", one.get("source", ""))]
    else:
        how = [("Type", "Source expression"), ("Source expression", one.get("sourceExpression", ""))]
    return [*how, ("Target", one.get("target", ""))]
