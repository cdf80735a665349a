"""What a process variable may hold, and the few helpers every layer needs for it.

Dates travel as ISO strings, so that a value survives JSON unchanged. It must not know forms or expressions.
"""

from __future__ import annotations

import math
import re
from datetime import date
from typing import TypeAlias, TypeGuard

Value: TypeAlias = str | int | float | bool | list[str] | None

_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def is_value(thing: object) -> TypeGuard[Value]:
    """Whether a thing may be a process variable as it stands."""
    if isinstance(thing, float):
        return math.isfinite(thing)
    if isinstance(thing, list):
        return all(isinstance(item, str) for item in thing)
    return thing is None or isinstance(thing, str | int)


def is_number(thing: object) -> TypeGuard[int | float]:
    """A number; in Python a boolean is one too, in a form it is not."""
    return isinstance(thing, int | float) and not isinstance(thing, bool)


def to_date(text: object) -> date | None:
    """The day an ISO string names, None when it names none (also for 2026-02-30)."""
    if not isinstance(text, str) or not _ISO_DATE.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def same(left: Value, right: Value) -> bool:
    """Equality that keeps true apart from 1 and false apart from 0."""
    return isinstance(left, bool) == isinstance(right, bool) and left == right


def kind_zh(thing: object) -> str:
    """What sort of thing this is, in a word for people."""
    if thing is None:
        return "空"
    if isinstance(thing, bool):
        return "是/否"
    names: tuple[tuple[type, str], ...] = (
        (str, "文字"),
        (int, "整数"),
        (float, "小数"),
        (date, "日期"),
        (list, "列表"),
        (dict, "键值表"),
    )
    return next((name for kind, name in names if isinstance(thing, kind)), "其他类型")
