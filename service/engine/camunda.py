"""The part of the Camunda 7 namespace that the engine obeys: attributes, parameters, call mappings, loops."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from lxml import etree

from service.engine.model import Loop, Pass

NAMESPACE = "{http://camunda.org/schema/1.0/bpmn}"
_BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"


@dataclass(frozen=True, kw_only=True)
class Extension:
    """What stands in ``extensionElements`` of one node."""

    properties: Mapping[str, str] = field(default_factory=dict)
    inputs: tuple[Pass, ...] = ()
    outputs: tuple[Pass, ...] = ()
    call_in: tuple[Pass, ...] = ()
    call_out: tuple[Pass, ...] = ()


def attributes(element: etree._Element) -> dict[str, str]:
    """The ``camunda:`` attributes, by local name."""
    return {
        str(name).removeprefix(NAMESPACE): str(value)
        for name, value in element.attrib.items()
        if str(name).startswith(NAMESPACE)
    }


def read_extension(element: etree._Element) -> Extension:
    """Properties, parameters and call mappings of a node."""
    holder = element.find(f"{_BPMN}extensionElements")
    if holder is None:
        return Extension()
    return Extension(
        properties={
            item.get("name", ""): item.get("value", "")
            for item in holder.iterfind(f"{NAMESPACE}properties/{NAMESPACE}property")
        },
        inputs=_parameters(holder, "inputParameter"),
        outputs=_parameters(holder, "outputParameter"),
        call_in=tuple(_mapping(item) for item in holder.iterfind(f"{NAMESPACE}in")),
        call_out=tuple(_mapping(item) for item in holder.iterfind(f"{NAMESPACE}out")),
    )


def _parameters(holder: etree._Element, tag: str) -> tuple[Pass, ...]:
    found = holder.iterfind(f"{NAMESPACE}inputOutput/{NAMESPACE}{tag}")
    return tuple(Pass(target=item.get("name", ""), value=(item.text or "").strip()) for item in found)


def _mapping(element: etree._Element) -> Pass:
    if element.get("variables") == "all":
        return Pass(target="", value="", everything=True)
    if key := element.get("businessKey"):
        return Pass(target="", value=key, business_key=True)
    source = element.get("source")
    value = f"${{{source}}}" if source else element.get("sourceExpression", "")
    return Pass(target=element.get("target", ""), value=value)


def read_loop(element: etree._Element) -> Loop | None:
    """The loop marker of an activity, if it has one."""
    many = element.find(f"{_BPMN}multiInstanceLoopCharacteristics")
    if many is not None:
        return Loop(
            kind="sequential" if many.get("isSequential") == "true" else "parallel",
            cardinality=_child(many, "loopCardinality"),
            collection=many.get(f"{NAMESPACE}collection", ""),
            item=many.get(f"{NAMESPACE}elementVariable", ""),
            completion=_child(many, "completionCondition"),
        )
    loop = element.find(f"{_BPMN}standardLoopCharacteristics")
    if loop is not None:
        return Loop(
            kind="standard",
            completion=_child(loop, "loopCondition"),
            maximum=loop.get("loopMaximum", ""),
            test_before=loop.get("testBefore") == "true",
        )
    return None


def _child(element: etree._Element, tag: str) -> str:
    child = element.find(f"{_BPMN}{tag}")
    return (child.text or "").strip() if child is not None else ""
