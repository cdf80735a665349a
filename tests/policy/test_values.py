"""What a process variable may hold."""

from __future__ import annotations

from datetime import date

import pytest

from service.policy.values import is_number, is_value, kind_zh, same, to_date


@pytest.mark.parametrize("thing", ["", "文", 0, 1.5, True, None, [], ["a"]])
def test_plain_things_are_values(thing: object) -> None:
    assert is_value(thing)


@pytest.mark.parametrize("thing", [date(2026, 9, 1), {}, [1], float("nan"), float("inf"), b"", ("a",)])
def test_other_things_are_not(thing: object) -> None:
    assert not is_value(thing)


def test_true_is_neither_a_number_nor_one() -> None:
    assert not is_number(True)
    assert not same(True, 1)
    assert same(1, 1.0)


@pytest.mark.parametrize(
    "text", ["2026-02-30", "2026-9-1", "20260901", "２０２６-09-01", "2026-09-01T00:00", 20260901]
)
def test_only_real_iso_days_are_days(text: object) -> None:
    assert to_date(text) is None
    assert to_date("2028-02-29") == date(2028, 2, 29)


def test_kinds_are_told_in_chinese() -> None:
    things: tuple[object, ...] = (None, True, "a", 1, [], {})
    told = [kind_zh(one) for one in things]
    assert told == ["空", "是/否", "文字", "整数", "列表", "键值表"]
