"""ISO 8601 as far as timers and tables need it: durations, days, instants and recurring intervals.

An instant without a zone is told in the product's zone. Errors are ValueErrors with a Chinese sentence.
It must not know calendars, limits of law or diagrams.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from service.clock import ZONE, local, midnight

_DAY = r"\d{4}-\d{2}-\d{2}"
_CLOCK = r"(?P<hour>\d{2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:\.(?P<fraction>\d{1,6}))?)?"
_TIME = re.compile(_CLOCK, re.ASCII)
_INSTANT = re.compile(rf"(?P<day>{_DAY})(?:[T ]{_CLOCK}(?P<zone>Z|[+-]\d{{2}}:\d{{2}})?)?", re.ASCII)
_DURATION = re.compile(
    r"(?P<sign>-?)P(?=\d|T\d)(?:(?P<years>\d{1,9})Y)?(?:(?P<months>\d{1,9})M)?(?:(?P<weeks>\d{1,9})W)?"
    r"(?:(?P<days>\d{1,9})D)?(?:T(?=\d)(?:(?P<hours>\d{1,9})H)?(?:(?P<minutes>\d{1,9})M)?"
    r"(?:(?P<seconds>\d{1,9}(?:[.,]\d{1,6})?)S)?)?",
    re.ASCII,
)
_REPEAT = re.compile(r"R(\d{0,9})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Duration:
    """Calendar months and exact time, kept apart because a month has no fixed length."""

    months: int
    time: timedelta

    @property
    def text(self) -> str:
        """The duration as ISO 8601 writes it."""
        if self.months < 0 or self.time < timedelta(0):
            return f"-{Duration(-self.months, -self.time).text}"
        years, months = divmod(self.months, 12)
        seconds = f"{self.time.seconds % 60}{f'.{self.time.microseconds:06d}'.rstrip('.0')}"
        hours, minutes = divmod(self.time.seconds // 60, 60)
        day_part = _written((years, "Y"), (months, "M"), (self.time.days, "D"))
        time_part = _written((hours, "H"), (minutes, "M"), ("" if seconds == "0" else seconds, "S"))
        return f"P{day_part}T{time_part}" if time_part else f"P{day_part}" if day_part else "PT0S"

    @property
    def whole_days(self) -> bool:
        """Whether it has no part shorter than a day."""
        return not self.time % timedelta(days=1)

    def add_to(self, moment: datetime) -> datetime:
        """The instant this long after another; a day the month lacks becomes the month's last."""
        try:
            base = local(moment)
            if self.months:
                base = datetime.combine(_shifted(base.date(), self.months), base.timetz())
            return base + self.time
        except (OverflowError, ValueError) as error:
            raise ValueError(f"时长 {self.text} 超出了日历的范围") from error

    def __neg__(self) -> Duration:
        return Duration(-self.months, -self.time)

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Cycle:
    """A recurring interval: ``count`` None means without end, nothing recurs after ``end``."""

    count: int | None
    start: datetime | None
    duration: Duration
    end: datetime | None


def parse_duration(text: str, *, signed: bool = False) -> Duration:
    """A duration such as P10D, P1Y2M, PT36H or P2W; with ``signed`` also -P1D."""
    found = _DURATION.fullmatch(text)
    if found is None or (found["sign"] and not signed):
        raise ValueError(
            f"“{text}”不是 ISO 8601 时长，请写成 P10D（十天）、P1M（一个月）、PT2H（两小时）的样子"
        )
    parts = {key: value for key, value in found.groupdict().items() if key != "sign"}
    number = {key: float((value or "0").replace(",", ".")) for key, value in parts.items()}
    try:
        exact = timedelta(**{key: number[key] for key in ("weeks", "days", "hours", "minutes", "seconds")})
    except OverflowError as error:
        raise ValueError(f"时长“{text}”太长") from error
    duration = Duration(int(number["years"] * 12 + number["months"]), exact)
    return -duration if found["sign"] else duration


def parse_date(text: str) -> date:
    """A day such as 2026-09-03."""
    if not re.fullmatch(_DAY, text, re.ASCII):
        raise ValueError(f"“{text}”不是日期，请写成 2026-09-03 的样子")
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f"“{text}”不是日期：没有这一天") from error


def parse_time(text: str) -> time:
    """A time of day such as 09:00 or 09:00:30."""
    found = _TIME.fullmatch(text)
    if found is None:
        raise ValueError(f"“{text}”不是钟点，请写成 09:00 的样子")
    return _time_of(found, text)


def parse_instant(text: str) -> datetime:
    """A day (its 00:00) or an instant, told in the product's zone; 24:00 is the next day's 00:00."""
    found = _INSTANT.fullmatch(text)
    if found is None:
        raise ValueError(f"“{text}”不是日期或时刻，请写成 2026-09-03 或 2026-09-03T09:00:00 的样子")
    day = parse_date(found["day"])
    if found["hour"] is None:
        return midnight(day)
    try:
        if found["hour"] == "24" and not int(found["minute"]) and not int(found["second"] or 0):
            return _in_zone(datetime.combine(day + timedelta(days=1), time()), found["zone"])
        return _in_zone(datetime.combine(day, _time_of(found, text)), found["zone"])
    except OverflowError as error:
        raise ValueError(f"“{text}”超出了日历的范围") from error


def parse_cycle(text: str) -> Cycle:
    """``R[n]/[start/]duration[/end]``: R3/PT1H, R/2026-09-01T08:00:00/P1M, R/P1W/2027-07-01."""
    head, *parts = text.split("/")
    repeat = _REPEAT.fullmatch(head)
    start = parse_instant(parts.pop(0)) if repeat and parts and not parts[0].startswith("P") else None
    if repeat is None or not 1 <= len(parts) <= 2:
        raise ValueError(f"“{text}”不是循环，请写成 R3/PT1H（三次，每小时）或 R/2026-09-01/P1M 的样子")
    duration = parse_duration(parts[0])
    if not duration.months and not duration.time:
        raise ValueError(f"循环“{text}”的间隔是零")
    end = parse_instant(parts[1]) if len(parts) == 2 else None
    return Cycle(count=int(repeat[1]) if repeat[1] else None, start=start, duration=duration, end=end)


def looks_like_date(text: str) -> bool:
    """Whether a text has the shape of a day or instant; cheap, because every comparison may ask."""
    return len(text) >= 10 and text[4] == "-" and text[7] == "-" and text[:4].isdigit()


def _time_of(found: re.Match[str], text: str) -> time:
    micro = int((found["fraction"] or "").ljust(6, "0"))
    try:
        return time(int(found["hour"]), int(found["minute"]), int(found["second"] or 0), micro)
    except ValueError as error:
        raise ValueError(f"“{text}”里没有这样的钟点") from error


def _in_zone(naive: datetime, zone: str | None) -> datetime:
    if zone is None:
        return naive.replace(tzinfo=ZONE)
    offset = "+00:00" if zone == "Z" else zone
    try:
        return datetime.fromisoformat(f"{naive.isoformat()}{offset}").astimezone(ZONE)
    except ValueError as error:
        raise ValueError(f"时区“{zone}”不对") from error


def _shifted(day: date, months: int) -> date:
    year, index = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, index + 1, min(day.day, monthrange(year, index + 1)[1]))


def _written(*parts: tuple[object, str]) -> str:
    return "".join(f"{number}{unit}" for number, unit in parts if number)
