"""Moving running cases to another version of their procedure: a look at what it would do, and doing it.

One case, one transaction, one entry in the journal. A case that does not fit, that somebody holds or that has
changed since it was looked at is told of, never forced.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Connection

from service.casework.actors import Actor
from service.casework.advance import record, task_of, wait_id
from service.casework.context import Office
from service.casework.plans import Plan, check_kin
from service.casework.surroundings import Surroundings
from service.engine import (
    Effect,
    ExternalWait,
    MessageWait,
    Moved,
    SignalWait,
    TimerWait,
    Unfit,
    UserTaskWait,
    Wait,
    move,
)
from service.errors import BadRequest, NotFound, Problem, Stale, XuejiError
from service.store import moves as rows
from service.store import undo
from service.store.db import transaction
from service.store.definitions import DefinitionRow
from service.store.failures import DATABASE_ERRORS, Meaning, meaning
from service.store.outbox import release_early
from service.store.progress import read_case, read_state
from service.store.rows import Locked, NewEntry

log = logging.getLogger(__name__)

MOVERS = ("operator", "admin")
LOOKERS = ("operator", "admin", "analyst")
MOST_AT_ONCE = 200


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What becomes (or would become) of one case.

    ``status``: unchanged (it runs on the very same files), movable, moved, stays, locked, changed, ended or failed.
    """

    instance: str
    status: str
    case_number: str = ""
    version: int = 0  # it runs on now
    revision: int = 0
    reasons: tuple[Problem, ...] = ()
    effects: tuple[Effect, ...] = ()
    undoable: bool = False


@dataclass(frozen=True, kw_only=True)
class Wish:
    """Which cases to move by a plan; ``revisions`` (by instance) are those the caller has seen."""

    plan: Plan
    instances: Sequence[str]
    revisions: Mapping[str, int] = field(default_factory=dict)


def candidates(
    office: Office, actor: Actor, plan: Plan, *, after: str = "", limit: int = MOST_AT_ONCE
) -> tuple[list[str], int]:
    """Open cases of other versions, some of them after a place in the list; and how many there are in all."""
    actor.require(*LOOKERS)
    with transaction() as connection:
        target = office.shelf.row(connection, plan.target)
        wanted = {"key": target.key, "tenant": target.tenant, "target": target.id, "source": plan.source}
        found = rows.candidates(connection, wanted, limit, after)
        return [row["id"] for row in found], rows.count(connection, wanted)


def preview(office: Office, actor: Actor, wish: Wish) -> list[Outcome]:
    """What a move would do to each case: done for each, and taken back at once."""
    actor.require(*LOOKERS)
    return [safely(one, lambda one=one: _rehearse(office, wish, one)) for one in _few(wish.instances)]


def execute(office: Office, actor: Actor, wish: Wish) -> list[Outcome]:
    """Move each case, each in its own transaction; doing it again changes nothing."""
    actor.require(*MOVERS)
    return [move_one(office, actor, wish, one) for one in _few(wish.instances)]


def move_one(office: Office, actor: Actor, wish: Wish, instance: str) -> Outcome:
    """Move one case, in a transaction of its own."""

    def act() -> Outcome:
        with transaction() as connection:
            rows.impatient(connection)
            return move_within(office, connection, actor, wish, instance)

    return safely(instance, act)


def _few(instances: Iterable[str]) -> list[str]:
    found = list(dict.fromkeys(instances))
    if len(found) > MOST_AT_ONCE:
        raise BadRequest(f"一次不能超过 {MOST_AT_ONCE} 个办件", cure="请分几次，或改为后台执行")
    return found


def safely(instance: str, act: Any) -> Outcome:
    """An outcome whatever happens: one case stops no other."""
    try:
        found: Outcome = act()
        return found
    except Unfit as unfit:
        return replace(_about(unfit), instance=instance, status="stays", reasons=unfit.problems)
    except Stale as stale:
        return Outcome(instance=instance, status="changed", reasons=(stale.problem,))
    except XuejiError as error:
        return Outcome(instance=instance, status="failed", reasons=(error.problem,))
    except Exception as error:
        if isinstance(error, DATABASE_ERRORS) and meaning(error) is Meaning.BUSY:
            reason = Problem(message="办件正由他人办理，或数据库正忙", cure="请稍后再移动这个办件")
            return Outcome(instance=instance, status="locked", reasons=(reason,))
        log.exception("case %s could not be moved", instance)
        reason = Problem(
            message=f"系统内部错误（{type(error).__name__}），办件保持原状", cure="请查看服务日志"
        )
        return Outcome(instance=instance, status="failed", reasons=(reason,))


def _about(error: XuejiError) -> Outcome:
    about = error.details.get("about")
    return about if isinstance(about, Outcome) else Outcome(instance="", status="")


