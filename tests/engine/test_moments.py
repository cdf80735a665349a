"""The functions of the expression language on a calendar of weekdays, and on the real one."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.clock import ZONE
from service.engine.expressions import EvaluationError, Names, compile_value
from service.engine.moments import SIGNATURES, Deadline, RollingLimit, due, functions
from service.policy.calendar import Calendar, Limit
from service.policy.regions import Regions
from tests.engine.tables import Weekdays

PROCESSES = Path(__file__).parents[2] / "processes"


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=ZONE)  # type: ignore[misc,arg-type]


NOW = at(2026, 9, 3, 9)  # a Thursday
FUNCTIONS = functions(NOW, Weekdays())
VALUES = {"born": "2014-02-28", "leap": "2016-02-29", "nothing": None, "started": "2026-09-03T09:00:00+08:00"}


def value(source: str, table: Any = FUNCTIONS) -> Any:
    text = f"${{{source}}}"
    return compile_value(text, file="f.bpmn", element="e").evaluate(Names(values=VALUES, functions=table))


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("working_days(10)", Limit("working_day", 10)),
        ("months(1)", Limit("month", 1)),
        ("days(90, roll=True)", RollingLimit("day", 90)),
        ("days(90, roll=false)", Limit("day", 90)),
        ("now()", NOW),
        ("today()", date(2026, 9, 3)),
        ("today() + days(90)", at(2026, 12, 3)),
        ("now() + days(90)", at(2026, 12, 3)),
        ("started + days(90)", at(2026, 12, 3)),
        ("days(90) + today()", at(2026, 12, 3)),
        ("deadline(today(), days(90))", at(2026, 12, 3)),
        ("today() + working_days(2)", at(2026, 9, 8)),
        ("today() + days(2)", at(2026, 9, 6)),
        ("today() + days(2, roll=True)", at(2026, 9, 8)),
        ("deadline(today(), days(2), roll=True)", at(2026, 9, 8)),
        ("term_start() + months(1)", at(2026, 10, 2)),
        ("date('2026-01-31') + months(1)", at(2026, 3, 1)),
        ("'2026-01-31' + years(1)", at(2027, 2, 1)),
        ("today() + weeks(1)", at(2026, 9, 11)),
        ("today() + weeks(1) + days(3)", at(2026, 9, 14)),
        ("today() - working_days(2)", at(2026, 9, 1)),
        ("before(today(), weeks(1))", at(2026, 8, 27)),
        ("today() + days(1) - days(1)", at(2026, 9, 3)),
        ("today() + duration('P1D')", date(2026, 9, 4)),
        ("now() + duration('PT1H')", at(2026, 9, 3, 10)),
        ("term_start()", date(2026, 9, 1)),
        ("term_end()", date(2027, 1, 20)),
        ("term_start('2026-04-01')", date(2026, 3, 1)),
        ("term_number()", 1),
        ("school_year()", 2026),
        ("in_school_holiday()", False),
        ("in_school_holiday('2026-08-01')", True),
        ("working_day() and not working_day('2026-09-05')", True),
        ("window('transfer')", False),
        ("window('transfer', date('2026-05-31'))", True),
        ("age(born)", 12),
        ("age(born, '2026-02-27')", 11),
        ("age(born, date('2026-02-28'))", 12),
        ("age(leap, '2026-02-28')", 9),
        ("age(leap, '2026-03-01')", 10),
        ("year() * 10000 + month() * 100 + day()", 20260903),
        ("month(born)", 2),
        ("days_between('2026-09-01', today())", 2),
        ("days_between(now(), '2026-09-01')", -2),
        ("date(2026, 9, 1)", date(2026, 9, 1)),
        ("date(now())", date(2026, 9, 3)),
        ("date_and_time('2026-09-01T09:00:00')", at(2026, 9, 1, 9)),
        ("time(now()) == time('09:00')", True),
        ("min(3, 1, 2)", 1),
        ("max(['b', 'a'])", "b"),
        ("max(today(), '2027-01-01')", "2027-01-01"),
        ("min(days(14), weeks(1)) == weeks(1)", True),
        ("days(7) == weeks(1) or days(6) < weeks(1)", True),
        ("round(2.5)", 3),
        ("round(-2.5)", -3),
        ("round(2.345, 2)", 2.35),
        ("abs(-3)", 3),
        ("len('学籍')", 2),
        ("contains('学籍号', '学籍')", True),
        ("starts_with('transfer_in', 'transfer')", True),
        ("now() < today() + days(1) and now() >= term_start()", True),
    ],
)
def test_functions(source: str, expected: object) -> None:
    assert value(source) == expected


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("age(nothing)", "出生日期不是日期，而是空"),
        ("age('soon')", "出生日期不是日期，而是文字"),
        ("term_start(5)", "不是日期"),
        ("date(2026, 2, 30)", "没有这一天"),
        ("date(2026, 2)", "date() 的参数不对"),
        ("duration('10 days')", "不是 ISO 8601 时长"),
        ("time('nine')", "不是钟点"),
        ("date_and_time(5)", "不是文字"),
        ("working_days(1.5)", "期限的数目不对"),
        ("deadline(today(), 10)", "不是期限"),
        ("before(today(), days(1, roll=true))", "不能用 roll"),
        ("window('unknown')", "函数 window()"),
        ("window(5)", "窗口的名字"),
        ("round('a')", "不是数字"),
        ("round(1, 99)", "小数位数不对"),
        ("starts_with(5, 'a')", "只用于文字"),
        ("days(1) + days(2)", "依次相加"),
        ("today() + 3", "期限"),
        ("today() + today()", "期限"),
        ("days(90) > 30", "期限只能与期限比"),
        ("working_days(1) < days(1)", "单位不同"),
        ("days(1) * 2", "乘除只用于数字"),
        ("days(1) - today()", "期限"),
    ],
)
def test_functions_that_cannot_answer(source: str, sentence: str) -> None:
    with pytest.raises(EvaluationError) as caught:
        value(source)
    assert sentence in str(caught.value)
    assert caught.value.problem.where == "e"


def test_every_signature_has_a_function_and_every_function_a_signature() -> None:
    assert set(SIGNATURES) == set(FUNCTIONS)
    assert all(name in signature.usage for name, signature in SIGNATURES.items())


def test_a_deadline_is_an_instant_that_remembers_its_last_day() -> None:
    end = due(Weekdays(), NOW, Limit("day", 90))
    assert isinstance(end, Deadline)
    assert end == at(2026, 12, 3)
    assert end.timestamp() == at(2026, 12, 3).timestamp()
    assert due(Weekdays(), end, Limit("day", 1)) == at(2026, 12, 4)
    assert due(Weekdays(), at(2026, 12, 3), Limit("day", 1)) == at(2026, 12, 5)
    assert due(Weekdays(), NOW, RollingLimit("day", 2)) == at(2026, 9, 8)


@settings(max_examples=100, deadline=None)
@given(st.dates(date(2020, 1, 1), date(2035, 1, 1)), st.integers(0, 40), st.integers(0, 40))
def test_limits_in_days_may_be_chained(start: date, first: int, second: int) -> None:
    chained = value(f"'{start}' + days({first}) + days({second})")
    assert chained == value(f"'{start}' + days({first + second})")
    assert value(f"('{start}' + days({first})) - days({first})") == value(f"date_and_time('{start}')")


def test_the_real_calendar_knows_make_up_days_and_terms() -> None:
    calendar = Calendar.load(PROCESSES, Regions.load(PROCESSES).chain("000000"))
    table = functions(NOW, calendar)
    assert value("today() + days(90)", table) == at(2026, 12, 3)
    assert value("today() + working_days(10)", table) == at(2026, 9, 18)
    assert value("date('2026-09-18') + working_days(1)", table) == at(2026, 9, 21)  # a worked Sunday
    assert value("school_year()", table) == 2026
    with pytest.raises(EvaluationError, match="函数 window"):
        value("window('no_such_window')", table)
