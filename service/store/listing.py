"""Lists with filters, sorting and pages. What may be asked is a closed set of SQL conditions written here and beside;
values always travel as parameters."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, cast

from sqlalchemy import Connection, text

Row = Mapping[str, Any]
# Condition name -> its value, a mapping of the values it takes, True where it takes none, or an Each.
Wanted = Mapping[str, Any]
EITHER = "either"  # the name of a list of alternatives, each a Wanted of which at least one part must hold
_PARAMETER = re.compile(r"(?<![:\w]):(\w+)")


@dataclass(frozen=True)
class Each:
    """A condition that must hold for each of several values."""

    values: Sequence[Any]


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
    rows: Listing | None = None  # what the columns are read of, where that is not what is searched
    filled: frozenset[str] = frozenset()  # orders by what is never null: an index serves both directions
    # Conditions that leave most of the rows. Where a list has no others, its first page is read off a partial index in
    # the order asked for. ``whole`` holds for every row and ``wide`` says some conditions in other words: those indexes
    # are made for these, so that they tempt no other list, and so that a planner without statistics, which takes any
    # comparison for a rare thing, does not sort out all rows for the few it expects.
    broad: frozenset[str] = frozenset()
    whole: str = ""
    wide: Mapping[str, str] = field(default_factory=dict)

    def find(self, connection: Connection, wanted: Wanted, page: Page) -> Sequence[Row]:
        """One page. Only its keys are sorted out of all; the columns are read of the rows on the page."""
        filtered, values = self.filtered(wanted)
        sorted_ = f"select {self.key} as key_ from {filtered} order by {self._order(page)} limit :limit_ offset :first_"  # noqa: S608  (parts are constants)
        # By their place, not once more by their columns: that could tempt the planner to walk an index of all rows.
        keys = f"select key_, row_number() over () as place_ from ({sorted_}) p_"  # noqa: S608  (parts are constants)
        rows = self.rows or self
        sql = f"select {rows.columns} from ({keys}) k_, {rows.source} where {rows.key} = k_.key_ order by k_.place_"  # noqa: S608  (parts are constants)
        values.update(limit_=page.limit, first_=page.first)
        return cast(Sequence[Row], connection.execute(text(sql), values).mappings().all())

    def count(self, connection: Connection, wanted: Wanted) -> int:
        """How many there are in all."""
        filtered, values = self.filtered(wanted)
        return int(connection.execute(text(f"select count(*) from {filtered}"), values).scalar_one())  # noqa: S608  (parts are constants)

    def one(self, connection: Connection, wanted: Wanted) -> Row | None:
        """The only one, or None."""
        filtered, values = self.filtered(wanted)
        sql = f"select {self.columns} from {filtered} limit 1"  # noqa: S608  (parts are constants)
        return cast("Row | None", connection.execute(text(sql), values).mappings().first())

    def filtered(self, wanted: Wanted) -> tuple[str, dict[str, Any]]:
        """What is listed, and the values of its parameters."""
        values: dict[str, Any] = {}
        listing = self
        if broad := self.broad and self.broad.issuperset(wanted):
            listing = replace(self, conditions={**self.conditions, **self.wide})
        parts = list(listing._parts(wanted, values))
        if broad and self.whole:
            parts.append(self.whole)
        return (f"{self.source} where {' and '.join(parts)}" if parts else self.source), values

    def _parts(self, wanted: Wanted, values: dict[str, Any]) -> Iterator[str]:
        for name, value in wanted.items():
            if name == EITHER:
                for alternatives in value:
                    yield f"({' or '.join(self._parts(alternatives, values)) or 'true'})"
            elif isinstance(value, Each):
                for one in value.values:
                    yield self._part(name, one, values)
            else:
                yield self._part(name, value, values)

    def _part(self, name: str, value: Any, values: dict[str, Any]) -> str:
        """One condition. A parameter that is taken already gets a number."""
        given = value if isinstance(value, Mapping) else {} if value is True else {name: value}
        names = {key: key if key not in values else f"{key}_{len(values)}" for key in given}
        values.update({names[key]: one for key, one in given.items()})
        sql = _PARAMETER.sub(
            lambda found: f":{names.get(found.group(1), found.group(1))}", self.conditions[name]
        )
        return f"({sql})"

    def _order(self, page: Page) -> str:
        parts = [f"{self.orders[name]} {self._direction(name, down)}" for name, down in page.sort]
        return ", ".join([*(parts or [self.default] * bool(self.default)), self.key])

    def _direction(self, name: str, down: bool) -> str:
        direction = "desc" if down else "asc"
        return direction if name in self.filled else f"{direction} nulls last"
