"""Incidents (异常件): a case that could not go on, recorded beside an instance left as it was."""

from __future__ import annotations

import traceback
from collections.abc import Mapping
from typing import Any

from service.casework.actors import Actor
from service.errors import NotFound, XuejiError
from service.store import incidents as rows
from service.store.db import transaction


def open_incident(instance_id: str, kind: str, error: Exception, act: Mapping[str, Any]) -> str:
    """Record what failed; a failing timer keeps its instance out of the sweep until it is retried."""
    known = isinstance(error, XuejiError)
    element = error.problem.where if isinstance(error, XuejiError) else ""
    message = str(error) if known else f"系统内部错误（{type(error).__name__}），办件保持原状"
    trace = "".join(traceback.format_exception(error, limit=-12))
    with transaction() as connection:
        return rows.insert(
            connection,
            {"instance": instance_id, "kind": kind, "element": element, "message": message, "trace": trace},
            act,
        )


def retry(actor: Actor, incident_id: str) -> None:
    """Close an incident and let the sweep (or the outbox) try again."""
    actor.require("admin", "operator")
    with transaction() as connection:
        if not rows.resolve(connection, incident_id):
            raise NotFound("没有这个未处理的异常件", cure="请刷新异常列表")
