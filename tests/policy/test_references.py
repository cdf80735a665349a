"""What a file defines and leans on, read from its XML alone."""

from __future__ import annotations

import pytest

from service.errors import BadDefinition
from service.policy.references import parse_xml, references
from tests.policy.diagrams import BARE_START, MESSAGE_START, ask, call, decide, diagram, form_start, table


def test_a_diagram_names_its_processes_calls_decisions_and_forms() -> None:
    start = form_start("transfer_start")
    text = diagram("transfer", start, call("unit_review"), decide("gate"), ask("review"))
    found = references(text.encode(), "transfer.bpmn")
    assert found.defines == {"transfer"}
    assert found.processes == {"unit_review"}
    assert found.decisions == {"gate"}
    assert found.forms == {"transfer_start", "review"}


def test_a_name_worked_out_at_run_time_is_not_followed() -> None:
    found = references(diagram("a", call("${kind}_review"), decide("${table}")).encode(), "a.bpmn")
    assert (found.processes, found.decisions) == (frozenset(), frozenset())


@pytest.mark.parametrize(
    ("start", "startable"),
    [
        (form_start("f"), True),
        (MESSAGE_START, True),
        (BARE_START, False),
        ('<startEvent id="t"><timerEventDefinition/></startEvent>', False),
        (f'<subProcess id="p" triggeredByEvent="true">{MESSAGE_START}</subProcess>', False),
    ],
)
def test_a_case_begins_with_a_form_or_a_message(start: str, startable: bool) -> None:
    assert references(diagram("a", start).encode(), "a.bpmn").startable is startable


def test_a_table_file_may_hold_several_decisions() -> None:
    assert references(table("gate", "cap").encode(), "gates.dmn").defines == {"gate", "cap"}


def test_a_form_is_known_by_its_file_name() -> None:
    assert references(b"not even JSON", "forms/review.form").defines == {"review"}


def test_broken_xml_is_refused_with_its_line() -> None:
    with pytest.raises(BadDefinition, match="不是有效的 XML") as caught:
        parse_xml(b"<a>\n<b>\n</a>", "a.bpmn")
    assert (caught.value.problem.file, caught.value.problem.line) == ("a.bpmn", 3)


@pytest.mark.parametrize(
    "content",
    [
        b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
        b'<!DOCTYPE a SYSTEM "http://127.0.0.1:9/a.dtd"><a/>',
        '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE a><a/>'.encode("utf-16"),
    ],
)
def test_a_doctype_is_refused_and_nothing_fetched(content: bytes) -> None:
    with pytest.raises(BadDefinition, match=r"DOCTYPE|不是有效的 XML"):
        parse_xml(content, "a.bpmn")
