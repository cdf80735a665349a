"""Values that do not fit a table, and tables against a plain reading of their rules."""

from __future__ import annotations

import timeit
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.engine.decisions import Decision, parse_dmn
from service.engine.expressions import EvaluationError, Names, UnknownName
from service.policy.calendar import Limit
from tests.engine.tables import decision, file_of, literal, table
from tests.engine.test_decisions import decide


@pytest.mark.parametrize(
    ("columns", "row", "values", "sentence"),
    [
        (("x", "number"), (["> 1"], ["1"]), {"x": "many"}, "输入列“x”应是数字：文字不是数字"),
        (("x", "date"), (["-", "> 1"], ["1"]), {"x": 5}, ""),
        (("x", ""), (["> 1"], ["1"]), {"x": "a"}, "第 1 条规则，列“x”：文字和整数不能比大小"),
        (("x", "number"), (["> cap"], ["1"]), {"x": 1, "cap": None}, "“cap”是空"),
        (("x", ""), (['"a"'], ["1"]), {"x": ["a"]}, "输入是列表"),
        (
            ("x", ""),
            (["-"], ["cap + 1"]),
            {"cap": None},
            "第 1 条规则，输出“out”：空不能加整数（其中 cap 是空）",
        ),
        (("x", ""), (["-"], ["cap"]), {"cap": "a"}, "应是数字：文字不是数字"),
        (("x + 1", ""), (["> 1"], ["1"]), {"x": "a"}, "x + 1"),
    ],
)
def test_values_that_do_not_fit_are_named(
    columns: tuple[str, str], row: Any, values: dict[str, Any], sentence: str
) -> None:
    conditions = [row[0][0]]
    source = file_of(table("t", [columns], [("out", "number")], [(conditions, row[1])]))
    if not sentence:
        assert decide(source, **values).value == [{"out": 1}]
        return
    with pytest.raises(EvaluationError) as caught:
        decide(source, **values)
    assert sentence in caught.value.message
    assert (caught.value.problem.file, caught.value.problem.where) == ("t.dmn", "t")


def test_an_output_worked_out_must_be_one_of_the_values() -> None:
    source = file_of(table("t", [], [("out", "string")], [([], ["word"])], values='"yes","no"'))
    assert decide(source, mapping="singleEntry", word="no").value == "no"
    with pytest.raises(EvaluationError, match="不在可选值里"):
        decide(source, word="maybe")


@pytest.mark.parametrize("row", [(["> a"], ["1"]), (["-"], ["a"])])
def test_an_unknown_name_in_a_cell_has_its_place(row: Any) -> None:
    with pytest.raises(UnknownName) as caught:
        decide(file_of(table("t", [("x", "")], [("out", "")], [row])), x=1)
    assert (caught.value.name, caught.value.problem.file, caught.value.problem.where) == ("a", "t.dmn", "t")


def test_a_limit_is_no_result() -> None:
    found = parse_dmn(file_of(literal("t", "days(10)")), "t.dmn")["t"]
    with pytest.raises(EvaluationError, match="结果是期限"):
        found.evaluate(Names(functions={"days": lambda n: Limit("day", n)}))


_CELLS: dict[str, Callable[[int], bool]] = {
    "-": lambda value: True,
    "< 3": lambda value: value < 3,
    "[2..4]": lambda value: 2 <= value <= 4,
    "1,5": lambda value: value in (1, 5),
    "not(2, > 4)": lambda value: not (value == 2 or value > 4),
}
_ROWS = st.lists(
    st.tuples(st.sampled_from(list(_CELLS)), st.sampled_from(list(_CELLS))), min_size=1, max_size=8
)


@settings(max_examples=100, deadline=None)
@given(_ROWS, st.integers(0, 6), st.integers(0, 6))
def test_a_table_matches_as_its_rows_read_one_by_one(rows: list[tuple[str, str]], a: int, b: int) -> None:
    texts = [([first, second], [str(number)]) for number, (first, second) in enumerate(rows, start=1)]
    source = file_of(
        table("t", [("a", "number"), ("b", "number")], [("n", "number")], texts, policy="RULE ORDER")
    )
    expected = [
        n for n, (first, second) in enumerate(rows, start=1) if _CELLS[first](a) and _CELLS[second](b)
    ]
    assert decide(source, mapping="collectEntries", a=a, b=b).value == expected


def _big() -> Decision:
    names = ["stage", "grade", "graduating", "sanction", "places", "reason"]
    rows = [
        (['"primary","junior"', f"[{n % 5}..9]", "true", '"none"', f"> {n}", f'"r{n}"'], [f'"rule{n}"'])
        for n in range(30)
    ]
    source = file_of(table("t", [(name, "") for name in names], [("out", "")], rows, policy="COLLECT"))
    return parse_dmn(source, "t.dmn")["t"]


def test_thirty_rules_of_six_inputs_cost_microseconds() -> None:
    found = _big()
    scope = Names(
        values={
            "stage": "primary",
            "grade": 5,
            "graduating": True,
            "sanction": "none",
            "places": 20,
            "reason": "r7",
        }
    )
    assert [row["out"] for row in found.evaluate(scope).value] == ["rule7"]
    best = min(timeit.repeat(lambda: found.evaluate(scope), number=200, repeat=5)) / 200
    assert best < 300e-6  # about 45 µs on a quiet machine


def test_a_decision_may_be_a_bare_table() -> None:
    source = file_of(decision("t", '<decisionTable><output name="a"/></decisionTable>'))
    assert decide(source).value == []
