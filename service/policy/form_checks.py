"""One check for each kind of field: a submitted thing in, a clean value out, or a sentence saying why not.

Whether a field must be filled in or is hidden is decided elsewhere. It must not know JSON schemas.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from decimal import Decimal

from service.policy import identity
from service.policy.form_patterns import LONGEST_TEXT
from service.policy.values import Value, is_number, kind_zh, to_date

Check = Callable[[object], Value]

LONGEST_LINE = 1_000
LONGEST_AREA = 10_000
MOST_ITEMS = 100
_EXACT = 2**53 - 1  # what a browser's number holds without loss

# Control characters and lone surrogates cannot be stored or shown.
_UNUSABLE = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
_UNUSABLE_IN_AREA = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


class AnswerError(ValueError):
    """What is wrong with a value, to be put after the field's label."""


def _text(thing: object, multiline: bool) -> str:
    if not isinstance(thing, str):
        raise AnswerError(f"应当是文字，现在是{kind_zh(thing)}")
    text = thing.replace("\r\n", "\n").strip()
    if (_UNUSABLE_IN_AREA if multiline else _UNUSABLE).search(text):
        raise AnswerError("含有不能使用的控制字符" if multiline else "只能是一行文字，且不含控制字符")
    return text


def text_check(
    *, multiline: bool, shortest: int, longest: int | None, pattern: re.Pattern[str] | None, example: str
) -> Check:
    """Text, trimmed; empty becomes None."""
    cap = LONGEST_AREA if multiline else LONGEST_LINE
    most = min(cap if longest is None else longest, LONGEST_TEXT if pattern else cap)

    def check(thing: object) -> Value:
        text = _text(thing, multiline)
        if not text:
            return None
        if len(text) < shortest:
            raise AnswerError(f"至少要 {shortest} 个字，现在是 {len(text)} 个")
        if len(text) > most:
            raise AnswerError(f"最多 {most} 个字，现在是 {len(text)} 个")
        if pattern is not None and not pattern.search(text):
            raise AnswerError(f"格式不对{example}")
        if identity.holds_number(text):
            raise AnswerError("不能含有身份证号；学生的号码在学籍中，不必再写")
        return text

    return check


def identity_check(thing: object) -> Value:
    """An identity number; a space more or a small x is no mistake."""
    number = identity.normal(_text(thing, multiline=False))
    if number and not identity.is_valid(number):
        raise AnswerError("不是有效的身份证号，请核对位数、出生日期和校验码（GB 11643）")
    return number or None


def number_check(*, least: float | None, most: float | None, digits: int | None) -> Check:
    """A number within bounds, with at most so many digits behind the point."""

    def check(thing: object) -> Value:
        if not is_number(thing):
            raise AnswerError(f"应当是数字，现在是{kind_zh(thing)}")
        if not -_EXACT <= thing <= _EXACT:
            raise AnswerError("数字太大或不是有限的数")
        if least is not None and thing < least:
            raise AnswerError(f"不能小于 {least:g}")
        if most is not None and thing > most:
            raise AnswerError(f"不能大于 {most:g}")
        if digits is not None and isinstance(thing, float) and _digits(thing) > digits:
            raise AnswerError(f"最多 {digits} 位小数" if digits else "应当是整数")
        return int(thing) if digits == 0 else thing

    return check


def _digits(number: float) -> int:
    exponent = Decimal(repr(number)).normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def flag_check(thing: object) -> Value:
    """Yes or no."""
    if not isinstance(thing, bool):
        raise AnswerError(f"应当是 true 或 false，现在是{kind_zh(thing)}")
    return thing


def choice_check(options: Collection[str]) -> Check:
    """One of the options."""
    allowed = frozenset(options)

    def check(thing: object) -> Value:
        if thing == "":
            return None
        if not isinstance(thing, str):
            raise AnswerError(f"应当是一个选项，现在是{kind_zh(thing)}")
        if thing not in allowed:
            raise AnswerError(f"没有“{thing[:40]}”这个选项")
        return thing

    return check


def choices_check(options: Collection[str]) -> Check:
    """Some of the options, each once."""
    allowed = frozenset(options)

    def check(thing: object) -> Value:
        items = _strings(thing, "选项的列表")
        for item in items:
            if item not in allowed:
                raise AnswerError(f"没有“{item[:40]}”这个选项")
        return items

    return check


def files_check(*, multiple: bool) -> Check:
    """The ids of uploaded files."""

    def check(thing: object) -> Value:
        given = _strings([thing] if isinstance(thing, str) else thing, "文件的列表")
        items = [text for item in given if (text := _text(item, multiline=False))]
        if len(items) > 1 and not multiple:
            raise AnswerError("只能有一个文件")
        return items

    return check


def _strings(thing: object, name: str) -> list[str]:
    if not isinstance(thing, list) or not all(isinstance(item, str) for item in thing):
        raise AnswerError(f"应当是{name}，现在是{kind_zh(thing)}")
    if len(thing) > MOST_ITEMS:
        raise AnswerError(f"最多 {MOST_ITEMS} 项")
    if len(set(thing)) < len(thing):
        raise AnswerError("有重复的项")
    return list(thing)


def day_check(thing: object) -> Value:
    """A real day in ISO form."""
    if thing == "":
        return None
    if to_date(thing) is None:
        shown = f"“{thing[:40]}”" if isinstance(thing, str) else kind_zh(thing)
        raise AnswerError(f"应当是真实的日期，如 2026-09-01，现在是{shown}")
    return str(thing)
