"""Incident rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
from sqlalchemy import Connection, text

from service.ids import new_id
from service.store.sweep import ATTEMPTS

_INSERT = text(
    """insert into incident (id, instance, case_number, kind, element, message, trace, act, at)
       select :id, i.id, i.case_number, :kind, :element, :message, :trace, cast(:act as jsonb), clock_timestamp()
       from instance i where i.id = :instance"""
)
_PUT_ASIDE = text(
    """update instance set next_due = null, retry_at = null, failures = greatest(failures, :attempts),
              failure = left(:message, 500) where id = :instance"""
)
_INSTANCE = text("select instance from incident where id = :id")
_RESOLVE = text(
    """with closed as (
           update incident set resolved_at = clock_timestamp() where id = :id and resolved_at is null
           returning instance, kind
       )
       update instance set next_due = clock_timestamp() - interval '100 years', failures = 0, retry_at = null,
              failure = ''
       from closed
       where instance.id = closed.instance and closed.kind = 'timer' and instance.status = 'active'
       returning instance.id"""
)
_WORK_AGAIN = text(
    """update subscription set retries = 1 from incident
       where incident.id = :id and incident.kind = 'external' and subscription.id = incident.act->>'work'"""
)
_POST_AGAIN = text(
    """update outbox set attempts = 0, not_before = clock_timestamp() from incident
       where incident.id = :id and incident.kind = 'outbox' and outbox.id = incident.act->>'outbox'
         and outbox.done_at is null"""
)
_CLOSE_OF_WORK = text(
    """update incident set resolved_at = clock_timestamp()
       where kind = 'external' and resolved_at is null and act->>'work' = :work"""
)
_OPEN = text("select id from incident where id = :id and resolved_at is null for update")


def insert(connection: Connection, row: Mapping[str, str], act: Mapping[str, Any]) -> str:
    """Write an incident; one of a timer takes the instance out of the sweep."""
    identifier = new_id()
    connection.execute(_INSERT, {**row, "id": identifier, "act": orjson.dumps(dict(act)).decode()})
    if row["kind"] == "timer":
        aside = {"instance": row["instance"], "message": row["message"], "attempts": ATTEMPTS}
        connection.execute(_PUT_ASIDE, aside)
    return identifier


def instance_of(connection: Connection, incident_id: str) -> str | None:
    """The instance an incident lies beside; None for one of no instance."""
    found: str | None = connection.execute(_INSTANCE, {"id": incident_id}).scalar()
    return found


def resolve(connection: Connection, incident_id: str) -> bool:
    """Close an incident; the instance of a timer is due again at once, external work may be tried once more."""
    if connection.execute(_OPEN, {"id": incident_id}).first() is None:
        return False
    connection.execute(_WORK_AGAIN, {"id": incident_id})
    connection.execute(_POST_AGAIN, {"id": incident_id})
    connection.execute(_RESOLVE, {"id": incident_id})
    return True


def close_of_work(connection: Connection, work: str) -> None:
    """Close what is open about a piece of external work."""
    connection.execute(_CLOSE_OF_WORK, {"work": work})
