"""The monthly bulletin (月度通报) in the tables: entry by entry, and counted by unit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, text

from service.store.listing import Listing, Wanted

_BELOW = """o.unit in (
    with recursive below as (
        select id from unit where id = any(:{0})
        union select u.id from unit u join below on u.parent = below.id or u.run_by = below.id
    ) select id from below)"""

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
    default='o.month desc, u.county, o.unit, o."on"',
)


def by_unit(connection: Connection, wanted: Wanted) -> Sequence[Row[Any]]:
    """How often each unit missed a limit, how many cases that are, and how many entries are published."""
    filtered, values = BULLETIN.filtered(wanted)
    sql = f"""select o.unit, u.name as unit_name, u.county, count(*) as entries,
                     count(distinct o.case_number) as cases, count(*) filter (where o.published) as published
              from {filtered} group by o.unit, u.name, u.county order by u.county, o.unit"""  # noqa: S608  (parts are constants)
    return connection.execute(text(sql), values).all()
