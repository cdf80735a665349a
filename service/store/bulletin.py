"""The monthly bulletin (月度通报) in the tables: entry by entry, and counted by unit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Row, text

from service.store.listing import Listing, Page, Wanted

_UNITS_BELOW = """(with recursive below as (
        select id from unit where id = any(:{0})
        union select u.id from unit u join below on u.parent = below.id or u.run_by = below.id
    ) select id from below)"""
_BELOW = f"o.unit in {_UNITS_BELOW}"

BULLETIN = Listing(
    columns='o.unit, u.name as unit_name, u.county, o.party, o.step, o.case_number, o."on", o.month, o.published',
    source="overdue_entry o join unit u on u.id = o.unit",
    conditions={
        "month": "o.month = :month",
        "unit": "o.unit = :unit",
        "county": "u.county = :county",
        "published": "o.published",
        "below": _BELOW.format("below"),
        "visible": _BELOW.format("units"),
    },
    orders={"on": 'o."on"', "unit": "o.unit"},
    key="o.id",
    default='o.month desc, o.unit, o."on"',
)

# The newest of each unit, only as many as the page reaches to: flat however many entries other units have.
_OF_UNITS = """{below} b_ cross join lateral (
    select * from overdue_entry o where o.unit = b_.id {inside}
    order by o.month desc, o."on", o.id limit :reach) o join unit u on u.id = o.unit"""
_INSIDE = ("month", "published")


def page_of(connection: Connection, wanted: Wanted, page: Page) -> Sequence[Mapping[str, Any]]:
    """One page of entries; ``visible`` are the units asked for and those below them."""
    if "visible" not in wanted:
        return BULLETIN.find(connection, wanted, page)
    inside = " ".join(f"and {BULLETIN.conditions[name]}" for name in _INSIDE if name in wanted)
    source = _OF_UNITS.format(below=_UNITS_BELOW.format("units"), inside=inside)
    seen = {**wanted["visible"], "reach": page.first + page.limit}
    listing = replace(BULLETIN, source=source, conditions={**BULLETIN.conditions, "visible": "true"})
    return replace(listing, rows=BULLETIN).find(connection, {**wanted, "visible": seen}, page)


def by_unit(connection: Connection, wanted: Wanted) -> Sequence[Row[Any]]:
    """How often each unit missed a limit, how many cases that are, and how many entries are published."""
    filtered, values = BULLETIN.filtered(wanted)
    sql = f"""select o.unit, u.name as unit_name, u.county, count(*) as entries,
                     count(distinct o.case_number) as cases, count(*) filter (where o.published) as published
              from {filtered} group by o.unit, u.name, u.county order by u.county, o.unit"""  # noqa: S608  (parts are constants)
    return connection.execute(text(sql), values).all()
