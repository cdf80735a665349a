"""Batches: a list of cases to move, what became of each, and how far the whole is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import orjson
from sqlalchemy import Connection, RowMapping, text

from service.store.listing import Listing

BATCHES = Listing(
    columns="b.id, b.plan, b.total, b.by, b.by_name, b.created_at, b.finished_at",
    source="batch b",
    conditions={"id": "b.id = :id", "finished": "b.finished_at is not null", "open": "b.finished_at is null"},
    orders={"id": "b.id", "at": "b.created_at"},
    key="b.id",
    default="b.created_at desc",
)
ITEMS = Listing(
    columns="x.instance, x.status, x.reasons, x.done_at, i.case_number",
    source="batch_item x join instance i on i.id = x.instance",
    conditions={
        "batch": "x.batch = :batch",
        "status": "x.status = :status",
        "todo": "x.status is null",
    },
    orders={"instance": "x.instance"},
    key="x.instance",
)
_BATCH = text(
    """insert into batch (id, plan, total, by, by_name, finished_at)
       values (:id, cast(:plan as jsonb), :total, :by, :by_name, case when :total = 0 then clock_timestamp() end)"""
)
_ITEMS = text("insert into batch_item (batch, instance) select :id, unnest(cast(:instances as text[]))")
_OPEN = text("select id, plan, by, by_name from batch where finished_at is null order by created_at limit 1")
_TAKE = text(
    """select instance from batch_item where batch = :batch and status is null and instance > :after
       order by instance limit 1 for update skip locked"""
)
_DONE = text(
    """update batch_item set status = :status, reasons = cast(:reasons as jsonb), done_at = clock_timestamp()
       where batch = :batch and instance = :instance and status is null"""
)
_FINISH = text(
    """update batch set finished_at = clock_timestamp() where id = :batch and finished_at is null
       and not exists (select from batch_item where batch = :batch and status is null)"""
)
_PROGRESS = text("select status, count(*) as many from batch_item where batch = :batch group by status")


def insert(connection: Connection, row: Mapping[str, Any], instances: Sequence[str]) -> None:
    """Write a batch and its cases."""
    values = {**row, "plan": orjson.dumps(row["plan"]).decode(), "total": len(instances)}
    connection.execute(_BATCH, values)
    connection.execute(_ITEMS, {"id": row["id"], "instances": list(instances)})


def oldest_open(connection: Connection) -> RowMapping | None:
    """The batch to work on."""
    return connection.execute(_OPEN).mappings().first()


def take(connection: Connection, batch: str, after: str) -> str | None:
    """Lock the next case of a batch that is still to be done and that nobody else has."""
    return connection.execute(_TAKE, {"batch": batch, "after": after}).scalar()


def done(connection: Connection, batch: str, instance: str, status: str, reasons: Iterable[Any]) -> None:
    """What became of a case."""
    values = {"batch": batch, "instance": instance, "status": status}
    connection.execute(_DONE, {**values, "reasons": orjson.dumps(list(reasons)).decode()})


def finish(connection: Connection, batch: str) -> None:
    """The batch is done when nothing of it is left."""
    connection.execute(_FINISH, {"batch": batch})


def progress(connection: Connection, batch: str) -> dict[str, int]:
    """How many cases have which outcome; those to be done under ``waiting``."""
    rows = connection.execute(_PROGRESS, {"batch": batch})
    return {row.status or "waiting": int(row.many) for row in rows}
