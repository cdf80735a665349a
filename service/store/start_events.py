"""Start events that wait for a clock or a signal: one row each of the newest version of a procedure and tenant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import orjson
from sqlalchemy import Connection, text

from service.ids import new_id
from service.store.sweep import OFFSET


@dataclass(frozen=True, kw_only=True)
class StartRow:
    """A start event in force; ``wants`` is the timer's text or the signal's name."""

    definition: str
    element: str
    name: str
    kind: str
    wants: str
    due: datetime | None = None
    data: Mapping[str, Any] = field(default_factory=dict)


_COLUMNS = "s.definition, s.element, s.name, s.kind, s.wants, s.due, s.data"
_TAKE = text(
    f"""select {_COLUMNS} from start_event s join definition d on d.id = s.definition
        where s.due <= statement_timestamp() + {OFFSET} and not d.paused
        order by s.due limit 1 for update of s skip locked"""  # noqa: S608  (constants)
)
_DISARM = text(
    """delete from start_event s using definition d where d.id = s.definition and d.key = :key
       and d.tenant is not distinct from :tenant and d.in_force_from is not distinct from cast(:since as date)
       returning s.definition, s.element, s.name, s.kind, s.wants, s.due, s.data"""
)
_ARM = text(
    """insert into start_event (definition, element, name, kind, wants, due, data)
       values (:definition, :element, :name, :kind, :wants, :due, cast(:data as jsonb))"""
)
_MOVE = text(
    """update start_event set due = :due, data = cast(:data as jsonb)
       where definition = :definition and element = :element"""
)
_DROP = text("delete from start_event where definition = :definition and element = :element")
_TENANT = text(
    """select d.tenant from instance i join definition d on d.id = i.definition where i.id = :instance"""
)
_ADDRESS = text(
    f"""insert into outbox (id, kind, name, payload, created_at)
       select :id || s.definition || s.element, 'start', s.wants,
              cast(:payload as jsonb) || jsonb_build_object('definition', s.definition, 'element', s.element),
              clock_timestamp()
       from start_event s join definition d on d.id = s.definition
       where s.kind = 'signal' and s.wants = :name and d.tenant is not distinct from cast(:tenant as text)
         and not d.paused and d.id = (
             select c.id from definition c where c.key = d.key and c.tenant is not distinct from d.tenant
               and (c.in_force_from is null
                    or c.in_force_from <= cast((clock_timestamp() + {OFFSET}) at time zone 'Asia/Shanghai' as date))
             order by c.in_force_from desc nulls last, c.version desc limit 1)"""  # noqa: S608  (constants)
)
_BEGUN_BY = text(
    """select distinct d.key from start_event s join definition d on d.id = s.definition
       where s.kind = 'message' and s.wants = :name order by d.key limit 10"""
)
_ONE = text(
    f"select {_COLUMNS} from start_event s where s.definition = :definition and s.element = :element"  # noqa: S608
)
_STUCK = text(
    """insert into incident (id, kind, element, message, trace, act, at)
       values (:id, 'start', :element, :message, :trace, cast(:act as jsonb), clock_timestamp())"""
)
_AGAIN = text(
    """update start_event s set due = clock_timestamp() - interval '100 years' from incident x
       where x.id = :incident and x.kind = 'start' and s.kind = 'timer'
         and s.definition = x.act->>'definition' and s.element = x.act->>'element'"""
)


def take_due(connection: Connection) -> StartRow | None:
    """Lock the timer that has been due longest and that nobody else holds; one of a paused definition waits."""
    return _row(connection.execute(_TAKE).mappings().first())


def find(connection: Connection, definition: str, element: str) -> StartRow | None:
    """The start event, if it is still in force."""
    values = {"definition": definition, "element": element}
    return _row(connection.execute(_ONE, values).mappings().first())


def disarm(
    connection: Connection, key: str, tenant: str | None, since: date | None
) -> Mapping[str, StartRow]:
    """Take away what earlier versions for the same day of coming into force wait for; by element, to carry on."""
    values = {"key": key, "tenant": tenant, "since": since}
    return {row["element"]: StartRow(**row) for row in connection.execute(_DISARM, values).mappings()}


def arm(connection: Connection, row: StartRow) -> None:
    """Wait for a clock or a signal from now on."""
    values = {name: getattr(row, name) for name in StartRow.__dataclass_fields__}
    connection.execute(_ARM, {**values, "data": orjson.dumps(dict(row.data)).decode()})


def move(connection: Connection, row: StartRow, due: datetime | None, data: Mapping[str, Any]) -> None:
    """The next due instant of a cycle; none puts it aside."""
    values = {"definition": row.definition, "element": row.element, "due": due}
    connection.execute(_MOVE, {**values, "data": orjson.dumps(dict(data)).decode()})


def drop(connection: Connection, row: StartRow) -> None:
    """It has come for the last time, or its version is no longer in force."""
    connection.execute(_DROP, {"definition": row.definition, "element": row.element})


def begun_by(connection: Connection, message: str) -> list[str]:
    """The procedures a person may start with a message."""
    return list(connection.execute(_BEGUN_BY, {"name": message}).scalars())


def tenant_of(connection: Connection, instance: str) -> str | None:
    """The tenant whose definition an instance runs on."""
    tenant: str | None = connection.execute(_TENANT, {"instance": instance}).scalar()
    return tenant


def address(connection: Connection, name: str, tenant: str | None, values: Mapping[str, Any]) -> int:
    """An outbox row for each start event of a tenant that hears a signal; their number."""
    payload = orjson.dumps({"variables": dict(values)}).decode()
    given = {"id": f"{new_id()}:", "name": name, "tenant": tenant, "payload": payload}
    return int(connection.execute(_ADDRESS, given).rowcount)


def stuck(connection: Connection, row: StartRow, message: str, trace: str) -> None:
    """Record that a start failed; its timer stands still until the incident is retried."""
    act = orjson.dumps({"verb": "start", "definition": row.definition, "element": row.element}).decode()
    values = {"id": new_id(), "element": row.element, "message": message, "trace": trace, "act": act}
    connection.execute(_STUCK, values)
    if row.kind == "timer":
        move(connection, row, None, row.data)


def again(connection: Connection, incident: str) -> None:
    """The timer of an incident is due at once."""
    connection.execute(_AGAIN, {"incident": incident})


def _row(found: Any) -> StartRow | None:
    return StartRow(**found) if found is not None else None
