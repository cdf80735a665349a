"""Messages: by hand, from the other side of a case, and out of the outbox."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from service.casework import incidents, steering
from service.casework.actors import SYSTEM, Actor
from service.casework.advance import Advanced, advance
from service.casework.context import Office
from service.casework.surroundings import Surroundings
from service.engine import Instance
from service.errors import Conflict
from service.ids import new_id
from service.registry import counter
from service.store import outbox as rows
from service.store import steering as steering_rows
from service.store.db import transaction
from service.store.rows import NewEntry

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Message:
    """A message by name, for the instance of a case number (or one named instance)."""

    name: str
    case_number: str = ""
    instance: str = ""
    variables: Mapping[str, Any] = field(default_factory=dict)


def correlate(office: Office, actor: Actor, message: Message) -> Advanced:
    """Deliver a message by hand to the one instance that waits for it.

    Raises Conflict when none or several wait, Forbidden when the diagram lets somebody else send it.
    """
    with transaction() as connection:
        waiting = rows.waiting_for(
            connection, message.name, case_number=message.case_number, instance=message.instance
        )
    if len(waiting) != 1:
        found = "没有办件在等待" if not waiting else f"有 {len(waiting)} 个办件在等待"
        raise Conflict(f"{found}消息“{message.name}”", cure="请给出正在办理的受理编号（businessKey）")
    with incidents.guarded(waiting[0].instance, {"verb": "message", "name": message.name, "by": actor.id}):
        return _correlate(office, actor, message, waiting[0])


def _correlate(office: Office, actor: Actor, message: Message, waiting: Any) -> Advanced:
    with office.locked(waiting.instance) as (connection, locked, world):
        _check_sender(actor, waiting.sent_by, world)
        entry = NewEntry(
            actor=actor.id, verb="message", element=waiting.element, detail={"message": message.name}
        )
        act = partial(_deliver, name=message.name, variables=message.variables)
        return advance(connection, locked, world, act, entry)


def _deliver(instance: Instance, name: str, variables: Mapping[str, Any]) -> None:
    if not instance.correlate(name, variables):
        raise Conflict(f"没有办件在等待消息“{name}”", cure="请刷新后查看办件状态")


def _check_sender(actor: Actor, sent_by: str, world: Surroundings) -> None:
    """Without ``sent_by`` a message comes from another process; by hand only who keeps the system running may."""
    if actor is SYSTEM or actor.powers & {"admin", "operator"}:
        return
    counter.check_sender(actor.roles, sent_by, world.unit_of)


def deliver_outbox(office: Office, limit: int = 100) -> int:
    """Bring about queued effects after their commit, each in a transaction of its own; the number done."""
    count = 0
    while count < limit and _deliver_one(office):
        count += 1
    return count


def _deliver_one(office: Office) -> bool:
    row = None
    try:
        with transaction() as connection:
            row = rows.take(connection)
            if row is None:
                return False
            _bring_about(office, connection, row)
            rows.done(connection, row.id)
    except Exception as error:  # kept for another try, with growing distance
        if row is None:
            raise
        log.warning("outbox row %s failed: %s", row.id, error)
        with transaction() as connection:
            given_up = rows.failed(connection, row.id, str(error))
        if given_up and row.instance:
            incidents.open_incident(row.instance, "outbox", error, {"outbox": row.id})
    return True


def _bring_about(office: Office, connection: Any, row: Any) -> None:
    """A message goes to whoever waits for it under the case number, a signal to all of the tenant who listen;
    word to guardians stays in the outbox.
    """
    payload = row.payload.get("variables", {})
    if row.kind == "signal":
        heard = steering_rows.listening(connection, row.name, rows.tenant_of(connection, row.instance))
        rows.address(connection, row.name, [(new_id(), one) for one in heard if one != row.instance], payload)
    if row.kind == "signal_to":
        steering.hear(office, connection, row.instance, row.name, payload)
    if row.kind != "message":
        return
    for waiting in rows.listeners(connection, row.name, row.case_number):
        if waiting.instance == row.instance:
            continue
        locked, world = office.open(connection, waiting.instance)
        entry = NewEntry(
            actor=SYSTEM.id, verb="message", element=waiting.element, detail={"message": row.name}
        )
        act = partial(_deliver, name=row.name, variables=payload)
        advance(connection, locked, world, act, entry)
        return
    raise Conflict(f"还没有办件在等待消息“{row.name}”", cure="消息会稍后再试")
