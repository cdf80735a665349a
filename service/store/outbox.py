"""The outbox, and who listens."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from sqlalchemy import Connection, Row, text

ATTEMPTS = 12

_WAITING = """select s.instance, s.element, s.sent_by from subscription s join instance i on i.id = s.instance
    where s.kind = 'message' and i.status = 'active' and {} limit 10"""
# Every open case waits for some names: of a case or an instance it is looked for by that, not by the name.
_NARROW = {
    "case": "s.instance = any(array(select id from instance where case_number = :key)) and s.name || '' = :name",
    "instance": "s.instance = :key and s.name || '' = :name",
    "name": "s.name = :name",
}
_TENANT = (
    "exists (select from definition d where d.id = i.definition and coalesce(d.tenant, '') = any(:tenants))"
)
_SEEN = """(exists (select from case_party p where p.case_number = i.case_number and p.unit = any(:units))
    or exists (select from user_task t where t.instance = i.id and t.unit = any(:units)))"""
_TAKE = text(
    """select id, kind, case_number, instance, name, payload from outbox
       where done_at is null and not_before <= clock_timestamp() order by not_before limit 1
       for update skip locked"""
)
_ADDRESS = text(
    """insert into outbox (id, kind, case_number, instance, name, payload, created_at)
       select :id, 'signal_to', i.case_number, i.id, :name, cast(:payload as jsonb), clock_timestamp()
       from instance i where i.id = :instance"""
)
_LOCK_CASE = text("select from case_ where number = :case_number for update")
_RUNS = text(
    """select from instance i join definition d on d.id = i.definition
       where i.case_number = :case_number and d.key = :key and i.status = 'active' limit 1"""
)
_DONE = text("update outbox set done_at = clock_timestamp() where id = :id")
_FAILED = text(
    """update outbox set attempts = attempts + 1, last_error = :error,
           not_before = case when attempts + 1 >= :limit then 'infinity'::timestamptz
                        else clock_timestamp() + make_interval(secs => power(2, attempts + 1)) end
       where id = :id returning attempts"""
)


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """Of those who wait for a message which are meant; what is empty or None narrows nothing.

    ``tenants`` holds regions, None for those without one; ``keys`` what their variables must be; ``units`` are those
    one of which must have a part in the case, or a task.
    """

    case_number: str = ""
    instance: str = ""
    tenants: Sequence[str | None] = ()
    keys: Mapping[str, Any] = field(default_factory=dict)
    units: Sequence[str] | None = None


def waiting_for(connection: Connection, name: str, narrow: Waiting) -> Sequence[Row[Any]]:
    """Up to ten instances that wait for a message."""
    way = "instance" if narrow.instance else "case" if narrow.case_number else "name"
    conditions = [
        _NARROW[way],
        *(["i.case_number = :number"] if narrow.case_number else ()),
        *([_TENANT] if narrow.tenants else ()),
        *(["i.variables @> cast(:keys as jsonb)"] if narrow.keys else ()),
        *([_SEEN] if narrow.units is not None else ()),
    ]
    values = {
        "name": name,
        "key": narrow.instance or narrow.case_number,
        "number": narrow.case_number,
        "tenants": [one or "" for one in narrow.tenants],
        "keys": orjson.dumps(dict(narrow.keys)).decode(),
        "units": list(narrow.units or ()),
    }
    return connection.execute(text(_WAITING.format(" and ".join(conditions))), values).all()


def listeners(connection: Connection, name: str, case_number: str) -> Sequence[Row[Any]]:
    return waiting_for(connection, name, Waiting(case_number=case_number))


def runs(connection: Connection, case_number: str, key: str) -> bool:
    """Whether a side of the case runs this process now. Locks the case, so that two workers answer in turn."""
    connection.execute(_LOCK_CASE, {"case_number": case_number})
    return connection.execute(_RUNS, {"case_number": case_number, "key": key}).first() is not None


def address(
    connection: Connection, name: str, to: Sequence[tuple[str, str]], values: Mapping[str, Any]
) -> None:
    """A row for each instance that is to hear a signal: ``to`` holds (new id, instance)."""
    payload = orjson.dumps({"variables": dict(values)}).decode()
    for identifier, instance in to:
        connection.execute(
            _ADDRESS, {"id": identifier, "instance": instance, "name": name, "payload": payload}
        )


def take(connection: Connection) -> Row[Any] | None:
    """Lock the oldest effect that may be tried now."""
    return connection.execute(_TAKE).first()


def done(connection: Connection, row_id: str) -> None:
    connection.execute(_DONE, {"id": row_id})


def failed(connection: Connection, row_id: str, error: str) -> bool:
    """Put it off, twice as long each time; True when it is given up."""
    attempts = connection.execute(
        _FAILED, {"id": row_id, "error": error[:500], "limit": ATTEMPTS}
    ).scalar_one()
    return int(attempts) >= ATTEMPTS


def signal_listeners(connection: Connection, name: str, thrower: str | None) -> Sequence[str]:
    """Instances of the thrower's region that wait for a signal, in the order they are to be locked."""
    sql = text(
        """select distinct i.id from subscription s join instance i on i.id = s.instance
             join definition d on d.id = i.definition
           where s.kind = 'signal' and s.name = :name and i.status = 'active' and i.id <> :thrower
             and d.tenant is not distinct from (
                 select own.tenant from instance t join definition own on own.id = t.definition where t.id = :thrower)
           order by i.id"""
    )
    return connection.execute(sql, {"name": name, "thrower": thrower}).scalars().all()


def keep_early(connection: Connection, row_id: str, case_number: str, name: str, payload: Any) -> None:
    """Let a message nobody waits for yet wait under its case number."""
    sql = text(
        """insert into inbox (id, case_number, name, payload, received_at)
           values (:id, :case_number, :name, cast(:payload as jsonb), clock_timestamp()) on conflict (id) do nothing"""
    )
    values = {
        "id": row_id,
        "case_number": case_number,
        "name": name,
        "payload": orjson.dumps(payload).decode(),
    }
    connection.execute(sql, values)


def release_early(connection: Connection, case_number: str, names: Sequence[str]) -> None:
    """Somebody waits for these messages now: the early ones go out again."""
    sql = text(
        """with taken as (
               update inbox set delivered_at = clock_timestamp()
               where case_number = :number and delivered_at is null and name = any(:names) returning id, name, payload
           )
           insert into outbox (id, kind, case_number, name, payload, created_at)
           select id || '+', 'message', :number, name, payload, clock_timestamp() from taken"""
    )
    connection.execute(sql, {"number": case_number, "names": list(names)})
