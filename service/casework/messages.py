"""Messages: by hand, from the other side of a case, and out of the outbox."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from sqlalchemy import Connection

from service.casework import incidents, self_starts, steering
from service.casework.actors import GUARDIAN, SYSTEM, Actor
from service.casework.advance import Advanced, advance
from service.casework.cases import STUDENT, UNIT, Side, Start, definition_for, open_side, start
from service.casework.context import Office
from service.casework.surroundings import Surroundings
from service.engine import Instance
from service.errors import BadRequest, Conflict, Forbidden, NotFound
from service.ids import new_id
from service.registry import counter
from service.store import outbox as rows
from service.store import start_events
from service.store.db import transaction
from service.store.outbox import Waiting
from service.store.progress import read_case
from service.store.rows import NewEntry

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Message:
    """A message by name, for the instance of a case number (or one named instance)."""

    name: str
    case_number: str = ""
    instance: str = ""
    tenants: tuple[str | None, ...] = ()  # regions of the instances meant; None for those without one
    keys: Mapping[str, Any] = field(default_factory=dict)  # what the variables of the instance meant hold
    variables: Mapping[str, Any] = field(default_factory=dict)
    verb: str = "message"  # what the journal calls it
    reason: str = ""


def correlate(office: Office, actor: Actor, message: Message) -> Advanced:
    """Deliver a message by hand to the one instance that waits for it; or it starts a case of the one procedure.

    Raises Conflict when none or several wait, Forbidden when the diagram lets somebody else send it. A case in which
    the person has no part is as if there were none, unless the diagram calls for just this person (a superior, say).
    """
    meant = Waiting(
        case_number=message.case_number,
        instance=message.instance,
        tenants=message.tenants,
        keys=message.keys,
        units=None if actor.sees_everything else sorted(actor.units),
    )
    with transaction() as connection:
        waiting = rows.waiting_for(connection, message.name, meant)
        elsewhere = _not_seen(connection, message, meant) if not waiting else []
        procedures = (
            []
            if waiting or elsewhere or message.instance
            else start_events.begun_by(connection, message.name)
        )
    if len(procedures) == 1 and not message.case_number and not message.keys:
        return _start(office, actor, message, procedures[0])
    if len(elsewhere) == 1:
        with suppress(Forbidden):
            return _correlate(office, actor, message, elsewhere[0])
    if len(waiting) != 1:
        found = "没有办件在等待" if not waiting else f"有 {len(waiting)} 个办件在等待"
        raise Conflict(f"{found}消息“{message.name}”", cure="请给出正在办理的受理编号（businessKey）")
    return _correlate(office, actor, message, waiting[0])


def _not_seen(connection: Connection, message: Message, meant: Waiting) -> Sequence[Any]:
    """Who waits in the named case, if the person has no part in it: only there may a diagram call for somebody else."""
    if meant.units is None or not (message.case_number or message.instance):
        return []
    return rows.waiting_for(connection, message.name, replace(meant, units=None))


def _start(office: Office, actor: Actor, message: Message, procedure: str) -> Advanced:
    """A case begins at a message start event: for the student the message names, by whom its ``sent_by`` says."""
    values = dict(message.variables)
    student, unit = values.pop(STUDENT, None), values.pop(UNIT, None)
    if not isinstance(student, str) or not student:
        raise BadRequest("没有指明学生", cure=f"消息开始一个新的办件，请在变量 {STUDENT} 中写学生 id")
    wish = Start(
        procedure=procedure,
        student=student,
        form=values,
        unit=str(unit or ""),
        message=message.name,
        tenant=message.tenants[0] if message.tenants else None,
        by_tenant=bool(message.tenants),
    )
    return replace(start(office, actor, wish), opened=True)


def recall(office: Office, actor: Actor, number: str, reason: str) -> Advanced:
    """Take a case back (撤回) by the message its diagram draws for it, for whom the diagram lets send it.

    Raises Conflict when the case stands where nobody may take it back, Forbidden when somebody else may.
    """
    with transaction() as connection:
        waiting = rows.waiting_for(connection, counter.RECALL, Waiting(case_number=number))
    if not waiting:
        raise Conflict("这个办件现在不能撤回", cure="流程图没有画出撤回，或已过可以撤回的环节")
    message = Message(name=counter.RECALL, case_number=number, verb="withdraw", reason=reason)
    refused: Forbidden | None = None
    for one in waiting:  # each side of a case may be taken back by its own people
        try:
            return _correlate(office, actor, message, one)
        except Forbidden as error:
            refused = error
    raise refused or Forbidden("您不能撤回这个办件", cure="请由发起单位撤回")


def _correlate(office: Office, actor: Actor, message: Message, waiting: Any) -> Advanced:
    about = {"verb": "message", "name": message.name, "by": actor.id}
    with (
        incidents.guarded(waiting.instance, about),
        office.locked(waiting.instance) as (connection, locked, world),
    ):
        given = {"reason": message.reason, "for": _check_sender(actor, waiting.sent_by, world)}
        detail = {"message": message.name, **{name: text for name, text in given.items() if text}}
        entry = NewEntry(actor=actor.id, verb=message.verb, element=waiting.element, detail=detail)
        act = partial(_deliver, name=message.name, variables=message.variables)
        return advance(connection, locked, world, act, entry)


def _deliver(instance: Instance, name: str, variables: Mapping[str, Any]) -> None:
    if not instance.correlate(name, variables):
        raise Conflict(f"没有办件在等待消息“{name}”", cure="请刷新后查看办件状态")


def _check_sender(actor: Actor, sent_by: str, world: Surroundings) -> str:
    """Whom the sender stands in for, empty for nobody; Forbidden when the diagram lets others send it.

    Without ``sent_by`` a message comes from another process; by hand only who keeps the system running may."""
    if actor is SYSTEM or actor.powers & {"admin", "operator"}:
        return ""
    if actor is GUARDIAN and counter.guardian_sends(sent_by):
        return ""
    role, unit = counter.check_sender(actor.roles, sent_by, world.unit_of)
    return actor.acting_for((role,), unit)


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
        if given_up and row.kind == "start":
            self_starts.given_up(row.payload, error)
        elif given_up and row.instance:
            incidents.open_incident(row.instance, "outbox", error, {"outbox": row.id})
    return True


def _bring_about(office: Office, connection: Connection, row: Any) -> None:
    """Bring about one effect. Word to guardians stays in the outbox, where whoever sends it finds it."""
    if row.kind == "message":
        _pass_on(office, connection, row)
    elif row.kind == "signal":
        _broadcast(office, connection, row)
    elif row.kind == "signal_to":  # sent by hand: a row for each who listened
        steering.hear(office, connection, row.instance, row.name, row.payload.get("variables", {}))
    elif row.kind == "start":
        self_starts.hear(office, connection, row.payload)


def _pass_on(office: Office, connection: Connection, row: Any) -> None:
    """A message goes to whoever waits for it under the case number; or it starts the other side; or it waits."""
    payload = row.payload.get("variables", {})
    for waiting in rows.listeners(connection, row.name, row.case_number):
        if waiting.instance != row.instance:
            locked, world = office.open(connection, waiting.instance)
            entry = NewEntry(
                actor=SYSTEM.id, verb="message", element=waiting.element, detail={"message": row.name}
            )
            act = partial(_deliver, name=row.name, variables=payload)
            advance(connection, locked, world, act, entry)
            return
    properties = row.payload.get("properties", {})
    if starts := properties.get("starts"):
        _start_other_side(office, connection, row, starts, properties.get("at", ""))
        return
    rows.keep_early(connection, row.id, row.case_number, row.name, row.payload)


def _start_other_side(office: Office, connection: Connection, row: Any, key: str, party: str) -> None:
    """The process a message starts runs under the rules of the place of the party the diagram names.

    A message that comes again, or after the case was closed, starts nothing.
    """
    case = read_case(connection, row.case_number)
    if case is None:
        raise NotFound(f"没有受理编号 {row.case_number}", cure="请核对消息所属的办件")
    world = Surroundings(connection, office.shelf, case)
    unit = world.records.party(party)
    stage = world.records.snapshot.enrolment.stage if world.records.snapshot.enrolment else None
    definition = definition_for(office, connection, key, unit, stage)
    if case.closed or rows.runs(connection, row.case_number, key):
        log.info("message %s of %s came again: %s starts no second time", row.name, row.case_number, key)
        return
    side = Surroundings(connection, office.shelf, replace(world.case, region=unit.county))
    entry = NewEntry(actor=SYSTEM.id, verb="message", element=key, detail={"message": row.name})
    variables = row.payload.get("variables", {})
    open_side(
        side, definition, Side(id=new_id(), entry=entry, variables=variables, message=row.name, host=False)
    )


def _broadcast(office: Office, connection: Connection, row: Any) -> None:
    """A signal reaches every waiting instance of its region but the one that threw it, and starts new ones.

    Each hears it in a transaction of its own: one that cannot take it keeps it from nobody else.
    """
    payload = row.payload.get("variables", {})
    start_events.address(connection, row.name, start_events.tenant_of(connection, row.instance), payload)
    heard = rows.signal_listeners(connection, row.name, row.instance)
    rows.address(connection, row.name, [(new_id(), one) for one in heard], payload)
