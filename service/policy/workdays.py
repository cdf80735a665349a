"""Working days from the yearly files: days off, make-up days, and counting between them.

Counting is bisection in a list made once. A year without a file is an error, never a guess. It must not
know terms, regions or where the files were generated from.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from service.errors import BadDefinition
from service.policy.reader import Reader
from service.policy.values import to_date

_SATURDAY = 5


@dataclass(frozen=True, kw_only=True)
class Year:
    """One yearly file."""

    year: int
    provisional: bool
    source: str
    days_off: dict[date, str]
    make_up_days: frozenset[date]

    def works(self, day: date) -> bool:
        """Whether people work that day."""
        if day in self.make_up_days:
            return True
        return day.weekday() < _SATURDAY and day not in self.days_off


class WorkingDays:
    """The working days of a run of years."""

    def __init__(self, years: Iterable[Year]) -> None:
        self._years = {one.year: one for one in years}
        self._ordinals: list[int] = []
        for year in sorted(self._years):
            if year - 1 not in self._years and year != min(self._years):
                raise _unknown(year - 1)
            self._ordinals.extend(_worked(self._years[year]))
        self._set = frozenset(self._ordinals)

    @classmethod
    def load(cls, folder: Path) -> WorkingDays:
        """Read every <year>.yaml of a folder."""
        return cls(_read(path, f"{folder.name}/{path.name}") for path in sorted(folder.glob("*.yaml")))

    def is_working_day(self, day: date) -> bool:
        """Whether a day is a working day."""
        self._check(day)
        return day.toordinal() in self._set

    def told(self, day: date) -> str:
        """What the year's file says of a day: the name of a day off, 调休上班 of a make-up day, empty of others."""
        self._check(day)
        year = self._years[day.year]
        return "调休上班" if day in year.make_up_days else year.days_off.get(day, "")

    def after(self, day: date, n: int) -> date:
        """The n-th working day after a day, which is itself not counted; 0 is the day itself."""
        self._check(day)
        return self._at(bisect_right(self._ordinals, day.toordinal()) + n - 1) if n else day

    def before(self, day: date, n: int) -> date:
        """The n-th working day before a day, which is itself not counted."""
        self._check(day)
        return self._at(bisect_left(self._ordinals, day.toordinal()) - n) if n else day

    def rolled(self, day: date) -> date:
        """The day itself if it is worked, else the next working day."""
        self._check(day)
        return self._at(bisect_left(self._ordinals, day.toordinal()))

    def provisional(self, year: int) -> bool:
        """Whether a year's official schedule was not yet published when its file was made."""
        if year not in self._years:
            raise _unknown(year)
        return self._years[year].provisional

    def _check(self, day: date) -> None:
        if day.year not in self._years:
            raise _unknown(day.year)

    def _at(self, index: int) -> date:
        if index < 0:
            raise _unknown(min(self._years) - 1)
        if index >= len(self._ordinals):
            raise _unknown(max(self._years) + 1)
        return date.fromordinal(self._ordinals[index])


def _worked(year: Year) -> Iterable[int]:
    day, last = date(year.year, 1, 1), date(year.year, 12, 31)
    while day <= last:
        if year.works(day):
            yield day.toordinal()
        day += timedelta(days=1)


def _unknown(year: int) -> BadDefinition:
    cure = f"生成并核对 processes/calendar/{year}.yaml"
    return BadDefinition(f"没有 {year} 年的工作日历", file=f"calendar/{year}.yaml", cure=cure)


def _read(path: Path, file: str) -> Year:
    reader = Reader.of_file(path, file)
    table = reader.table("days_off")
    year = Year(
        year=reader.integer("year"),
        provisional=reader.flag("provisional"),
        source=reader.text("source"),
        days_off={_day(table, key): table.text(key) for key in table.data},
        make_up_days=frozenset(reader.days("make_up_days")),
    )
    reader.done()
    if path.stem != str(year.year):
        raise reader.bad(f"文件名与年份 {year.year} 不一致", "year", f"文件应名为 {year.year}.yaml")
    _check_days(year, reader)
    return year


def _day(table: Reader, key: str) -> date:
    day = to_date(key)
    if day is None:
        raise table.bad(f"“{key}”不是日期", key, "写成 2026-10-01 的样子")
    return day


def _check_days(year: Year, reader: Reader) -> None:
    for day in (*year.days_off, *year.make_up_days):
        if day.year != year.year:
            raise reader.bad(f"{day} 不在 {year.year} 年内", cure="移到那一年的文件里")
    for day in year.make_up_days:
        if day.weekday() < _SATURDAY or day in year.days_off:
            raise reader.bad(f"{day} 不是周末，或同时列为放假", "make_up_days", "补班日须是周末，且不放假")
