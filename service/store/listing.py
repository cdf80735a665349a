"""Lists with filters, sorting and pages. What may be asked is a closed set of SQL conditions written here and beside;
values always travel as parameters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Connection, text

Row = Mapping[str, Any]
Wanted = Mapping[str, Any]  # condition name -> its value, or a mapping of the values it takes


@dataclass(frozen=True, kw_only=True)
class Page:
    """Which part of a list: ``sort`` holds (order name, descending)."""

    first: int = 0
    limit: int = 100
    sort: tuple[tuple[str, bool], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Listing:
    """One kind of list. ``key`` makes the order total; ``default`` is the order nobody asked for."""

    columns: str
    source: str
    conditions: Mapping[str, str]
    orders: Mapping[str, str]
    key: str
    default: str = ""

    def find(self, connection: Connection, wanted: Wanted, page: Page) -> Sequence[Row]:
        """One page. Only its keys are sorted out of all; the columns are read of the rows on the page."""
        order = self._order(page)
        keys = f"select {self.key} as key_ from {self._filtered(wanted)} order by {order} limit :limit_ offset :first_"  # noqa: S608  (parts are constants)
        sql = f"select {self.columns} from ({keys}) k_, {self.source} where {self.key} = k_.key_ order by {order}"  # noqa: S608  (parts are constants)
        values = {**_values(wanted), "limit_": page.limit, "first_": page.first}
        return cast(Sequence[Row], connection.execute(text(sql), values).mappings().all())

    def count(self, connection: Connection, wanted: Wanted) -> int:
        """How many there are in all."""
        sql = f"select count(*) from {self._filtered(wanted)}"  # noqa: S608  (parts are constants)
        return int(connection.execute(text(sql), _values(wanted)).scalar_one())

    def one(self, connection: Connection, wanted: Wanted) -> Row | None:
        """The only one, or None."""
        sql = f"select {self.columns} from {self._filtered(wanted)} limit 1"  # noqa: S608  (parts are constants)
        return cast("Row | None", connection.execute(text(sql), _values(wanted)).mappings().first())

    def _filtered(self, wanted: Wanted) -> str:
        conditions = [f"({self.conditions[name]})" for name in wanted]
        return f"{self.source} where {' and '.join(conditions)}" if conditions else self.source

    def _order(self, page: Page) -> str:
        parts = [f"{self.orders[name]} {'desc' if down else 'asc'} nulls last" for name, down in page.sort]
        return ", ".join([*(parts or [self.default] * bool(self.default)), self.key])


def _values(wanted: Wanted) -> dict[str, Any]:
    """A condition with one parameter calls it by its own name."""
    found: dict[str, Any] = {}
    for name, value in wanted.items():
        found.update(value if isinstance(value, Mapping) else {name: value})
    return found
