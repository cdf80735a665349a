"""YAML is read strictly."""

from __future__ import annotations

from datetime import date

import pytest

from service.errors import BadDefinition
from service.policy.strict_yaml import Rows, Table, load


def problem(text: str | bytes) -> BadDefinition:
    with pytest.raises(BadDefinition) as caught:
        load(text, "a.yaml")
    return caught.value


def test_plain_words_numbers_and_days_are_read_as_written() -> None:
    data = load("{n: 12, x: -1.5, d: 2026-09-01, t: true, z: null, s: 新乡, c: 010702}", "a.yaml")
    assert data == {
        "n": 12, "x": -1.5, "d": date(2026, 9, 1), "t": True, "z": None, "s": "新乡", "c": "010702"
    }  # fmt: skip


@pytest.mark.parametrize("word", ["yes", "no", "off", "12:30", "0x1f", "1_000", "1e5", "2026-09-03 09:00"])
def test_the_odd_readings_of_old_yaml_stay_text(word: str) -> None:
    assert load(f"a: {word}", "a.yaml") == {"a": word}


def test_keys_are_text_as_written() -> None:
    assert load("410702: 红旗区\n2026-01-01: 元旦", "a.yaml") == {"410702": "红旗区", "2026-01-01": "元旦"}


def test_a_duplicate_key_is_refused_with_its_line() -> None:
    error = problem("a: 1\nb:\n  c: 1\n  d: 2\n  c: 3\n")
    assert (error.problem.file, error.problem.line) == ("a.yaml", 5)
    assert "“c”重复（第 3 行已有）" in error.message


def test_mappings_and_lists_remember_their_lines() -> None:
    data = load("a: 1\nlist:\n  - x\n  - y\n", "a.yaml")
    assert isinstance(data, Table)
    rows = data["list"]
    assert isinstance(rows, Rows)
    assert (data.lines, rows.lines) == ({"a": 1, "list": 2}, [3, 4])


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("a: &x 1\nb: *x\n", 1, "锚点"),
        ("a: 1\nb: !!python/object:os.system x\n", 2, "类型标记"),
        ("a: !set {b, c}\n", 1, "类型标记"),
        ("a: 1\n b: 2\n", 2, "不是有效的 YAML"),
        ("a: 2026-02-30\n", 1, "不是有效的值"),
        ("a: 1\nb: *x\n", 2, "锚点"),
        ("a: 1\n? !!str b\n: 1\n", 2, "键必须是简单的文字"),
        ("? [a, b]\n: 1\n", 1, "键必须是简单的文字"),
        ("a: 1\n---\nb: 2\n", 2, "多个文档"),
        ("[" * 60 + "]" * 60, 1, "嵌套太深"),
    ],
)
def test_what_is_not_plain_is_refused(text: str, line: int, words: str) -> None:
    error = problem(text)
    assert words in error.message
    assert error.problem.cure
    assert error.problem.line == line


def test_bytes_that_are_not_utf8_are_refused() -> None:
    assert "不是有效的 YAML" in problem("名: 值".encode("gbk")).message


def test_endless_nesting_does_not_overflow_the_stack() -> None:
    assert "嵌套太深" in problem("[" * 100_000).message


def test_an_empty_file_holds_nothing() -> None:
    assert load("# only a remark\n", "a.yaml") is None