def _rehearse(office: Office, wish: Wish, instance: str) -> Outcome:
    with transaction() as connection:
        found = read_state(connection, instance)
        case = read_case(connection, found.case_number) if found else None
        if found is None or case is None:
            raise NotFound("没有这个办件", cure="请核对编号，或刷新列表")
        savepoint = connection.begin_nested()
        try:
            carried = _carry(office, connection, wish, Locked(instance=found, case=case, task=None))
        finally:
            savepoint.rollback()
    return carried if isinstance(carried, Outcome) else replace(carried.about, status="movable")


def move_within(office: Office, connection: Connection, actor: Actor, wish: Wish, instance: str) -> Outcome:
    """Move one case inside the caller's transaction. Raises Unfit, Stale."""
    found = office.opened(connection, instance)
    carried = _carry(office, connection, wish, found)
    if isinstance(carried, Outcome):
        return carried
    world, target = carried.world, carried.target
    undo.keep(connection, instance, "move", actor.id, world.now)
    detail = {
        "from": found.instance.definition,
        "to": target.id,
        "effects": [f"{effect.kind} {effect.element}" for effect in carried.about.effects],
    }
    final = carried.final  # settling forgets what went out
    entry = NewEntry(actor=actor.id, verb="move", element=target.key, detail=detail)
    record(connection, found.instance, world, carried.moved.instance, entry)
    rows.set_definition(connection, instance, target.id)
    _retell(connection, carried)
    if final:
        undo.forget(connection, instance)
    else:
        undo.seal(connection, instance)
    return replace(carried.about, status="moved", undoable=not final)


@dataclass(frozen=True, kw_only=True)
class _Carried:
    """A case on its new definition, nothing of it written yet."""

    found: Locked
    world: Surroundings
    target: DefinitionRow
    moved: Moved
    about: Outcome

    @property
    def final(self) -> bool:
        """Has the move set off something that cannot be taken back?"""
        world = self.world
        return bool(
            self.moved.instance.spoke
            or world.changes
            or world.outbox
            or world.new_parties
            or self.moved.instance.completed
        )


def _carry(office: Office, connection: Connection, wish: Wish, found: Locked) -> Outcome | _Carried:
    """Move a case in memory; an outcome where there is nothing to move."""
    locked = found.instance
    source = office.shelf.row(connection, locked.definition)
    target = office.shelf.row(connection, wish.plan.target)
    about = Outcome(
        instance=locked.id,
        status="",
        case_number=locked.case_number,
        version=source.version,
        revision=locked.revision,
    )
    check_kin(source, target)
    if locked.status == "ended":
        return replace(about, status="ended")
    if source.id == target.id or source.digest == target.digest:
        return replace(about, status="unchanged")
    if wish.plan.source and wish.plan.source != source.id:
        raise Unfit(
            "办件不在方案的原版本上",
            problems=[Problem(message=f"办件运行的是第 {source.version} 版，不是方案的原版本")],
            details={"about": about},
        )
    if wish.revisions.get(locked.id, locked.revision) != locked.revision:
        raise Stale("办件在您查看之后已有变化", cure="请重新预览")
    world = office.around(connection, found)
    new = office.shelf.compiled(connection, target)
    old = office.shelf.compiled(connection, source)
    values = rows.submitted(connection, locked.id, source.key, new.reads - old.reads)
    try:
        moved = move(locked.state, world, new, wish.plan.guide, values)
        for wait in moved.retold:
            if isinstance(wait, UserTaskWait):
                task_of(wait, locked, world)
    except Unfit as unfit:
        unfit.details["about"] = about
        raise
    about = replace(about, effects=moved.effects)
    return _Carried(found=found, world=world, target=target, moved=moved, about=about)


def _retell(connection: Connection, carried: _Carried) -> None:
    """Write what stays open in the words of the new diagram."""
    locked, retold = carried.found.instance, carried.moved.retold
    tasks = [task_of(wait, locked, carried.world) for wait in retold if isinstance(wait, UserTaskWait)]
    timers = [
        {"id": wait_id(locked.id, wait.id), "element": wait.element, "name": wait.name}
        for wait in retold
        if isinstance(wait, TimerWait)
    ]
    listeners = [_listener(locked.id, wait) for wait in retold if _listens(wait)]
    rows.retell(connection, tasks, timers, listeners)
    heard = [wait.message for wait in retold if isinstance(wait, MessageWait)]
    if heard:
        release_early(connection, locked.case_number, heard)


def _listens(wait: Wait) -> bool:
    return isinstance(wait, MessageWait | SignalWait | ExternalWait)


def _listener(instance: str, wait: Wait) -> dict[str, str]:
    awaits, sent_by = "", ""
    if isinstance(wait, MessageWait):
        awaits, sent_by = wait.message, wait.sent_by
    elif isinstance(wait, SignalWait):
        awaits = wait.signal
    elif isinstance(wait, ExternalWait):
        awaits = wait.topic
    return {"id": wait_id(instance, wait.id), "element": wait.element, "awaits": awaits, "sent_by": sent_by}
