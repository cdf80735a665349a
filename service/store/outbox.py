"""The outbox, and who listens."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from sqlalchemy import Connection, Row, text

ATTEMPTS = 12

_WAITING = text(
    """select s.instance, s.element, s.sent_by from subscription s join instance i on i.id = s.instance
       where s.kind = 'message' and s.name = :name and i.status = 'active'
         and (:case_number = '' or i.case_number = :case_number) and (:instance = '' or i.id = :instance)
       limit 10"""
)
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
_TENANT = text("select d.tenant from instance i join definition d on d.id = i.definition where i.id = :id")
_DONE = text("update outbox set done_at = clock_timestamp() where id = :id")
_FAILED = text(
    """update outbox set attempts = attempts + 1, last_error = :error,
           not_before = case when attempts + 1 >= :limit then 'infinity'::timestamptz
                        else clock_timestamp() + make_interval(secs => power(2, attempts + 1)) end
       where id = :id returning attempts"""
)


def waiting_for(
    connection: Connection, name: str, *, case_number: str = "", instance: str = ""
) -> Sequence[Row[Any]]:
    """Instances that wait for a message."""
    return connection.execute(
        _WAITING, {"name": name, "case_number": case_number, "instance": instance}
    ).all()


def listeners(connection: Connection, name: str, case_number: str) -> Sequence[Row[Any]]:
    return waiting_for(connection, name, case_number=case_number)


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


def tenant_of(connection: Connection, instance: str) -> str | None:
    """The tenant an instance belongs to."""
    return connection.execute(_TENANT, {"id": instance}).scalar()


def done(connection: Connection, row_id: str) -> None:
    connection.execute(_DONE, {"id": row_id})


def failed(connection: Connection, row_id: str, error: str) -> bool:
    """Put it off, twice as long each time; True when it is given up."""
    attempts = connection.execute(
        _FAILED, {"id": row_id, "error": error[:500], "limit": ATTEMPTS}
    ).scalar_one()
    return int(attempts) >= ATTEMPTS
