"""Taking a case back to an earlier step, putting it where an operator says, and undoing the last act of the kind.

What was done in the registry is not undone by going back; whoever asks is told what that is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import Connection

from service.casework.actors import Actor
from service.casework.advance import Advanced, record
from service.casework.cases import check_revision
from service.casework.context import Office
from service.casework.surroundings import Surroundings
from service.engine import Change, Instance, back_to, modify, restart, steps
from service.errors import Conflict, NotFound
from service.policy.values import Value
from service.store import steps as journal
from service.store import undo
from service.store.db import transaction
from service.store.progress import read_case, read_state, write_journal
from service.store.rows import LockedInstance, NewEntry

MOVERS = ("operator", "admin")
Revisions = frozenset[int] | None
_KINDS = {"move": "移动到另一版本", "restart": "退回先前的步骤", "modify": "人工改动步骤"}


@dataclass(frozen=True, kw_only=True)
class Reached:
    """A step a case can be taken back to; ``changes`` are the kinds of registry changes made since."""

    element: str
    name: str
    kind: str
    at: datetime | None
    changes: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Undoable:
    """The last act by hand; ``reason`` says why it cannot be undone (empty when it can)."""

    kind: str
    by: str
    at: datetime
    reason: str = ""


def reached(office: Office, actor: Actor, instance: str) -> list[Reached]:
    """The steps a case has been at, in the order it first came to them."""
    actor.require(*MOVERS)
    with transaction() as connection:
        found = read_state(connection, instance)
        case = read_case(connection, found.case_number) if found else None
        if found is None or case is None:
            raise NotFound("没有这个办件", cure="请核对编号，或刷新列表")
        world = Surroundings(connection, office.shelf, case)
        here = Instance.load(found.state, world)
        process = here.case.definition.process_id
        passed = journal.passed(connection, found.case_number, instance)
    return [_reached(node, f"{process}/{node.id}", passed) for node in steps(here)]


def _reached(node: Any, path: str, passed: Sequence[tuple[datetime, list[str], list[str]]]) -> Reached:
    first = next((at for at, (_, nodes, _) in enumerate(passed) if path in nodes), None)
    since = passed[first:] if first is not None else ()
    changes = tuple(dict.fromkeys(change for _, _, made in since for change in made))
    at = passed[first][0] if first is not None else None
    return Reached(element=node.id, name=node.name, kind=node.kind, at=at, changes=changes)


def take_back(
    office: Office, actor: Actor, instance: str, element: str, revisions: Revisions = None
) -> Advanced:
    """Take a case back to a step it has been at, with the variables of then; open tasks are cancelled.

    Raises Conflict for a step it has not been at.
    """
    entry = NewEntry(actor=actor.id, verb="restart", element=element)
    return _by_hand(
        office, actor, _Deed(instance, "restart", entry, partial(restart, element=element), revisions)
    )


@dataclass(frozen=True, kw_only=True)
class Instructions:
    """An operator's instructions in order, and values to set before them."""

    changes: Sequence[Change]
    variables: Mapping[str, Value] = field(default_factory=dict)
    reason: str = ""


def instruct(office: Office, actor: Actor, instance: str, wish: Instructions) -> Advanced:
    """Cancel and start steps one by one, as Camunda's modification does; variables stay but for those given."""
    told = [f"{one.kind} {one.element or one.token}" for one in wish.changes]
    detail = {"instructions": told, "reason": wish.reason, "names": sorted(wish.variables)}

    def act(running: Instance) -> None:
        if wish.variables:
            running.set_variables(wish.variables)
        modify(running, wish.changes)

    entry = NewEntry(actor=actor.id, verb="modify", detail=detail)
    return _by_hand(office, actor, _Deed(instance, "modify", entry, act))


@dataclass(frozen=True)
class _Deed:
    instance: str
    kind: str
    entry: NewEntry
    act: Callable[[Instance], Any]
    revisions: Revisions = None


def _by_hand(office: Office, actor: Actor, deed: _Deed) -> Advanced:
    actor.require(*MOVERS)
    with office.locked(deed.instance) as (connection, locked, world):
        _check_active(locked)
        check_revision(locked, deed.revisions)
        undo.keep(connection, deed.instance, deed.kind, actor.id, world.now)
        running = Instance.load(locked.state, world)
        deed.act(running)
        final = running.spoke or running.completed or world.changes or world.outbox or world.new_parties
        done = record(connection, locked, world, running, deed.entry)
        if final:
            undo.forget(connection, deed.instance)
        else:
            undo.seal(connection, deed.instance)
        return done


def _check_active(locked: LockedInstance) -> None:
    if locked.status != "active":
        ended = locked.status == "ended"
        raise Conflict(
            "办件已经结束" if ended else "办件已被暂停", cure="请刷新列表" if ended else "请先恢复办件"
        )


def undoable(actor: Actor, instance: str) -> Undoable:
    """The last act by hand, and whether it can be undone. Raises NotFound when there was none."""
    actor.require(*MOVERS)
    with transaction() as connection:
        kept = _kept(connection, instance)
    return Undoable(kind=kept.kind, by=kept.by, at=kept.at, reason="" if kept.untouched else _final(kept))


def _kept(connection: Connection, instance: str) -> undo.Kept:
    kept = undo.read(connection, instance)
    if kept is None:
        raise NotFound(
            "这个办件没有可以撤销的移动或退回",
            cure="没有做过，已经撤销，或当时随即改动了学籍、发出了消息，只能再移动或再退回",
        )
    return kept


def _final(kept: undo.Kept) -> str:
    return f"{_KINDS[kept.kind]}之后，办件已有新的进展（办理、签收、到期、收到消息或暂停），不能再撤销"


def take_back_the_act(office: Office, actor: Actor, instance: str) -> str:
    """Undo the last move, restart or change by hand; its kind. Only while nothing has happened in the case since."""
    actor.require(*MOVERS)
    with office.locked(instance) as (connection, locked, world):
        kept = _kept(connection, instance)
        if not kept.untouched:
            raise Conflict(_final(kept), cure="请查看办理记录；需要时再移动一次，或退回先前的步骤")
        state = back_to(kept.state, locked.state)
        variables = Instance.load(state, world).variables
        undo.restore(connection, instance, undo.Back(state=state, variables=variables, now=world.now))
        detail = {"of": kept.kind, "from": locked.definition, "to": kept.definition}
        entry = NewEntry(actor=actor.id, verb="undo", detail=detail)
        write_journal(connection, entry, case=world.case, instance=instance)
        return kept.kind
