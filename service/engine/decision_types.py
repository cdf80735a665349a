"""The types a table's columns may have: what a cell may hold, and how a process value is read as one.

Process values are text, numbers, booleans and ISO dates; a column says which of these it means. It must not
know tables, rules or XML.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from service.clock import day_of, midnight
from service.engine import iso
from service.engine.arithmetic import describe
from service.engine.iso import Duration
from service.policy.values import is_number

_NUMBER = re.compile(r"-?\d{1,15}(\.\d{1,10})?", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A column's type: ``read`` turns a process value into it and raises ValueError for one that is none.

    ``cell`` says which written values are of this type without turning.
    """

    name: str
    label: str
    read: Callable[[Any], Any]
    cell: Callable[[Any], bool]

    def literal(self, value: Any) -> Any:
        """A value written in a cell. Raises ValueError when it is not of the column's type."""
        if value is None or self.cell(value):
            return value
        if isinstance(value, str) and self.read in (_day, _moment, _clock, _duration):
            return self.read(value)
        raise ValueError(f"这一列是{self.label}，不能写{describe(value)}")

    def coerced(self, value: Any) -> Any:
        """A process value as the column means it; null stays null. Raises ValueError."""
        return None if value is None else self.read(value)


def kind_of(type_ref: str) -> Kind:
    """The type of a ``typeRef``. Raises KeyError for a name that is no type."""
    return _KINDS[type_ref.strip().rpartition(":")[2]]


def kind_names() -> list[str]:
    """Every name a ``typeRef`` may have."""
    return [name for name in _KINDS if name]


def _same(value: Any) -> Any:
    return value


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value
    if isinstance(value, date):
        return value.isoformat()
    if is_number(value):
        return str(int(value)) if value == int(value) else str(value)
    raise ValueError(f"{describe(value)}不是文字")


def _number(value: Any) -> int | float:
    if is_number(value):
        return value
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        return float(value) if "." in value else int(value)
    raise ValueError(f"{describe(value)}不是数字")


def _truth(value: Any) -> bool:
    if value in ("true", "false"):
        return bool(value == "true")
    if isinstance(value, bool):
        return value
    raise ValueError(f"{describe(value)}不是“是/否”")


def _day(value: Any) -> date:
    if isinstance(value, date):
        return day_of(value)
    if isinstance(value, str):
        return day_of(iso.parse_instant(value))
    raise ValueError(f"{describe(value)}不是日期")


def _moment(value: Any) -> datetime:
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return midnight(value)
    if isinstance(value, str):
        return iso.parse_instant(value)
    raise ValueError(f"{describe(value)}不是时刻")


def _clock(value: Any) -> time:
    if isinstance(value, str):
        return iso.parse_time(value)
    if isinstance(value, time):
        return value
    raise ValueError(f"{describe(value)}不是钟点")


def _duration(value: Any) -> Duration:
    if isinstance(value, str):
        return iso.parse_duration(value, signed=True)
    if isinstance(value, Duration):
        return value
    raise ValueError(f"{describe(value)}不是时长")


def _is_whole(value: Any) -> bool:
    return is_number(value) and value == int(value)


def _is_day(value: Any) -> bool:
    return isinstance(value, date) and not isinstance(value, datetime)


def _is(kind: type) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, kind)


def _kinds(*rows: tuple[str, str, Callable[[Any], Any], Callable[[Any], bool]]) -> Mapping[str, Kind]:
    return {
        name: Kind(name=name, label=label, read=read, cell=cell)
        for names, label, read, cell in rows
        for name in names.split("|")
    }


_KINDS = _kinds(
    ("|Any", "任意类型", _same, lambda value: True),
    ("string", "文字", _text, _is(str)),
    ("number|double", "数字", _number, is_number),
    ("integer|long", "整数", _number, _is_whole),
    ("boolean", "是/否", _truth, _is(bool)),
    ("date", "日期", _day, _is_day),
    ("dateTime|date and time", "时刻", _moment, _is(datetime)),
    ("time", "钟点", _clock, _is(time)),
    ("duration|dayTimeDuration|yearMonthDuration", "时长", _duration, _is(Duration)),
    ("days and time duration|years and months duration", "时长", _duration, _is(Duration)),
)
