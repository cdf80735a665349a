"""What a diagram, table or form file is called and which other files it leans on.

Read from the XML alone: no DOCTYPE, no entities, no network. It must not know regions or folders, nor
whether a definition makes sense; a compiler elsewhere says that.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import PurePath
from typing import Any

from lxml import etree

from service.errors import BadDefinition

_BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
_CAMUNDA = "{http://camunda.org/schema/1.0/bpmn}"
_FORM_KEY = "camunda-forms:deployment:"


@dataclass(frozen=True, kw_only=True)
class References:
    """The ids a file defines, the references it makes, and whether a case can begin with it."""

    defines: frozenset[str] = frozenset()
    processes: frozenset[str] = frozenset()
    decisions: frozenset[str] = frozenset()
    forms: frozenset[str] = frozenset()
    startable: bool = False


def parse_xml(content: bytes, file: str) -> etree._Element:
    """The root of an XML file from outside, read without following anything it points at."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        message, line = f"不是有效的 XML（{error.msg}）", error.lineno or 0
        raise BadDefinition(message, file=file, line=line, cure="在建模器中重新保存这个文件") from error
    information: Any = root.getroottree().docinfo
    if information.doctype:
        raise BadDefinition("文件带有 DOCTYPE 声明", file=file, line=1, cure="删去 <!DOCTYPE …> 一行")
    return root


@lru_cache(maxsize=2048)
def references(content: bytes, file: str) -> References:
    """What one file defines and leans on; raises BadDefinition when it cannot be read."""
    path = PurePath(file)
    if path.suffix == ".bpmn":
        return _of_diagram(parse_xml(content, file))
    if path.suffix == ".dmn":
        ids = (e.get("id") for e in parse_xml(content, file).iter("{*}decision"))
        return References(defines=frozenset(one for one in ids if one))
    return References(defines=frozenset({path.stem}))


def _of_diagram(root: etree._Element) -> References:
    processes = tuple(root.iter(f"{_BPMN}process"))
    starts = (event for process in processes for event in process.findall(f"{_BPMN}startEvent"))
    return References(
        defines=frozenset(one for process in processes if (one := process.get("id"))),
        processes=frozenset(_literals(root, f"{_BPMN}callActivity", "calledElement")),
        decisions=frozenset(_literals(root, f"{_BPMN}businessRuleTask", f"{_CAMUNDA}decisionRef")),
        forms=frozenset(_forms(root)),
        startable=any(_startable(event) for event in starts),
    )


def _literals(root: etree._Element, tag: str, attribute: str) -> Iterator[str]:
    """Values written out; one computed at run time (``${…}``) cannot be followed here."""
    for element in root.iter(tag):
        value = element.get(attribute)
        if value and "${" not in value:
            yield value


def _forms(root: etree._Element) -> Iterator[str]:
    for tag in (f"{_BPMN}userTask", f"{_BPMN}startEvent"):
        yield from _literals(root, tag, f"{_CAMUNDA}formRef")
        for key in _literals(root, tag, f"{_CAMUNDA}formKey"):
            yield key.removeprefix(_FORM_KEY).removesuffix(".form")


def _startable(event: etree._Element) -> bool:
    """A none start with a form of its own, or a message start, right under the process."""
    definitions = [child.tag for child in event if str(child.tag).endswith("EventDefinition")]
    if definitions:
        return definitions == [f"{_BPMN}messageEventDefinition"]
    return bool(event.get(f"{_CAMUNDA}formRef") or event.get(f"{_CAMUNDA}formKey"))
