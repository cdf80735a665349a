"""Saved queries for tasks: one's own, and those others share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
from sqlalchemy import Connection, text

from service.store.listing import Listing

FILTERS = Listing(
    columns="f.id, f.name, f.owner, f.query, f.properties, f.shared, f.units",
    source="task_filter f",
    conditions={
        "visible": "f.owner = :person or (f.shared and (f.units is null or f.units && cast(:units as text[])))",
        "id": "f.id = :id",
        "name": "f.name = :name",
        "name_like": "f.name like :name_like",
        "owner": "f.owner = :owner",
    },
    orders={"id": "f.id", "name": "f.name", "owner": "f.owner"},
    key="f.id",
    default="f.name",
)
_SAVE = text(
    """insert into task_filter (id, name, owner, query, properties, shared, units)
       values (:id, :name, :owner, cast(:query as jsonb), cast(:properties as jsonb), :shared, :units)
       on conflict (id) do update set name = excluded.name, query = excluded.query, shared = excluded.shared,
           properties = excluded.properties, units = excluded.units"""
)
_DELETE = text("delete from task_filter where id = :id")
_OWN = text("select count(*) from task_filter where owner = :owner")


def save(connection: Connection, row: Mapping[str, Any]) -> None:
    """Make a filter, or change one; whose it is never changes."""
    texts = {name: orjson.dumps(row[name]).decode() for name in ("query", "properties")}
    connection.execute(_SAVE, {**row, **texts})


def delete(connection: Connection, filter_id: str) -> None:
    connection.execute(_DELETE, {"id": filter_id})


def number_of(connection: Connection, owner: str) -> int:
    """How many filters a person has."""
    return int(connection.execute(_OWN, {"owner": owner}).scalar_one())
