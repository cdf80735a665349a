"""When a timer is due: literals of ISO 8601, limits in working days or months, dates, and cycles.

Instants are kept as whole milliseconds since 1970 (UTC) in the token's data, so that loading compares integers.
A limit of law ends at 24:00 of its last day; an ISO duration is exact elapsed time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from service.clock import ZONE
from service.engine import iso, moments
from service.engine.host import EngineError
from service.policy.calendar import Calendar, Limit


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """The next due instant, and for a cycle the duration to the one after and how many are left (None: no end)."""

    due: datetime
    every: str = ""
    left: int | None = None
    until: datetime | None = None

    def as_data(self) -> dict[str, Any]:
        data: dict[str, Any] = {"due": _milliseconds(self.due)}
        if self.every:
            until = _milliseconds(self.until) if self.until else None
            data.update(every=self.every, left=self.left, until=until)
        return data


def schedule(value: object, now: datetime, calendar: Calendar, element: str = "") -> Schedule:
    """When a timer with this value fires first.

    ``value`` is a Limit, a date (00:00 of it), a datetime, or ISO text: date, duration or R…/… cycle.
    Raises EngineError for anything else.
    """
    if isinstance(value, str) and value[:1] == "R":
        return _cycle(value, now, element)
    due = as_datetime(value, now, calendar)
    if due is None:
        raise EngineError(
            f"定时器的值 {value!r} 不是时间",
            element=element,
            cure="请写 ${working_days(10)}、ISO 日期或 ISO 时长（如 PT1H）",
        )
    return Schedule(due=due)


def _cycle(text: str, now: datetime, element: str) -> Schedule:
    try:
        cycle = iso.parse_cycle(text)
    except ValueError as error:
        raise EngineError(f"循环定时器“{text}”无法识别：{error}", element=element) from error
    if cycle.count == 0:
        raise EngineError(f"循环定时器“{text}”一次也不触发", element=element, cure="请写 R 或大于 0 的次数")
    first = cycle.start or cycle.duration.add_to(now)
    left = None if cycle.count is None else cycle.count - 1
    return Schedule(due=first, every=cycle.duration.text, left=left, until=cycle.end)


def following(data: Mapping[str, Any]) -> Schedule | None:
    """The next occurrence of a cycle after the one in a token's data; None when it was the last."""
    if not data.get("every") or data.get("left") == 0:
        return None
    due = datetime.fromtimestamp(data["due"] / 1000, ZONE)
    left, until = data.get("left"), data.get("until")
    following_due = iso.parse_duration(data["every"]).add_to(due)
    if until is not None and _milliseconds(following_due) > until:
        return None
    return Schedule(
        due=following_due,
        every=data["every"],
        left=None if left is None else left - 1,
        until=datetime.fromtimestamp(until / 1000, ZONE) if until is not None else None,
    )


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def as_datetime(value: object, now: datetime, calendar: Calendar) -> datetime | None:
    """An aware instant from a limit, date, datetime or ISO text; None for nothing or something else."""
    if isinstance(value, Limit):
        return moments.due(calendar, now, value)
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime.combine(value, time(), ZONE)
    if isinstance(value, str) and value:
        return _from_text(value, now)
    return None


def _from_text(text: str, now: datetime) -> datetime | None:
    try:
        return iso.parse_duration(text).add_to(now) if text.startswith("P") else iso.parse_instant(text)
    except ValueError as error:
        raise EngineError(f"时间“{text}”无法识别：{error}", cure="请写 ISO 8601 日期或时长") from error
