"""Cells of decision tables, as dmn-js writes them."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.clock import midnight
from service.engine.decision_types import kind_names, kind_of
from service.engine.expression_tokens import BadSyntax
from service.engine.failures import Failure, Names
from service.engine.feel import parse_condition, parse_result, parse_values
from service.engine.moments import GENERAL

SCOPE = Names(values={"cap": 45, "nothing": None, "list": ["a", "b"], "day": "2026-09-03"}, functions=GENERAL)


def fits(cell: str, value: Any, kind: str = "") -> bool:
    condition = parse_condition(cell, kind_of(kind))
    return condition.check is None or condition.check(kind_of(kind).coerced(value), SCOPE)


@pytest.mark.parametrize(
    ("kind", "cell", "yes", "no"),
    [
        ("string", "", ["a", None], []),
        ("string", "-", ["a", None], []),
        ("string", '"a"', ["a"], ["b", "", None]),
        ("string", '"a","b"', ["a", "b"], ["c", None]),
        ("string", 'not("a","b")', ["c", None], ["a", "b"]),
        ("string", '"a", null', ["a", None], ["b"]),
        ("string", "null", [None], ["a", "null"]),
        ("string", "not(null)", ["a"], [None]),
        ("string", '"2026-09-03"', ["2026-09-03"], ["2026-09-04"]),
        ("string", '!= "a"', ["b", None], ["a"]),
        ("string", '"5"', [5, "5"], [6]),
        ("number", "5", [5, 5.0, "5"], [4, None]),
        ("number", "-5", [-5], [5]),
        ("number", "< 5", [4, 4.9], [5, None]),
        ("number", "<= 5", [5], [5.1]),
        ("number", "> 5", [6], [5, None]),
        ("number", ">= -5", [-5, 0], [-6]),
        ("number", "= 5", [5], [6]),
        ("number", "[1..5]", [1, 3, 5], [0, 6, None]),
        ("number", "(1..5)", [2, 4.9], [1, 5]),
        ("number", "]1..5[", [2], [1, 5]),
        ("number", "[1..5)", [1], [5]),
        ("number", "(1..5]", [5], [1]),
        ("number", "[-1.5..0]", [-1.5, 0], [-2]),
        ("number", "< 2, [5..6], 9", [1, 5, 6, 9], [2, 7]),
        ("number", "not(< 2, > 5)", [2, 5], [1, 6]),
        ("number", "> cap", [46], [45, None]),
        ("number", "[cap - 5..cap]", [40, 45], [39]),
        ("number", "(cap + 1) * 2", [92], [46]),
        ("number", "[1, 3]", [1, 3], [2]),
        ("boolean", "true", [True, "true"], [False, None]),
        ("boolean", "false", [False, "false"], [True, None]),
        ("date", 'date("2026-09-03")', ["2026-09-03", date(2026, 9, 3)], ["2026-09-04", None]),
        ("date", '"2026-09-03"', ["2026-09-03"], ["2026-09-04"]),
        ("date", '< date("2026-09-03")', ["2026-09-02"], ["2026-09-03"]),
        ("date", '[date("2026-03-01")..date("2026-05-31")]', ["2026-03-01", "2026-05-31"], ["2026-06-01"]),
        ("date", "> day", ["2026-09-04"], ["2026-09-03"]),
        ("date", '>= date("2026-09-03") + duration("P1D")', ["2026-09-04"], ["2026-09-03"]),
        (
            "dateTime",
            '< date and time("2026-09-03T12:00:00")',
            ["2026-09-03", "2026-09-03T11:59:00"],
            ["2026-09-04"],
        ),
        ("time", '>= time("09:00:00")', ["09:00", "17:30"], ["08:59"]),
        ("dayTimeDuration", '> duration("P10D")', ["P11D"], ["P10D", "PT1H"]),
        ("", "list", ["a"], ["c"]),
        ("", 'contains(list, "a")', [True], [False, "a"]),
        ("", "'a'", ["a"], ["b"]),
    ],
)
def test_condition_cells(kind: str, cell: str, yes: list[Any], no: list[Any]) -> None:
    assert [value for value in yes if not fits(cell, value, kind)] == []
    assert [value for value in no if fits(cell, value, kind)] == []


@pytest.mark.parametrize(
    ("kind", "cell", "sentence"),
    [
        ("number", '"5"', "这一列是数字，不能写文字"),
        ("integer", "5.5", "这一列是整数"),
        ("string", "5", "这一列是文字，不能写整数"),
        ("string", "true", "不能写是/否"),
        ("boolean", '"true"', "这一列是是/否"),
        ("date", '"soon"', "不是日期"),
        ("date", 'date("2026-02-30")', "没有这一天"),
        ("date", '[date("2026-05-31")..date("2026-03-01")]', "下界大于上界"),
        ("number", "[5..1]", "下界大于上界"),
        ("number", "[1..5", "没有写完"),
        ("number", "< null", "不能与空比大小"),
        ("boolean", "> true", "不能与是/否比大小"),
        ("number", "> 1 and x < 5", "放错了地方"),
        ("number", "x > 1", "完整的条件"),
        ("string", "not(", "没有写完"),
        ("string", '"a",', "没有写完"),
        ("string", '"a" "b"', "放错了地方"),
        ("string", '"a', "引号没有成对"),
        ("string", "“a”", "半角"),
    ],
)
def test_condition_cells_that_are_refused(kind: str, cell: str, sentence: str) -> None:
    with pytest.raises(BadSyntax) as caught:
        parse_condition(cell, kind_of(kind))
    assert sentence in caught.value.message + caught.value.cure


def test_a_null_on_the_tables_own_side_is_a_mistake() -> None:
    with pytest.raises(Failure, match="“nothing”是空"):
        fits("> nothing", 5, "number")
    with pytest.raises(Failure, match="“nothing”是空"):
        fits("[1..nothing]", 5, "number")


def test_a_list_is_not_compared_with_one_value() -> None:
    with pytest.raises(Failure, match="输入是列表"):
        fits('"a"', ["a", "b"])


@pytest.mark.parametrize(
    ("kind", "cell", "expected"),
    [
        ("string", '"a"', "a"),
        ("string", "", None),
        ("number", "cap * 2", 90),
        ("number", "-1", -1),
        ("date", '"2026-09-03"', date(2026, 9, 3)),
        ("dateTime", 'date and time("2026-09-03T00:00:00")', midnight(date(2026, 9, 3))),
        ("", 'if cap > 40 then "big" else "small"', "big"),
        ("", "null", None),
        ("", '["a", "b"]', ["a", "b"]),
    ],
)
def test_value_cells(kind: str, cell: str, expected: object) -> None:
    result = parse_result(cell, kind_of(kind))
    assert result.run(SCOPE) == expected
    assert result.constant is (not result.names)
    assert not result.constant or result.value == expected


def test_what_a_cell_uses_is_known() -> None:
    cell = parse_condition("> class_cap - age(born), [low..9]", kind_of("number"))
    assert cell.names == {"class_cap", "born", "low"}
    assert cell.functions == {"age"}
    assert cell.literals == ()
    assert parse_condition('"a","b"', kind_of("string")).literals == ("a", "b")


def test_allowed_values_are_constants() -> None:
    assert parse_values('"high","low"', kind_of("string")) == ("high", "low")
    for bad in ("> 5", "x", 'not("a")', '"a"'):
        with pytest.raises(BadSyntax):
            parse_values(bad, kind_of("number"))


@pytest.mark.parametrize("kind", kind_names())
def test_every_type_keeps_null_and_refuses_a_list(kind: str) -> None:
    assert kind_of(kind).coerced(None) is None
    assert kind_of(f"feel:{kind}") == kind_of(kind)
    if kind != "Any":
        with pytest.raises(ValueError, match="不是"):
            kind_of(kind).coerced(["a"])


@settings(max_examples=150, deadline=None)
@given(
    st.integers(-20, 20),
    st.integers(0, 20),
    st.integers(-45, 45),
    st.sampled_from("[(]"),
    st.sampled_from("])["),
)
def test_a_range_is_two_comparisons(low: int, width: int, value: int, opening: str, closing: str) -> None:
    high = low + width
    expected = (value >= low if opening == "[" else value > low) and (
        value <= high if closing == "]" else value < high
    )
    assert fits(f"{opening}{low}..{high}{closing}", value, "number") is expected


_TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=8)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


@settings(max_examples=100, deadline=None)
@given(st.lists(_TEXTS, min_size=1, max_size=4), _TEXTS)
def test_a_list_of_texts_is_membership(wanted: list[str], value: str) -> None:
    cell = ",".join(_quoted(each) for each in wanted)
    for text in (value, wanted[0]):
        assert fits(cell, text, "string") is (text in wanted)
        assert fits(f"not({cell})", text, "string") is (text not in wanted)
        assert fits(cell, text) is (text in wanted)


@settings(max_examples=150, deadline=None)
@given(
    st.text(alphabet="[]().,<>=-+ \"'anot12x!?", max_size=25),
    st.sampled_from(["", "number", "string", "date"]),
)
def test_any_cell_is_read_or_refused(cell: str, kind: str) -> None:
    for parse in (parse_condition, parse_result, parse_values):
        with suppress(BadSyntax):
            parse(cell, kind_of(kind))
