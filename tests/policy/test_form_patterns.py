"""Patterns of uploaded forms cannot be made to run for years."""

from __future__ import annotations

import time

import pytest

from service.policy.form_patterns import LONGEST_TEXT, PatternError, compile_pattern


@pytest.mark.parametrize(
    ("pattern", "good", "bad"),
    [
        (r"^\d{17}[\dXx]$", "41070220150101001X", "41070220150101001Y"),
        (r"^1[3-9]\d{9}$", "13800138000", "23800138000"),
        (r"^[GLJ]\d{18}$", "G410702201501010010", "X410702201501010010"),
        (r"^(\d{2}-){2}\d{2}$", "01-02-03", "01-02"),
        (r"^(?:甲|乙)班$", "甲班", "丙班"),
        (r"^[]a]+\)?$", "]a)", "b"),
    ],
)
def test_everyday_patterns_are_accepted(pattern: str, good: str, bad: str) -> None:
    compiled = compile_pattern(pattern)
    assert compiled.search(good)
    assert not compiled.search(bad)


def test_digits_are_ascii_digits_as_in_a_browser() -> None:
    assert not compile_pattern(r"^\d$").search("３")


@pytest.mark.parametrize(
    "pattern",
    [
        r"(a+)+$", r"(a|a)*b", r"(?:a?){30}a", r"(a*)*", r".*.*.*.*x", "a?" * 18, r"((a{1,9}){2,9}){2,9}",
        r"(?=a)a", r"(a)\1", r"(?P<x>a)", r"[a", r"*", "a" * 201,
    ],
)  # fmt: skip
def test_patterns_that_could_run_for_years_or_are_broken_are_refused(pattern: str) -> None:
    with pytest.raises(PatternError):
        compile_pattern(pattern)


@pytest.mark.parametrize("pattern", [r"^.*.*.*x$", r".*.*(a|b)?c?x", "a?" * 17 + "b"])
def test_the_worst_accepted_pattern_is_quick(pattern: str) -> None:
    compiled = compile_pattern(pattern)
    begun = time.perf_counter()
    compiled.search("a" * LONGEST_TEXT)
    assert time.perf_counter() - begun < 2
