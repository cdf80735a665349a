"""Incidents (异常件): a case that could not go on, recorded beside an instance left as it was."""

from __future__ import annotations

import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection

from service.casework.actors import Actor
from service.engine import EngineError, UncaughtError
from service.engine.failures import EvaluationError
from service.errors import NotFound, XuejiError
from service.policy import identity
from service.store import incidents as rows
from service.store import start_events
from service.store.db import transaction
from service.store.failures import Meaning, meaning
from service.store.notes import note
from service.store.rows import NewEntry


def open_incident(
    instance_id: str, kind: str, error: Exception, act: Mapping[str, Any], element: str = ""
) -> str:
    """Record what failed; a failing timer keeps its instance out of the sweep until it is retried.

    ``element`` is where it happened when the error does not say.
    """
    known = isinstance(error, XuejiError)
    element = (error.problem.where if isinstance(error, XuejiError) else "") or element
    message = str(error) if known else f"系统内部错误（{type(error).__name__}），办件保持原状"
    trace = "".join(traceback.format_exception(error, limit=-12))
    with transaction(aside=True) as connection:
        return rows.insert(
            connection,
            {"instance": instance_id, "kind": kind, "element": element, **_without_numbers(message, trace)},
            act,
        )


def record(connection: Connection, row: Mapping[str, str], act: Mapping[str, Any]) -> str:
    """Write an incident as part of the caller's transaction."""
    return rows.insert(connection, {**row, **_without_numbers(row["message"], row["trace"])}, act)


def _without_numbers(message: str, trace: str) -> dict[str, str]:
    return {"message": identity.redacted(message), "trace": identity.redacted(trace)}


def close_of_work(work: str) -> None:
    """The incidents of a piece of external work are over: it has tries again."""
    with transaction() as connection:
        rows.close_of_work(connection, work)


@contextmanager
def guarded(instance_id: str, act: Mapping[str, Any]) -> Iterator[None]:
    """Record an incident when an act fails for a reason its caller cannot mend, and let the error pass on.

    A person's own mistake (a wrong form, a task already done) is none; nor is a lock that is held or a database away.
    """
    try:
        yield
    except (EngineError, EvaluationError, UncaughtError) as error:
        open_incident(instance_id, "act", error, act)
        raise
    except XuejiError:
        raise
    except Exception as error:
        if meaning(error) is not Meaning.BUSY:
            open_incident(instance_id, "act", error, act)
        raise


def retry(actor: Actor, incident_id: str) -> None:
    """Close an incident and let the sweep (or the outbox) try again."""
    actor.require("admin", "operator")
    with transaction() as connection:
        if not rows.resolve(connection, incident_id):
            raise NotFound("没有这个未处理的异常件", cure="请刷新异常列表")
        instance = rows.instance_of(connection, incident_id)
        entry = NewEntry(actor=actor.id, verb="retry_incident", detail={"incident": incident_id})
        note(connection, entry, instance=instance)
        start_events.again(connection, incident_id)
