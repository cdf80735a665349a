"""Timers, listeners and holds, as operators look at them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, text

from service.store.listing import Listing
from service.store.progress import write_journal
from service.store.rows import CaseRow, NewEntry
from service.store.sweep import ATTEMPTS

TIMERS = Listing(
    columns=f"""t.id, t.instance, t.element, t.name, t.due, i.definition, i.status, i.case_number, d.key, d.tenant,
        greatest({ATTEMPTS} - i.failures, 0) as retries, nullif(i.failure, '') as failure""",
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
        "failed": "i.failures > 0",
        "retries_left": f"i.failures < {ATTEMPTS}",
        "no_retries_left": f"i.failures >= {ATTEMPTS}",
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
        "message_like": "x.message like :message_like",
        "keys": "d.key = any(:keys)",
        "resolved_before": "x.resolved_at < :resolved_before",
        "resolved_after": "x.resolved_at > :resolved_after",
        "tenants": "d.tenant = any(:tenants)",
        "before": "x.at < :before",
        "after": "x.at > :after",
    },
    orders={
        "id": "x.id",
        "at": "x.at",
        "resolved": "x.resolved_at",
        "kind": "x.kind",
        "instance": "x.instance",
        "definition": "i.definition",
    },
    key="x.id",
    default="x.at",
)

_TIMER_INCIDENTS = text(
    """select x.id from incident x join timer t on t.instance = x.instance
       where t.id = :timer and x.kind = 'timer' and x.resolved_at is null"""
)
_RETRIES = text(
    """update instance i set failures = greatest(:most - :retries, 0), retry_at = null
       from timer t where t.id = :timer and i.id = t.instance"""
)
_STATUS = text("update instance set status = :status, revision = revision + 1 where id = :id")
_TIMER = text("select 1 from timer where id = :id")
_PAUSE = text("update definition set paused = :paused where id = any(:ids)")
_HOLD_ALL = text(
    """with held as (
           update instance i set status = :status, revision = revision + 1 from case_ c
           where i.definition = any(:ids) and i.status = :was and c.number = i.case_number
           returning i.id, i.case_number, c.student
       )
       insert into journal (at, case_number, instance, student, actor, verb, element, detail, clauses)
       select :now, held.case_number, held.id, held.student, :actor, :verb, '', '{}', '{}' from held"""
)
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


def timer_incidents(connection: Connection, timer: str) -> list[str]:
    """Open incidents of the timers of a timer's instance."""
    return list(connection.execute(_TIMER_INCIDENTS, {"timer": timer}).scalars())


def set_retries(connection: Connection, timer: str, retries: int) -> bool:
    """How often the timers of an instance are tried before an incident, from now on; False when there is no timer."""
    return connection.execute(_RETRIES, {"timer": timer, "retries": retries, "most": ATTEMPTS}).rowcount == 1


def timer_exists(connection: Connection, timer: str) -> bool:
    return connection.execute(_TIMER, {"id": timer}).first() is not None


def pause_definitions(connection: Connection, ids: Sequence[str], paused: bool) -> bool:
    """False when there is none. Every process reads definitions anew."""
    connection.execute(_BUMP)
    return connection.execute(_PAUSE, {"ids": list(ids), "paused": paused}).rowcount > 0


def hold_all(connection: Connection, definitions: Sequence[str], entry: NewEntry, now: datetime) -> None:
    """Hold every running instance of these definitions, or let all go on; an entry in the journal for each."""
    was, status = ("active", "paused") if entry.verb == "pause" else ("paused", "active")
    values = {"ids": list(definitions), "was": was, "status": status, "now": now}
    connection.execute(_HOLD_ALL, {**values, "actor": entry.actor, "verb": entry.verb})


def listening(connection: Connection, name: str, tenant: str | None) -> list[str]:
    """Instances of a tenant that wait for a signal."""
    return list(connection.execute(_LISTENING, {"name": name, "tenant": tenant}).scalars())


def note(connection: Connection, case: CaseRow, instance: str, entry: NewEntry) -> None:
    write_journal(connection, entry, case=case, instance=instance)
