"""Firing what is due. Locks instance rows, never timer rows; one instance, one transaction."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from service.casework import incidents, self_starts
from service.casework.actors import SYSTEM_ID
from service.casework.advance import advance
from service.casework.context import Office
from service.store import sweep
from service.store.db import transaction
from service.store.rows import NewEntry

BATCH = 500


def fire_due(office: Office, limit: int = BATCH) -> int:
    """Fire the due timers of up to ``limit`` instances, new ones' start events first; how many came.

    An instance that fails gets an incident and is left out until somebody retries it; it cannot stop the others.
    """
    count = self_starts.fire_due(office, limit)
    while count < limit and _fire_one(office):
        count += 1
    return count


def _fire_one(office: Office) -> bool:
    taken = ""
    try:
        with transaction() as connection:
            taken = sweep.take_due(connection) or ""
            if not taken:
                return False
            _fire(office, connection, taken)
    except OperationalError:
        raise  # a lock held too long, or a database that is away: the next sweep tries again
    except Exception as error:  # an incident, whatever it was; the transaction is rolled back
        if not taken:
            raise
        incidents.open_incident(taken, "timer", error, {"verb": "fire_due"})
    return True


def _fire(office: Office, connection: Connection, instance_id: str) -> None:
    locked, world = office.open(connection, instance_id)
    entry = NewEntry(actor=SYSTEM_ID, verb="timer")
    advance(connection, locked, world, lambda instance: instance.fire_due(), entry)


def next_due() -> datetime | None:
    """The earliest instant at which any active instance has something to do, or a new one is to start."""
    with transaction() as connection:
        return sweep.next_due(connection)
