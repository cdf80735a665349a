"""The zone every instant of the product is told in, and the small helpers around it.

It must not know calendars, terms or the law: it turns days into instants and back, nothing more.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")


def midnight(day: date) -> datetime:
    """00:00 of a day."""
    return datetime(day.year, day.month, day.day, tzinfo=ZONE)


def end_of(day: date) -> datetime:
    """24:00 of a day, which is 00:00 of the next."""
    return midnight(day + timedelta(days=1))


def local(at: datetime) -> datetime:
    """The same instant told in the product's zone; a naive one would be guessed, so it is refused."""
    if at.tzinfo is None:
        raise ValueError("a datetime without a zone cannot be compared with the law's clock")
    return at if at.tzinfo is ZONE else at.astimezone(ZONE)


def day_of(at: date) -> date:
    """The calendar day of an instant; a day stays itself."""
    return local(at).date() if isinstance(at, datetime) else at
