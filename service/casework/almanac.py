"""The calendar and the regions as people ask for them: months, deadlines, and which file holds where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from service.casework.context import Office
from service.casework.rules import Rules
from service.clock import midnight
from service.errors import BadDefinition, BadRequest
from service.policy.calendar import Calendar, Limit, Term
from service.policy.calendar import Unit as LimitUnit
from service.policy.regions import Region
from service.policy.windows import Window
from service.registry.model import Unit
from service.store.db import transaction
from service.store.progress import read_clock

LONGEST = {"working_day": 750, "day": 1000, "week": 150, "month": 36, "year": 3}


@dataclass(frozen=True, kw_only=True)
class DayTold:
    """One day; ``name`` says why it is no ordinary one, ``term`` is its number, None in the school holidays."""

    day: date
    working: bool
    name: str
    term: int | None


@dataclass(frozen=True, kw_only=True)
class Open:
    """A window with the spans of days it is open within what was asked for; ``unknown`` where no term tells."""

    window: Window
    spans: Sequence[tuple[date, date]]
    unknown: bool


@dataclass(frozen=True, kw_only=True)
class Span:
    """Some days of one region's calendar."""

    region: Region
    provisional: bool
    days: Sequence[DayTold]
    terms: Sequence[Term]
    windows: Sequence[Open]


@dataclass(frozen=True, kw_only=True)
class Deadline:
    """When a limit ends: 24:00 of its last day."""

    last_day: date
    ends_at: datetime
    provisional: bool


def span(rules: Rules, code: str, first: date, last: date) -> Span:
    """The days from one to another, both included. Raises NotFound, and BadDefinition for a year without a calendar."""
    calendar = rules.calendar(code)
    days = [first + timedelta(days=each) for each in range((last - first).days + 1)]
    return Span(
        region=rules.law.regions.get(code),
        provisional=any(calendar.provisional(year) for year in range(first.year, last.year + 1)),
        days=[_told(calendar, day) for day in days],
        terms=[term for term in calendar.terms() if term.start <= last and first <= term.end],
        windows=[_open(calendar, name, days) for name in calendar.window_names()],
    )


def _told(calendar: Calendar, day: date) -> DayTold:
    term = calendar.term(day)
    return DayTold(
        day=day,
        working=calendar.is_working_day(day),
        name=calendar.told(day),
        term=term.number if term else None,
    )


def _open(calendar: Calendar, name: str, days: Sequence[date]) -> Open:
    spans: list[tuple[date, date]] = []
    try:
        for day in days:
            if not calendar.window_open(name, midnight(day)):
                continue
            if spans and spans[-1][1] == day - timedelta(days=1):
                spans[-1] = (spans[-1][0], day)
            else:
                spans.append((day, day))
        unknown = False
    except BadDefinition:  # a day beyond the known terms
        unknown = True
    return Open(window=calendar.window(name, days[-1]), spans=spans, unknown=unknown)


def deadline(rules: Rules, code: str, base: date, limit: tuple[int, LimitUnit], roll: bool) -> Deadline:
    """When a limit that begins with an event on a day ends. Raises BadRequest, NotFound, BadDefinition."""
    n, unit = limit
    if n > LONGEST[unit]:
        raise BadRequest("期限太长", cure=f"{unit} 不超过 {LONGEST[unit]}")
    calendar = rules.calendar(code)
    ends = calendar.deadline(base, Limit(unit, n), roll)
    last = (ends - timedelta(microseconds=1)).date()
    years = range(base.year, last.year + 1)
    return Deadline(last_day=last, ends_at=ends, provisional=any(calendar.provisional(one) for one in years))


def home(units: Sequence[Unit]) -> str:
    """The place of somebody's units, where there is one; else the nation."""
    places = {unit.county for unit in units}
    return places.pop() if len(places) == 1 else "000000"


@dataclass(frozen=True, kw_only=True)
class RegionTold:
    """A region with the files that hold in it on a day: name → (region it comes from, path, SHA-256, since)."""

    region: Region
    chain: Sequence[Region]
    on: date
    procedures: Sequence[str]
    files: Sequence[dict[str, Any]]


def regions(rules: Rules) -> Sequence[Region]:
    """Every region with a folder, the nation first."""
    return rules.law.regions.with_folders()


def region(office: Office, code: str, on: date | None, stage: str | None) -> RegionTold:
    """What holds in a region, on a day (today where none is given) and for a stage. Raises NotFound."""
    if on is None:
        with transaction() as connection:
            on = read_clock(connection)[0].date()
    rules = office.shelf.rules
    chain = rules.law.regions.chain(code)
    bundle = rules.library().bundle(code, on, stage)
    return RegionTold(
        region=chain[0],
        chain=chain,
        on=on,
        procedures=bundle.procedures(),
        files=[
            {
                "name": one.name,
                "region": one.region,
                "path": one.path,
                "digest": one.digest,
                "since": one.since,
                "walk": bundle.provenance(one.name),
            }
            for one in bundle.files.values()
        ],
    )
