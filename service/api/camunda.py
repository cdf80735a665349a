"""Camunda's ways of writing values: instants, typed variables, groups.

A variable travels as ``{"value": …, "type": "String"}``; inside, it is a plain value. Dates inside are ISO
days, lists are lists of strings, which Camunda calls Json.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import orjson

from service.clock import ZONE
from service.policy.values import Value, is_value

_FIRST, _LAST = 1900, 2200  # years in which anything here can happen
_INTEGER = 1 << 31


def instant(at: datetime | None) -> str | None:
    """2026-09-03T09:00:00.000+0800"""
    if at is None:
        return None
    text = at.astimezone(ZONE).isoformat(timespec="milliseconds")
    return text[:-3] + text[-2:]


def parse_instant(text: object) -> datetime:
    """Camunda's form or ISO 8601; without a zone it is Beijing time. Raises ValueError."""
    if not isinstance(text, str) or not 8 <= len(text) <= 40:
        raise ValueError("not an instant")
    # In an address a plus that was not escaped arrives as a blank.
    at = datetime.fromisoformat(text.strip().replace(" ", "+") if "T" in text else text.strip())
    if not _FIRST <= at.year < _LAST:
        raise ValueError("out of range")
    return at.replace(tzinfo=ZONE) if at.tzinfo is None else at.astimezone(ZONE)


def group(role: str, unit: str | None) -> str:
    """A candidate group as callers see it: role@unit id."""
    return f"{role}@{unit}" if unit else role


def variables(values: Mapping[str, Value]) -> dict[str, Any]:
    """Plain values as Camunda's typed variables."""
    return {name: _typed(value) for name, value in values.items()}


def _typed(value: Value) -> dict[str, Any]:
    if isinstance(value, list):
        return {"type": "Json", "value": orjson.dumps(value).decode(), "valueInfo": {}}
    return {"type": _type_name(value), "value": value, "valueInfo": {}}


def _type_name(value: Value) -> str:
    if value is None:
        return "Null"
    if isinstance(value, bool):
        return "Boolean"
    if isinstance(value, int):
        return "Integer" if -_INTEGER <= value < _INTEGER else "Long"
    return "Double" if isinstance(value, float) else "String"


def plain(entry: Mapping[str, Any]) -> Value:
    """One typed variable as a plain value. Raises ValueError with a Chinese sentence."""
    kind, value = str(entry.get("type") or "").lower(), entry.get("value")
    if value is None:
        return None
    if kind in _READERS:
        return _READERS[kind](value)
    if kind:
        raise ValueError(f"类型“{entry['type'][:40]}”不受支持")
    if not is_value(value):
        raise ValueError("应为文字、数字、是/否、文字列表或空")
    return value


def _text(value: object) -> Value:
    if not isinstance(value, str):
        raise ValueError("不是文字，与类型 String 不符")
    return value


def _flag(value: object) -> Value:
    if not isinstance(value, bool):
        raise ValueError("不是 true 或 false，与类型 Boolean 不符")
    return value


def _whole(value: object) -> Value:
    if not isinstance(value, int) or isinstance(value, bool):
        raise ValueError("不是整数，与类型不符")
    return value


def _number(value: object) -> Value:
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise ValueError("不是数字，与类型 Double 不符")
    return value


def _day(value: object) -> Value:
    try:
        if isinstance(value, str) and len(value) == len("2026-09-03"):
            return date.fromisoformat(value).isoformat()
        return parse_instant(value).date().isoformat()
    except (ValueError, OverflowError) as error:
        raise ValueError("不是日期，与类型 Date 不符") from error


def _json(value: object) -> Value:
    try:
        found = orjson.loads(value) if isinstance(value, str) else value
    except orjson.JSONDecodeError as error:
        raise ValueError("不是 JSON，与类型 Json 不符") from error
    if not is_value(found) or (isinstance(value, str) and "\\u0000" in value):
        raise ValueError("应为文字、数字、是/否、文字列表或空")
    return found


_READERS = {
    "string": _text,
    "boolean": _flag,
    "short": _whole,
    "integer": _whole,
    "long": _whole,
    "double": _number,
    "number": _number,
    "date": _day,
    "json": _json,
}
