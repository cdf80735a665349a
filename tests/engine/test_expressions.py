"""What an expression means: values, names read only when needed, JUEL's habits, and sentences that say what is wrong."""

from __future__ import annotations

import timeit
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.clock import ZONE, midnight
from service.engine.expressions import (
    EvaluationError,
    Failure,
    Names,
    UnknownName,
    compile_condition,
    compile_expression,
    compile_value,
)
from service.engine.moments import GENERAL
from service.errors import BadDefinition

VALUES: Mapping[str, Any] = {
    "decision": "approve",
    "graduating": True,
    "grade": 5,
    "places": 0,
    "nothing": None,
    "materials": ["household_register", "school_report"],
    "empty_list": [],
    "born": "2014-03-01",
    "day": "2026-09-03",
}


def value(source: str, **values: Any) -> Any:
    text = f"${{{source}}}"
    scope = Names(values={**VALUES, **values}, functions=GENERAL)
    return compile_value(text, file="transfer.bpmn", element="gate").evaluate(scope)


def refusal(text: str) -> BadDefinition:
    with pytest.raises(BadDefinition) as caught:
        compile_value(text, file="transfer.bpmn", element="gate")
    return caught.value


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("decision == 'approve' and graduating", True),
        ('decision == "reject" or grade >= 5', True),
        ("not graduating", False),
        ("not decision == 'reject'", True),
        ("1 <= grade <= 6", True),
        ("1 < grade < 5", False),
        ("grade in [4, 5]", True),
        ("grade not in [4, 5]", False),
        ("'school_report' in materials", True),
        ("'report' in 'school_report'", True),
        ("nothing == None", True),
        ("nothing != null", False),
        ("grade == null", False),
        ("'a' if graduating else 'b'", "a"),
        ("1 + 2 * 3 - 4 / 2", 5),
        ("(1 + 2) * 3", 9),
        ("7 / 2", 3.5),
        ("0.5 + 1", 1.5),
        ("-grade + 1", -4),
        ("- - 1", 1),
        ("'a' + 'b'", "ab"),
        ("['a', 'b']", ["a", "b"]),
        ("[]", []),
        (r"'it\'s'", "it's"),
        ("'}' == '}'", True),
        ("grade == 5.0", True),
        ("true == 1", False),
        ("'5' == 5", False),
        ("len(materials) + max(1, 3)", 5),
    ],
)
def test_python_like_sources(source: str, expected: object) -> None:
    assert value(source) == expected
    assert type(value(source)) is type(expected)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("decision eq 'approve' && graduating", True),
        ("decision ne 'approve' || !graduating", False),
        ("grade gt 4 and grade ge 5 and grade lt 6 and grade le 5", True),
        ("!decision == 'approve'", "error"),
        ("!graduating == false", True),
        ("empty nothing", True),
        ("empty empty_list && empty ''", True),
        ("!empty materials", True),
        ("not empty decision", True),
        ("graduating ? 'yes' : 'no'", "yes"),
        ("places > 0 ? 1 : grade > 5 ? 2 : 3", 3),
    ],
)
def test_juel_habits(source: str, expected: object) -> None:
    if expected == "error":  # ! binds closer than ==, and text is no condition
        with pytest.raises(EvaluationError, match="文字不是“是/否”"):
            value(source)
    else:
        assert value(source) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("day == date('2026-09-03')", True),
        ("date('2026-09-02') < day", True),
        ("day < '2026-10-01'", True),
        ("date('2026-09-03') == 'soon'", False),
        ("date_and_time('2026-09-03T09:00:00') > day", True),
        ("date('2026-09-03') == date_and_time('2026-09-03')", True),
        ("date('2026-09-03') - born > duration('P4000D')", True),
        ("day - '2026-09-01' == duration('P2D')", True),
        ("day + duration('P1M')", date(2026, 10, 3)),
        ("duration('P1M') + date('2026-01-31')", date(2026, 2, 28)),
        ("day - duration('PT1H')", midnight(date(2026, 9, 3)).replace(day=2, hour=23)),
        ("time('09:00') < time('10:30') and time('09:00') == '09:00'", True),
        ("date('2026-09-03') in ['2026-09-03']", True),
    ],
)
def test_iso_text_beside_a_day_counts_as_one(source: str, expected: object) -> None:
    assert value(source) == expected


