"""What operators do to a running instance by hand: hold it, move a timer, change a variable, send a signal."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from service.casework import incidents
from service.casework.actors import Actor
from service.casework.advance import Advanced, advance, split_wait_id
from service.casework.context import Office
from service.engine import Instance
from service.errors import Conflict, NotFound
from service.ids import new_id
from service.policy.values import Value
from service.store import incidents as incident_rows
from service.store import outbox, start_events
from service.store import steering as rows
from service.store.db import transaction
from service.store.notes import note
from service.store.progress import read_clock
from service.store.rows import NewEntry

KEEPERS = ("operator", "admin")


def fire(office: Office, actor: Actor, timer: str) -> Advanced:
    """Fire a timer now, due or not."""
    instance, number = _timer(timer)
    return _act(
        office, actor, instance, _entry(actor, "fire_timer", timer), partial(Instance.fire, timer_id=number)
    )


def postpone(office: Office, actor: Actor, timer: str, due: datetime) -> Advanced:
    """Give a timer another due instant."""
    instance, number = _timer(timer)
    entry = _entry(actor, "move_timer", timer, due=due.isoformat())
    return _act(office, actor, instance, entry, partial(Instance.postpone, timer_id=number, due=due))


def set_retries(actor: Actor, timer: str, retries: int) -> None:
    """Let the timers of a timer's case be tried again, at once and so many times before the next incident."""
    actor.require(*KEEPERS)
    with transaction() as connection:
        for incident in rows.timer_incidents(connection, timer):
            incident_rows.resolve(connection, incident)
        if not rows.set_retries(connection, timer, retries):
            raise NotFound("没有这个定时器，或已经触发", cure="请刷新列表")


def set_variables(office: Office, actor: Actor, instance: str, values: Mapping[str, Value]) -> Advanced:
    """Change what a case remembers; what nothing reads is passed over."""
    entry = _entry(actor, "set_variables", "", names=sorted(values))
    return _act(office, actor, instance, entry, partial(Instance.set_variables, values=values))


def hold(office: Office, actor: Actor, instance: str, *, paused: bool) -> None:
    """Hold an instance, or let it go on: nothing moves while it is held."""
    actor.require(*KEEPERS)
    with office.locked(instance) as (connection, locked, world):
        if locked.status == "ended":
            raise Conflict("办件已经结束", cure="请刷新列表")
        rows.set_status(connection, instance, "paused" if paused else "active")
        rows.note(connection, world.case, instance, _entry(actor, "pause" if paused else "resume", ""))


def signal(actor: Actor, name: str, tenant: str | None, values: Mapping[str, Any]) -> int:
    """Send a signal to whatever listens in a tenant, instances and start events, each on its own; their number."""
    actor.require(*KEEPERS)
    with transaction() as connection:
        heard = rows.listening(connection, name, tenant)
        outbox.address(connection, name, [(new_id(), one) for one in heard], values)
        started = start_events.address(connection, name, tenant, values)
        detail = {"signal": name, "tenant": tenant, "heard": len(heard) + started}
        note(connection, NewEntry(actor=actor.id, verb="send_signal", detail=detail))
    return len(heard) + started


def hear(office: Office, connection: Any, instance: str, name: str, values: Mapping[str, Any]) -> None:
    """Deliver a signal to one instance, inside the transaction of its outbox row."""
    locked, world = office.open(connection, instance)
    if locked.status != "active":
        return
    entry = NewEntry(actor="system", verb="signal", detail={"signal": name})
    advance(connection, locked, world, partial(_hear, name=name, values=values), entry)


def _hear(instance: Instance, name: str, values: Mapping[str, Any]) -> None:
    instance.signal(name, values)


def set_paused(actor: Actor, definitions: Sequence[str], *, paused: bool, instances: bool = False) -> None:
    """No new case starts by paused definitions; running ones go on, unless they are held too (``instances``)."""
    actor.require(*KEEPERS)
    with transaction() as connection:
        if not rows.pause_definitions(connection, definitions, paused):
            raise NotFound("没有这个流程定义", cure="请核对标识")
        now, _ = read_clock(connection)
        verb = "pause" if paused else "resume"
        detail = {"definitions": [*definitions], "instances": instances}
        note(connection, NewEntry(actor=actor.id, verb=f"{verb}_definition", detail=detail))
        if instances:
            rows.hold_all(connection, definitions, NewEntry(actor=actor.id, verb=verb), now)


def _act(
    office: Office, actor: Actor, instance: str, entry: NewEntry, act: Callable[[Instance], Any]
) -> Advanced:
    actor.require(*KEEPERS)
    about = {"verb": entry.verb, **entry.detail}
    with incidents.guarded(instance, about), office.locked(instance) as (connection, locked, world):
        if locked.status != "active":
            raise Conflict("办件不在办理中", cure="请先恢复办件，或刷新列表")
        return advance(connection, locked, world, act, entry)


def _entry(actor: Actor, verb: str, timer: str, **more: Any) -> NewEntry:
    return NewEntry(actor=actor.id, verb=verb, detail={**({"timer": timer} if timer else {}), **more})


def _timer(timer: str) -> tuple[str, str]:
    instance, number = split_wait_id(timer)
    with transaction() as connection:
        if not instance or not rows.timer_exists(connection, timer):
            raise NotFound("没有这个定时器，或已经触发", cure="请刷新列表")
    return instance, number
