"""The monthly bulletin (月度通报) as units, counties, prefectures and provinces look at it (MOE2016-3.7-c).

An authority sees its own unit and those below it. Entries of the school holidays are kept, and marked as not published.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from service.casework.actors import Actor
from service.casework.context import Office
from service.policy.regions import Region, Regions
from service.registry.law import Law
from service.store import bulletin as rows
from service.store.db import transaction
from service.store.listing import Page

LEVELS = ("unit", "county", "prefecture", "province")
_CHUNK = 2000
_HEAD = ("月份", "地区代码", "单位", "当事方", "逾期环节", "受理编号", "逾期日期", "是否通报")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would calculate


@dataclass(frozen=True, kw_only=True)
class Line:
    """How often a unit or place missed limits; ``code`` is the unit's id or the region's."""

    code: str
    name: str
    units: int
    entries: int
    cases: int
    published: int


def entries(actor: Actor, wanted: Mapping[str, Any], page: Page) -> Sequence[Mapping[str, Any]]:
    """Entry by entry."""
    with transaction() as connection:
        return rows.page_of(connection, {**wanted, **_visible(actor)}, page)


def summary(office: Office, actor: Actor, wanted: Mapping[str, Any], level: str) -> list[Line]:
    """Counted by unit, or by the place the units lie in. A case counts once in each unit that delayed it."""
    with transaction() as connection:
        found = rows.by_unit(connection, {**wanted, **_visible(actor)})
    if level == "unit":
        return [
            Line(
                code=row.unit,
                name=row.unit_name,
                units=1,
                entries=row.entries,
                cases=row.cases,
                published=row.published,
            )
            for row in found
        ]
    regions = office.shelf.rules.law.regions
    placed = sorted(((_place(regions, row.county, level), row) for row in found), key=lambda one: one[0].code)
    return [_line(place, [row for _, row in group]) for place, group in groupby(placed, lambda one: one[0])]


def _line(place: Region, found: Sequence[Any]) -> Line:
    return Line(
        code=place.code,
        name=place.name,
        units=len(found),
        entries=sum(row.entries for row in found),
        cases=sum(row.cases for row in found),
        published=sum(row.published for row in found),
    )


def _place(regions: Regions, county: str, level: str) -> Region:
    """The county itself, its prefecture (a municipality has none: it stands for it), or its province."""
    chain = regions.chain(county)
    if level == "county":
        return chain[0]
    if level == "province":
        return chain[-2] if len(chain) > 1 else chain[0]
    return next(region for region in chain if region.code.endswith("00"))


def exported(office: Office, actor: Actor, wanted: Mapping[str, Any]) -> Iterator[str]:
    """The entries as CSV, some thousand lines at a time; opened by spreadsheets as it is."""
    law = office.shelf.rules.law
    yield "\ufeff" + _lines([_HEAD])
    first = 0
    while found := entries(actor, wanted, Page(first=first, limit=_CHUNK)):
        yield _lines(_cells(law, row) for row in found)
        first += len(found)


def _cells(law: Law, row: Mapping[str, Any]) -> tuple[str, ...]:
    label = law.parties.label(row["party"]) if law.parties.known(row["party"]) else row["party"]
    published = "通报" if row["published"] else "寒暑假，不通报"
    return (
        row["month"],
        row["county"],
        row["unit_name"],
        label,
        row["step"],
        row["case_number"],
        str(row["on"]),
        published,
    )


def _lines(cells: Iterable[Sequence[str]]) -> str:
    out = io.StringIO()
    csv.writer(out).writerows([_harmless(cell) for cell in line] for line in cells)
    return out.getvalue()


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _visible(actor: Actor) -> dict[str, Any]:
    return {} if actor.sees_everything else {"visible": {"units": sorted(actor.units)}}
