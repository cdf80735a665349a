"""Work for external workers: which there is, and who has it. Leases run in real time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from sqlalchemy import Connection, Row, text

from service.store.listing import Listing, Page, Wanted

WORK = Listing(
    columns="""s.id, s.instance, s.element, s.name as topic, s.priority, s.worker, s.locked_until, s.retries,
        s.error_message, s.error_details, s.created_at, i.case_number, i.status, i.definition, d.key, d.tenant,
        d.version_tag, s.inputs""",
    source="""subscription s join instance i on i.id = s.instance join definition d on d.id = i.definition""",
    conditions={
        "work": "s.kind = 'external'",
        "id": "s.id = :id",
        "topic": "s.name = :topic",
        "worker": "s.worker = :worker",
        "locked": "s.locked_until > clock_timestamp()",
        "not_locked": "s.locked_until is null or s.locked_until <= clock_timestamp()",
        "retries_left": "s.retries is null or s.retries > 0",
        "no_retries_left": "s.retries = 0",
        "instance": "s.instance = :instance",
        "definition": "i.definition = :definition",
        "key": "d.key = :key",
        "element": "s.element = :element",
        "active": "i.status = 'active'",
        "tenants": "d.tenant = any(:tenants)",
    },
    orders={
        "id": "s.id",
        "lock": "s.locked_until",
        "instance": "s.instance",
        "definition": "i.definition",
        "key": "d.key",
        "tenant": "d.tenant",
        "priority": "s.priority",
        "created": "s.created_at",
    },
    key="s.id",
)

_FETCH = text(
    """with wanted as (
           select * from jsonb_to_recordset(cast(:topics as jsonb))
               as t(name text, ms bigint, case_number text, keys text[], tenants text[])
       ), taken as (
           select s.id, w.ms from wanted w
           join subscription s on s.kind = 'external' and s.name = w.name
           join instance i on i.id = s.instance and i.status = 'active'
           join definition d on d.id = i.definition
           where (s.locked_until is null or s.locked_until <= clock_timestamp())
             and (s.retries is null or s.retries > 0)
             and (w.case_number is null or i.case_number = w.case_number)
             and (w.keys is null or d.key = any(w.keys)) and (w.tenants is null or d.tenant = any(w.tenants))
           order by case when :by_priority then -s.priority else 0 end, s.created_at limit :limit
           for update of s skip locked
       )
       update subscription s set worker = :worker,
              locked_until = clock_timestamp() + make_interval(secs => taken.ms / 1000.0)
       from taken where taken.id = s.id returning s.id"""
)
_READ = text("select id, instance, worker, retries from subscription where id = :id and kind = 'external'")
_EXTEND = text(
    """update subscription set locked_until = clock_timestamp() + make_interval(secs => :ms / 1000.0)
       where id = :id and worker = :worker"""
)
_UNLOCK = text(
    "update subscription set worker = '', locked_until = null where id = :id and kind = 'external'"
)
_FAILED = text(
    """update subscription set retries = :retries, error_message = :message, error_details = :details,
           locked_until = case when :ms > 0 then clock_timestamp() + make_interval(secs => :ms / 1000.0) end
       where id = :id and worker = :worker"""
)
_RETRIES = text("update subscription set retries = :retries where id = :id and kind = 'external'")
_PRIORITY = text("update subscription set priority = :priority where id = :id and kind = 'external'")


def fetch(
    connection: Connection, worker: str, topics: Sequence[Mapping[str, Any]], limit: int, *, by_priority: bool
) -> list[str]:
    """Lease up to ``limit`` pieces of work that nobody has; never waits for another worker."""
    values = {"topics": orjson.dumps(list(topics)).decode(), "worker": worker, "limit": limit}
    return list(connection.execute(_FETCH, {**values, "by_priority": by_priority}).scalars())


def topic_names(connection: Connection, wanted: Wanted, page: Page) -> list[str]:
    """Topics some work waits under, in order."""
    filtered, values = WORK.filtered(wanted)
    sql = f"select distinct s.name from {filtered} order by 1 limit :limit_ offset :first_"  # noqa: S608  (constants)
    values.update(limit_=page.limit, first_=page.first)
    return list(connection.execute(text(sql), values).scalars())


def read(connection: Connection, work: str) -> Row[Any] | None:
    """Who has a piece of work."""
    return connection.execute(_READ, {"id": work}).first()


def extend(connection: Connection, work: str, worker: str, ms: int) -> bool:
    return connection.execute(_EXTEND, {"id": work, "worker": worker, "ms": ms}).rowcount == 1


def unlock(connection: Connection, work: str) -> bool:
    return connection.execute(_UNLOCK, {"id": work}).rowcount == 1


def failed(connection: Connection, work: str, worker: str, values: Mapping[str, Any]) -> bool:
    """Write down a failure; the lease runs on for ``ms``, or ends."""
    return connection.execute(_FAILED, {"id": work, "worker": worker, **values}).rowcount == 1


def set_retries(connection: Connection, work: str, retries: int) -> bool:
    return connection.execute(_RETRIES, {"id": work, "retries": retries}).rowcount == 1


def set_priority(connection: Connection, work: str, priority: int) -> bool:
    return connection.execute(_PRIORITY, {"id": work, "priority": priority}).rowcount == 1
