"""Decisions that feed decisions (DRD)."""

from __future__ import annotations

import pytest

from service.engine.decisions import parse_dmn
from service.engine.expressions import DecisionViolation
from tests.engine.tables import file_of, literal, table
from tests.engine.test_decisions import Recorder, decide


def network() -> bytes:
    return file_of(
        table(
            "cap",
            [("stage", "string")],
            [("size", "number")],
            [(['"primary"'], ["45"]), (['"junior"'], ["50"])],
        ),
        literal("left", "cap - taken", "number", requires=["cap"], variable="free_places"),
        table(
            "kind",
            [("grade", "number")],
            [("first", "boolean"), ("last", "boolean")],
            [(["1"], ["true", "false"]), (["6"], ["false", "true"])],
        ),
        table(
            "warnings",
            [("taken", "number")],
            [("text", "")],
            [(["> 10"], ['"a"']), (["> 20"], ['"b"'])],
            policy="COLLECT",
        ),
        table(
            "answer",
            [("left", "number"), ("last", "boolean"), ("free_places", "number"), ("len(warnings)", "number")],
            [("ok", "boolean")],
            [(["> 0", "not(true)", "> 0", "< 2"], ["true"]), (["-", "-", "-", "-"], ["false"])],
            policy="FIRST",
            requires=["left", "kind", "warnings", "cap"],
        ),
    )


def test_required_decisions_are_decided_first_and_seen_by_name() -> None:
    outcome = decide(network(), "answer", "singleEntry", stage="primary", taken=15, grade=1)
    assert outcome.value is True
    assert [(match.decision_id, match.rule_id) for match in outcome.matched] == [
        ("cap", "cap_1"), ("kind", "kind_1"), ("warnings", "warnings_1"), ("answer", "answer_1"),
    ]  # fmt: skip
    assert decide(network(), "answer", "singleEntry", stage="primary", taken=45, grade=1).value is False
    assert decide(network(), "answer", "singleEntry", stage="primary", taken=25, grade=1).value is False
    assert decide(network(), "answer", "singleEntry", stage="primary", taken=15, grade=6).value is False
    assert decide(network(), "answer", "singleEntry", stage="primary", taken=15, grade=3).value is True


def test_names_are_what_the_whole_network_reads() -> None:
    found = parse_dmn(network(), "t.dmn")
    assert found["answer"].names == {"stage", "taken", "grade"}
    assert found["left"].names == {"stage", "taken"}
    assert found["answer"].functions == {"len"}
    assert [each.id for each in found["answer"].required] == ["left", "kind", "warnings", "cap"]


def test_a_required_decision_is_decided_once() -> None:
    source = file_of(
        literal("base", "x + 1"),
        literal("one", "base * 2", requires=["base"]),
        literal("two", "base * 3", requires=["base"]),
        literal("sum", "one + two", requires=["one", "two"]),
    )
    scope = Recorder(x=1)
    assert parse_dmn(source, "t.dmn")["sum"].evaluate(scope, "singleEntry").value == 10
    assert scope.asked == ["x"]


def test_a_required_decision_without_a_match_is_null() -> None:
    source = file_of(
        table("a", [("x", "")], [("p", ""), ("q", "")], [(["1"], ["1", "2"])]),
        literal("t", "a == null and p == null and q == null", requires=["a"]),
    )
    assert decide(source, "t", "singleEntry", x=9).value is True


def test_a_violation_in_a_required_decision_names_that_table() -> None:
    source = file_of(
        table("a", [("x", "number")], [("p", "")], [(["> 1"], ["1"]), (["> 2"], ["2"])]),
        literal("t", "a", requires=["a"]),
    )
    with pytest.raises(DecisionViolation) as caught:
        decide(source, "t", x=3)
    assert caught.value.problem.where == "a"
