"""A legal limit (ten working days, one month) and the day it ends on.

The first day is not counted. It must not know hours, terms or what the limit is for.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from service.errors import BadDefinition
from service.policy.workdays import WorkingDays

Unit = Literal["working_day", "day", "week", "month", "year"]

_DAYS = {"day": 1, "week": 7}
_MONTHS = {"month": 1, "year": 12}
_NAMES = {"working_day": "个工作日", "day": "日", "week": "周", "month": "个月", "year": "年"}


@dataclass(frozen=True, slots=True)
class Limit:
    """So many units of time, counted as the law counts."""

    unit: Unit
    n: int

    def __post_init__(self) -> None:
        n: object = self.n  # expressions of diagrams pass whatever they hold
        if isinstance(n, bool) or not isinstance(n, int) or n < 0:
            raise BadDefinition(f"期限的数目“{self.n}”不对", cure="写零或正整数，例如 working_days(10)")

    def __str__(self) -> str:
        return f"{self.n}{_NAMES[self.unit]}"


def working_days(n: int) -> Limit:
    """So many working days: days off do not count, make-up days do."""
    return Limit("working_day", n)


def days(n: int) -> Limit:
    """So many calendar days."""
    return Limit("day", n)


def weeks(n: int) -> Limit:
    """So many weeks."""
    return Limit("week", n)


def months(n: int) -> Limit:
    """So many months, to the same number of day or the month's last."""
    return Limit("month", n)


def years(n: int) -> Limit:
    """So many years, to the same day or 28 February."""
    return Limit("year", n)


def last_day(base: date, limit: Limit, calendar: WorkingDays) -> date:
    """The last day of a limit that begins with an event on the base day."""
    if limit.unit == "working_day":
        return calendar.after(base, limit.n)
    return _shifted(base, limit, 1)


def first_day(base: date, limit: Limit, calendar: WorkingDays) -> date:
    """The day a limit counted backwards from the base day reaches."""
    if limit.unit == "working_day":
        return calendar.before(base, limit.n)
    return _shifted(base, limit, -1)


def _shifted(base: date, limit: Limit, sign: int) -> date:
    try:
        if limit.unit in _DAYS:
            return base + timedelta(days=sign * _DAYS[limit.unit] * limit.n)
        return _by_months(base, sign * _MONTHS[limit.unit] * limit.n)
    except (OverflowError, ValueError) as error:
        raise BadDefinition(f"期限“{limit}”超出了日历的范围", cure="改用合理的数目") from error


def _by_months(base: date, count: int) -> date:
    year, index = divmod(base.year * 12 + base.month - 1 + count, 12)
    return date(year, index + 1, min(base.day, monthrange(year, index + 1)[1]))
