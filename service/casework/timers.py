"""Firing what is due. Locks instance rows, never timer rows; one instance, one transaction."""

from __future__ import annotations

import logging
from datetime import datetime

from sqlalchemy import Connection

from service.casework import incidents, self_starts
from service.casework.actors import SYSTEM_ID
from service.casework.advance import record
from service.casework.context import Office
from service.engine import EngineError, Instance, UncaughtError
from service.engine.failures import EvaluationError
from service.errors import XuejiError
from service.policy import identity
from service.store import sweep
from service.store.db import transaction
from service.store.failures import Meaning, meaning
from service.store.rows import NewEntry

log = logging.getLogger(__name__)

BATCH = 500


def fire_due(office: Office, limit: int = BATCH) -> int:
    """Fire the due timers of up to ``limit`` instances, new ones' start events first; how many came.

    An instance that fails is tried again after a while, then it gets an incident and is left out until somebody
    retries it. It cannot stop the others.
    """
    count = self_starts.fire_due(office, limit)
    while count < limit and _fire_one(office):
        count += 1
    return count


def _fire_one(office: Office) -> bool:
    taken = ""
    try:
        with transaction() as connection:
            found = sweep.take_due(connection)
            if found is None:
                return False
            taken, failed = found
            _fire(office, connection, taken)
            if failed:
                sweep.well(connection, taken)
    except Exception as error:  # whatever it was; the transaction is rolled back
        if not taken:
            raise
        if meaning(error) is Meaning.BUSY:
            log.warning("instance %s is put off: %s", taken, error)
            with transaction(aside=True) as connection:  # where the database is away this fails, too
                sweep.put_off(connection, taken)
        else:
            _failed(taken, error)
    return True


def _failed(instance: str, error: Exception) -> None:
    """Try again later; an incident when it has failed often enough, or when time will not mend it.

    What the diagram itself cannot take is the same the next time.
    """
    message = str(error) if isinstance(error, XuejiError) else type(error).__name__
    log.warning("timers of instance %s failed: %s", instance, message)
    with transaction(aside=True) as connection:
        failures = sweep.failed(connection, instance, identity.redacted(message))
        element = sweep.earliest(connection, instance)
    if failures >= sweep.ATTEMPTS or isinstance(error, EngineError | EvaluationError | UncaughtError):
        act = {"verb": "fire_due", "failures": failures}
        incidents.open_incident(instance, "timer", error, act, element)


def _fire(office: Office, connection: Connection, instance_id: str) -> None:
    locked, world = office.open(connection, instance_id)
    instance = Instance.load(locked.state, world)
    entry = NewEntry(actor=SYSTEM_ID, verb="go_on" if instance.goes_on else "timer")
    record(connection, locked, world, instance.fire_due(), entry)


def next_due() -> datetime | None:
    """The earliest instant at which any active instance has something to do, or a new one is to start."""
    with transaction() as connection:
        return sweep.next_due(connection)