class Recorder:
    """A scope that remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def name(self, key: str) -> Any:
        self.asked.append(key)
        return VALUES[key]

    def function(self, key: str) -> Callable[..., Any]:
        return GENERAL[key]


@pytest.mark.parametrize(
    ("source", "asked"),
    [
        ("graduating or grade > 3", ["graduating"]),
        ("decision == 'reject' and grade > 3", ["decision"]),
        ("grade if graduating else places", ["graduating", "grade"]),
        ("1 < places < grade", ["places"]),
    ],
)
def test_a_name_is_read_only_when_it_is_needed(source: str, asked: list[str]) -> None:
    scope = Recorder()
    compile_value(f"${{{source}}}", file="f", element="e").evaluate(scope)
    assert scope.asked == asked


def test_names_and_functions_are_known_without_running() -> None:
    expression = compile_value("${a == 1 ? b : len(c)}@${d}", file="f", element="e")
    assert expression.names == {"a", "b", "c", "d"}
    assert expression.functions == {"len"}
    assert not expression.is_constant
    assert compile_value("${1 + 1}", file="f", element="e").is_constant
    assert not compile_value("${now()}", file="f", element="e").is_constant


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("officer", "officer"),
        ("", ""),
        ("50 $ a day {}", "50 $ a day {}"),
        ("${grade}", 5),
        (" ${grade} ", 5),
        ("${decision}@${day}", "approve@2026-09-03"),
        ("grade ${grade}, ${graduating}, ${7 / 2}, ${6 / 2.0}", "grade 5, true, 3.5, 3"),
        ("on ${date('2026-09-03')}", "on 2026-09-03"),
        ("${'a}b'}!", "a}b!"),
    ],
)
def test_plain_and_mixed_text(text: str, expected: object) -> None:
    scope = Names(values=VALUES, functions=GENERAL)
    result = compile_value(text, file="f", element="e").evaluate(scope)
    assert result == expected
    assert type(result) is type(expected)


@pytest.mark.parametrize("text", ["${nothing}@school", "${materials}@school", "a ${duration('P1D')}"])
def test_what_has_no_wording_is_not_put_into_text(text: str) -> None:
    with pytest.raises(EvaluationError, match="不能拼进文字"):
        compile_value(text, file="f", element="e").evaluate(Names(values=VALUES, functions=GENERAL))


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("nothing < 5", "nothing 是空"),
        ("1 < nothing < 3", "nothing 是空"),
        ("'a' < 5", "文字和整数不能比大小"),
        ("true < 2", "不能比大小"),
        ("materials > 3", "materials 是列表"),
        ("'x' in nothing", "nothing 是空"),
        ("5 in 'a5'", "in 的右边"),
        ("grade and graduating", "grade 是整数"),
        ("graduating and decision", "decision 是文字"),
        ("not decision", "decision 是文字"),
        ("1 if grade else 2", "grade 是整数"),
        ("grade + decision", "decision 是文字"),
        ("nothing + 1", "nothing 是空"),
        ("materials + materials", "materials 是列表"),
        ("'a' * 3", "乘除只用于数字"),
        ("grade / places", "除数是零"),
        ("-decision", "负号后面应是数字"),
        ("day > date('2026-02-28') and '2026-02-30' < date('2026-03-01')", "没有这一天"),
        ("date('soon')", "日期"),
        ("len(nothing)", "nothing 是空"),
        ("max(empty_list)", "列表是空的"),
        ("duration('P1M') < duration('P31D')", "单位不同"),
        ("1000000000000000 * 10", "太大"),
    ],
)
def test_what_cannot_be_worked_out_names_file_element_and_variable(source: str, sentence: str) -> None:
    with pytest.raises(EvaluationError) as caught:
        value(source)
    error = caught.value
    assert sentence in str(error)
    assert (error.problem.file, error.problem.where) == ("transfer.bpmn", "gate")
    assert error.problem.cure
    assert error.details["expression"]


def test_an_unknown_name_is_named_with_its_place() -> None:
    with pytest.raises(UnknownName) as caught:
        value("desision == 'approve'")
    assert caught.value.name == "desision"
    assert str(caught.value).startswith("transfer.bpmn:gate：没有名为“desision”的变量或事实")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("${}", "空的"),
        ("${a", "没有对应的 }"),
        ("${'a}", "没有对应的 }"),
        ("#{a}", "请改写为 ${…}"),
        ("${a = 1}", "判断相等写作 =="),
        ("${a.b}", "不能用“.”取属性"),
        ("${a is None}", "== null"),
        ("${a == }", "没有写完"),
        ("${a b}", "放错了地方"),
        ("${(a}", "右括号"),
        ("${a == “b”}", "半角"),
        ("${a，b}", "全角标点"),
        ("${年级 > 3}", "文字请加引号"),
        ("${a % 2}", "取余"),
        ("${a & b}", "and 或 &&"),
        ("${a ? 1}", "条件 ? 甲 : 乙"),
        ("${1 if a}", "甲 if 条件 else 乙"),
        ("${workng_days(10)}", "working_days()"),
        ("${working_days()}", "working_days(10)"),
        ("${working_days(1, 2)}", "不能有 2 个参数"),
        ("${days(n=10)}", "roll"),
        ("${days(10, roll=true, roll=true)}", "只写一次"),
        ("${days(roll=true, 10)}", "roll= 要写在最后"),
        ("${len('a', roll=true)}", "没有参数 roll"),
        (r"${'\x41'}", "转义"),
        ("${3rd}", "不能以数字开头"),
        ("${a; b}", "只能有一句"),
        ("${123456789012345678}", "太大"),
    ],
)
def test_what_is_no_expression_is_refused_with_a_cure(text: str, sentence: str) -> None:
    error = refusal(text)
    assert sentence in str(error)
    assert (error.problem.file, error.problem.where) == ("transfer.bpmn", "gate")
    assert error.problem.cure


def test_a_variable_named_like_a_function_does_not_shadow_it() -> None:
    assert value("len(materials) == 2 and len == 'x'", len="x") is True
    assert value("date('2026-09-03') == day and date == 7", date=7) is True


def test_conditions_are_expressions_and_nothing_else() -> None:
    condition = compile_condition("${nothing}", file="f", element="e")
    assert condition.test(Names(values=VALUES)) is False
    with pytest.raises(BadDefinition, match="条件要写成"):
        compile_condition("approve", file="f", element="e")
    with pytest.raises(EvaluationError, match="不是“是/否”"):
        compile_condition("${decision}", file="f", element="e").test(Names(values=VALUES))
    with pytest.raises(BadDefinition, match="只能写一个表达式"):
        compile_expression("${a} and ${b}", file="f", element="e")


def test_feel_is_understood_in_tables_only() -> None:
    scope = Names(values=VALUES, functions=GENERAL)
    source = 'if grade = 5 then date and time("2026-09-03T09:00:00") else null'
    result = compile_expression(source, file="f", element="e", feel=True).evaluate(scope)
    assert result == midnight(date(2026, 9, 3)).replace(hour=9, tzinfo=ZONE)
    with pytest.raises(BadDefinition):
        compile_expression(source, file="f", element="e")


def test_a_function_that_fails_is_told_as_a_sentence() -> None:
    def broken() -> None:
        raise ValueError("no calendar")

    scope = Names(functions={"today": broken})
    with pytest.raises(EvaluationError, match="函数 today"):
        compile_value("${today()}", file="f", element="e").evaluate(scope)
    with pytest.raises(Failure, match="没有函数"):
        Names().function("today")


def test_a_condition_costs_microseconds() -> None:
    condition = compile_value("${decision == 'approve' and graduating}", file="f", element="e")
    scope = Names(values=VALUES)
    best = min(timeit.repeat(lambda: condition.evaluate(scope), number=2_000, repeat=5)) / 2_000
    assert best < 10e-6  # 0.5 µs on a quiet machine


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=60))
def test_any_text_compiles_or_is_refused(text: str) -> None:
    for candidate in (text, f"${{{text}}}"):
        try:
            compile_value(candidate, file="f", element="e")
        except BadDefinition as error:
            assert error.message


_ATOMS = st.sampled_from(
    ["1", "0", "2.5", "grade", "places", "nothing", "'a'", "day", "true", "materials", "null"]
)
_SIGNS = st.sampled_from(
    ["+", "-", "*", "/", "==", "!=", "<", ">=", "and", "or", "in", "not in", "&&", "eq", "if graduating else"]
)
_SOURCES = st.recursive(
    _ATOMS,
    lambda inner: (
        st.builds(lambda a, sign, b: f"({a} {sign} {b})", inner, _SIGNS, inner)
        | st.builds(lambda a: f"(not {a})", inner)
        | st.builds(lambda a: f"len([{a}, {a}])", inner)
    ),
    max_leaves=12,
)


@settings(max_examples=200, deadline=None)
@given(_SOURCES)
def test_whatever_compiles_gives_a_value_or_a_sentence(source: str) -> None:
    try:
        value(source)
    except EvaluationError as error:
        assert error.problem.file == "transfer.bpmn"


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=30))
def test_every_text_can_be_quoted(text: str) -> None:
    quoted = text.replace("\\", "\\\\").replace("'", "\\'")
    assert value(f"'{quoted}'") == text


@settings(max_examples=100, deadline=None)
@given(st.integers(-(10**6), 10**6), st.integers(-(10**6), 10**6), st.integers(1, 1000))
def test_numbers_are_pythons(a: int, b: int, c: int) -> None:
    assert value(f"({a} + {b}) * {c} - {a}") == (a + b) * c - a
    assert value(f"{a} < {b}") == (a < b)
    assert value(f"{a} / {c}") == a / c
