"""What an expression means: values, JUEL's habits, and names that are read only when needed."""

from __future__ import annotations

import timeit
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import pytest

from service.clock import ZONE, midnight
from service.engine.expressions import (
    EvaluationError,
    Failure,
    Names,
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
