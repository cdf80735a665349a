"""Decision tables: hit policies, result shapes, and what is read when."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from service.engine.decisions import Match, parse_dmn
from service.engine.expressions import DecisionViolation, EvaluationError, Names
from service.engine.moments import GENERAL
from tests.engine.tables import file_of, literal, table


def decide(source: bytes, key: str = "t", mapping: str = "resultList", **values: Any) -> Any:
    return parse_dmn(source, "t.dmn")[key].evaluate(Names(values=values, functions=GENERAL), mapping)


def graded(policy: str, values: str = "") -> bytes:
    """Rules that overlap: 1 below 5, 2 below 10, 3 always."""
    return file_of(
        table(
            "t",
            [("x", "number")],
            [("out", "string")],
            [(["< 5"], ['"low"']), (["< 10"], ['"middle"']), (["-"], ['"any"'])],
            policy=policy,
            values=values,
            notes=["MOE2016-3.6-a，assumed", "XX2018-23-d; MOE2016-3.7-b", ""],
        )
    )


@pytest.mark.parametrize(
    ("policy", "x", "rows", "matched"),
    [
        ("FIRST", 1, ["low"], [1]),
        ("FIRST", 7, ["middle"], [2]),
        ("COLLECT", 1, ["low", "middle", "any"], [1, 2, 3]),
        ("RULE ORDER", 7, ["middle", "any"], [2, 3]),
        ("PRIORITY", 1, ["any"], [3]),
        ("OUTPUT ORDER", 1, ["any", "low", "middle"], [3, 1, 2]),
        ("UNIQUE", 50, ["any"], [3]),
        ("", 50, ["any"], [3]),
        ("ANY", 50, ["any"], [3]),
        ("COLLECT/COUNT", 1, [3], [1, 2, 3]),
        ("COLLECT/MIN", 1, ["any"], [1, 2, 3]),
    ],
)
def test_hit_policies(policy: str, x: int, rows: list[Any], matched: list[int]) -> None:
    values = '"any","low","middle"' if policy in ("PRIORITY", "OUTPUT ORDER") else ""
    outcome = decide(graded(policy, values), mapping="collectEntries", x=x)
    assert outcome.value == rows
    assert outcome.matched == tuple(Match("t", f"t_{number}") for number in matched)


@pytest.mark.parametrize(
    ("policy", "expected"),
    [("COLLECT/SUM", 12.5), ("COLLECT/MIN", 2), ("COLLECT/MAX", 10.5), ("COLLECT/COUNT", 2)],
)
def test_aggregation_leaves_empty_outputs_out(policy: str, expected: float) -> None:
    rows = [(["-"], ["2"]), (["-"], [""]), (["> 0"], ["x * 10.5"])]
    source = file_of(table("t", [("x", "number")], [("out", "number")], rows, policy=policy))
    assert decide(source, mapping="singleEntry", x=1).value == expected


@pytest.mark.parametrize(
    ("policy", "expected"), [("COLLECT/SUM", None), ("COLLECT/MAX", None), ("COLLECT/COUNT", 0)]
)
def test_aggregation_of_nothing(policy: str, expected: object) -> None:
    source = file_of(table("t", [("x", "number")], [("out", "number")], [(["> 5"], ["1"])], policy=policy))
    assert decide(source, mapping="singleEntry", x=1).value == expected


def test_unique_broken_names_the_rules_and_their_clauses() -> None:
    with pytest.raises(DecisionViolation) as caught:
        decide(graded("UNIQUE"), x=7)
    error = caught.value
    assert "第 2 条（t_2）、第 3 条（t_3）" in error.message
    assert "唯一" in error.message
    assert (error.problem.file, error.problem.where) == ("t.dmn", "t")
    assert error.problem.clauses == ("XX2018-23-d", "MOE2016-3.7-b")
    assert error.details == {"decision": "t", "rules": ["t_2", "t_3"]}
    assert error.problem.cure


def test_any_wants_equal_outputs() -> None:
    rows = [(["> 0"], ["1", '"a"']), (["> 5"], ["1.0", '"a"']), (["> 9"], ["2", '"a"'])]
    source = file_of(table("t", [("x", "number")], [("n", "number"), ("s", "string")], rows, policy="ANY"))
    outcome = decide(source, mapping="singleResult", x=6)
    assert outcome.value == {"n": 1, "s": "a"}
    assert [match.rule_id for match in outcome.matched] == ["t_1", "t_2"]
    with pytest.raises(DecisionViolation, match="第 1 条（t_1）、第 2 条（t_2）、第 3 条（t_3）"):
        decide(source, x=10)


@pytest.mark.parametrize(
    ("mapping", "some", "none"),
    [
        ("singleEntry", "any", None),
        ("singleResult", {"out": "any"}, None),
        ("collectEntries", ["any"], []),
        ("resultList", [{"out": "any"}], []),
    ],
)
def test_shapes_of_a_result(mapping: str, some: object, none: object) -> None:
    assert decide(graded("FIRST"), mapping=mapping, x=50).value == some
    empty = file_of(table("t", [("x", "number")], [("out", "")], [(["< 5"], ["1"])]))
    assert decide(empty, mapping=mapping, x=50).value == none


@pytest.mark.parametrize(
    ("mapping", "sentence"),
    [("singleEntry", "只容一条"), ("singleResult", "只容一条"), ("x", "不认识结果映射")],
)
def test_a_result_that_does_not_fit_its_shape(mapping: str, sentence: str) -> None:
    with pytest.raises(EvaluationError, match=sentence):
        decide(graded("COLLECT"), mapping=mapping, x=1)


def test_several_outputs_are_no_single_entry() -> None:
    source = file_of(table("t", [], [("a", ""), ("b", "")], [([], ["1", "2"])]))
    for mapping in ("singleEntry", "collectEntries"):
        with pytest.raises(EvaluationError, match="只容一个"):
            decide(source, mapping=mapping)


def test_eligibility_lists_what_is_broken() -> None:
    rows = [
        (['"primary","junior"', "false"], ['"not_graduating"', '"must"']),
        (["-", "true"], ['"graduating_grade"', '"in_principle"']),
        (["-", "true"], ['"other"', '"must"']),
    ]
    columns = [("stage", "string"), ("graduating", "boolean")]
    source = file_of(table("t", columns, [("broken", "string"), ("force", "string")], rows, policy="COLLECT"))
    assert decide(source, stage="senior", graduating=True).value == [
        {"broken": "graduating_grade", "force": "in_principle"},
        {"broken": "other", "force": "must"},
    ]
    assert decide(source, stage="senior", graduating=False).value == []


def test_rules_tell_number_clauses_and_cells() -> None:
    found = parse_dmn(graded("FIRST"), "t.dmn")["t"]
    assert [(rule.id, rule.number, rule.clauses) for rule in found.rules] == [
        ("t_1", 1, ("MOE2016-3.6-a",)),
        ("t_2", 2, ("XX2018-23-d", "MOE2016-3.7-b")),
        ("t_3", 3, ()),
    ]
    assert (found.rules[0].inputs, found.rules[0].outputs) == (("< 5",), ('"low"',))
    assert found.hit_policy == "FIRST"
    assert found.names == {"x"}
    assert [output.name for output in found.outputs] == ["out"]


class Recorder:
    def __init__(self, **values: Any) -> None:
        self.values = values
        self.asked: list[str] = []

    def name(self, key: str) -> Any:
        self.asked.append(key)
        return self.values[key]

    def function(self, key: str) -> Callable[..., Any]:
        return GENERAL[key]


@pytest.mark.parametrize(
    ("a", "asked"),
    [(1, ["a", "b"]), (2, ["a"]), (3, ["a", "c"]), (9, ["a"])],
)
def test_an_input_is_read_once_and_only_while_some_rule_needs_it(a: int, asked: list[str]) -> None:
    rows = [
        (["1", "> 0", "-"], ['"x"']),
        (["1", "> 5", "-"], ['"x"']),
        (["2", "-", "-"], ['"y"']),
        (["3", "-", "> 1"], ['"z"']),
    ]
    columns = [("a", "number"), ("b", "number"), ("c", "number")]
    found = parse_dmn(file_of(table("t", columns, [("out", "")], rows, policy="FIRST")), "t.dmn")["t"]
    scope = Recorder(a=a, b=7, c=2)
    found.evaluate(scope)
    assert scope.asked == asked


def test_outputs_of_rules_that_do_not_count_are_not_worked_out() -> None:
    rows = [(["-"], ['"x"']), (["-"], ["unknown"])]
    source = file_of(table("t", [("a", "")], [("out", "")], rows, policy="FIRST"))
    assert decide(source, mapping="singleEntry", a=1).value == "x"


@pytest.mark.parametrize(
    ("kind", "cell", "result"),
    [
        ("date", 'date("2026-09-03")', "2026-09-03"),
        ("date", "day", "2026-09-04"),
        ("dateTime", 'date and time("2026-09-03T09:00:00")', "2026-09-03T09:00:00+08:00"),
        ("", 'duration("P1Y")', "P1Y"),
        ("", '["a", "b"]', ["a", "b"]),
        ("number", "n", 5),
        ("", "", None),
    ],
)
def test_results_are_process_values(kind: str, cell: str, result: object) -> None:
    source = file_of(table("t", [], [("out", kind)], [([], [cell])]))
    assert decide(source, mapping="singleEntry", day="2026-09-04", n="5").value == result


def test_literal_expressions() -> None:
    source = file_of(literal("t", "if grade = 9 then 'last' else 'other'", "string"))
    assert decide(source, mapping="singleEntry", grade=9).value == "last"
    assert decide(source, mapping="collectEntries", grade=1).value == ["other"]
    assert decide(source, mapping="singleResult", grade=1).value == {"t": "other"}
    typed = file_of(literal("t", "grade", "number"))
    with pytest.raises(EvaluationError, match="决策的结果应是数字"):
        decide(typed, grade="a")
