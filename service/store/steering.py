"""Timers, listeners and holds, as operators look at them."""

from __future__ import annotations

from sqlalchemy import Connection, text

from service.store.listing import Listing
from service.store.progress import write_journal
from service.store.rows import CaseRow, NewEntry

TIMERS = Listing(
    columns="""t.id, t.instance, t.element, t.name, t.due, i.definition, i.status, i.case_number, d.key, d.tenant""",
    source="timer t join instance i on i.id = t.instance join definition d on d.id = i.definition",
    conditions={
        "id": "t.id = :id",
        "instance": "t.instance = :instance",
        "definition": "i.definition = :definition",
        "key": "d.key = :key",
        "element": "t.element = :element",
        "due_before": "t.due < :due_before",
        "due_after": "t.due > :due_after",
        "tenants": "d.tenant = any(:tenants)",
        "no_tenant": "d.tenant is null",
        "active": "i.status = 'active'",
        "paused": "i.status = 'paused'",
    },
    orders={
        "id": "t.id",
        "due": "t.due",
        "instance": "t.instance",
        "definition": "i.definition",
        "key": "d.key",
    },
    key="t.id",
    default="t.due",
)

INCIDENTS = Listing(
    columns="""x.id, x.instance, x.case_number, x.kind, x.element, x.message, x.at, x.resolved_at, i.definition,
        d.key, d.tenant""",
    source="""incident x left join instance i on i.id = x.instance left join definition d on d.id = i.definition""",
    conditions={
        "id": "x.id = :id",
        "open": "x.resolved_at is null",
        "resolved": "x.resolved_at is not null",
        "kind": "x.kind = :kind",
        "instance": "x.instance = :instance",
        "definition": "i.definition = :definition",
        "key": "d.key = :key",
        "element": "x.element = :element",
        "message": "x.message = :message",
        "tenants": "d.tenant = any(:tenants)",
        "before": "x.at < :before",
        "after": "x.at > :after",
    },
    orders={
        "id": "x.id",
        "at": "x.at",
        "kind": "x.kind",
        "instance": "x.instance",
        "definition": "i.definition",
    },
    key="x.id",
    default="x.at",
)

_STATUS = text("update instance set status = :status, revision = revision + 1 where id = :id")
_TIMER = text("select 1 from timer where id = :id")
_PAUSE = text("update definition set paused = :paused where id = :id")
_BUMP = text(
    """insert into setting (key, value) values ('release', '1'::jsonb)
       on conflict (key) do update set value = to_jsonb((setting.value #>> '{}')::bigint + 1)"""
)
_LISTENING = text(
    """select distinct s.instance from subscription s join instance i on i.id = s.instance
       join definition d on d.id = i.definition
       where s.kind = 'signal' and s.name = :name and i.status = 'active'
         and d.tenant is not distinct from cast(:tenant as text) order by s.instance"""
)


def set_status(connection: Connection, instance: str, status: str) -> None:
    connection.execute(_STATUS, {"id": instance, "status": status})


def timer_exists(connection: Connection, timer: str) -> bool:
    return connection.execute(_TIMER, {"id": timer}).first() is not None


def pause_definition(connection: Connection, definition: str, paused: bool) -> bool:
    """False when there is none. Every process reads definitions anew."""
    connection.execute(_BUMP)
    return connection.execute(_PAUSE, {"id": definition, "paused": paused}).rowcount == 1


def listening(connection: Connection, name: str, tenant: str | None) -> list[str]:
    """Instances of a tenant that wait for a signal."""
    return list(connection.execute(_LISTENING, {"name": name, "tenant": tenant}).scalars())


def note(connection: Connection, case: CaseRow, instance: str, entry: NewEntry) -> None:
    write_journal(connection, entry, case=case, instance=instance)
