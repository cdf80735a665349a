"""A mapping read key by key says what is wrong, where, and what to do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from service.errors import BadDefinition
from service.policy.reader import Reader
from service.policy.strict_yaml import load

TEXT = """\
name: 新乡
count: 3
open: true
day: 2026-09-01
days: [2026-09-01, 2026-09-02]
codes: ["410702", "410783"]
inner: { a: 甲, b: 乙 }
rows:
  - { x: 1 }
"""


def reader(text: str = TEXT) -> Reader:
    return Reader(load(text, "a.yaml"), "a.yaml")


def test_every_value_comes_with_its_type() -> None:
    one = reader()
    assert (one.text("name"), one.integer("count"), one.flag("open")) == ("新乡", 3, True)
    assert (one.day("day"), one.days("days")[1]) == (date(2026, 9, 1), date(2026, 9, 2))
    assert one.texts("codes") == ("410702", "410783")
    assert one.names("inner") == {"a": "甲", "b": "乙"}
    assert [row.integer("x") for row in one.tables("rows")] == [1]
    one.done()


def test_what_is_missing_may_have_a_default() -> None:
    one = reader()
    assert (one.text("t", "无"), one.integer("i", 7), one.flag("f", False)) == ("无", 7, False)
    assert (one.texts("ts", ()), one.names("ns"), one.day_or_none("d")) == ((), {}, None)


@pytest.mark.parametrize(
    ("ask", "words", "line"),
    [
        (lambda one: one.text("none"), "缺少“none”", 1),
        (lambda one: one.text("count"), "“count”应当是文字（数字形式的代码要加引号），现在是整数", 2),
        (lambda one: one.integer("open"), "“open”应当是整数，现在是是/否", 3),
        (lambda one: one.day("name"), "应当是日期", 1),
        (lambda one: one.texts("days"), "列表里应当都是文字", 5),
        (lambda one: one.days("codes"), "列表里应当都是日期", 6),
        (lambda one: one.table("name"), "应当是键值表", 1),
        (lambda one: one.choice("name", {"临夏"}), "不在允许之列", 1),
    ],
)
def test_a_wrong_value_is_refused_with_file_line_and_cure(
    ask: Callable[[Reader], object], words: str, line: int
) -> None:
    with pytest.raises(BadDefinition) as caught:
        ask(reader())
    error = caught.value
    assert words in error.message
    assert (error.problem.file, error.problem.line) == ("a.yaml", line)
    assert error.problem.cure


def test_a_key_nobody_asked_for_is_refused_with_the_likely_one() -> None:
    one = reader("name: 新乡\nconut: 3\n")
    one.text("name")
    one.integer("count", 1)
    with pytest.raises(BadDefinition, match="不认识的键“conut”。是不是“count”？") as caught:
        one.done()
    assert caught.value.problem.line == 2


def test_a_file_that_is_no_mapping_is_refused() -> None:
    with pytest.raises(BadDefinition, match="应当是键值表，现在是列表"):
        reader("- a\n- b\n")
