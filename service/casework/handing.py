"""Passing tasks on: to a named colleague (转办), many at once, and reminding those who wait too long (催办)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from service.casework import standing, tasks
from service.casework.actors import Actor
from service.casework.context import Office
from service.errors import BadRequest, Conflict, Forbidden, Invalid, NotFound, XuejiError
from service.registry import counter
from service.store import people, records
from service.store import tasks as rows
from service.store.db import transaction
from service.store.failures import DATABASE_ERRORS, Meaning, meaning
from service.store.people import AccountRow
from service.store.progress import read_case, write_journal
from service.store.rows import NewEntry, TaskRow


class Busy(XuejiError):
    """The database is held up by another: one task of many is put off."""

    code, status = "busy", 503


KEEPERS = frozenset({"operator", "admin"})
MOST_AT_ONCE = 100


@dataclass(frozen=True, kw_only=True)
class Handover:
    """A task for a colleague, by id or username."""

    task: str
    to: str
    reason: str = ""
    revisions: tasks.Revisions = None


@dataclass(frozen=True, kw_only=True)
class Batch:
    """One act on many tasks: claim, unclaim, assign or complete."""

    action: str
    tasks: Sequence[str]
    to: str = ""
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Single:
    """How one task of a batch went; ``error`` is None when it went well."""

    task: str
    error: XuejiError | None = None


def hand_over(office: Office, actor: Actor, wish: Handover) -> None:
    """Give a task to a colleague who may do it: by its holder, by its group when no holder may do it, or by a keeper.

    Raises Forbidden (either of the two may not), Conflict (somebody else holds it), Invalid (no such colleague).
    """
    with transaction() as connection:
        task = tasks.visible(connection, actor, wish.task)
        tasks.check_revision(task, wish.revisions)
        check_giver(office, connection, actor, task)
        to = heir(office, connection, task, wish.to)
        if not rows.assign(connection, task.id, to.id, task.assignee):
            raise tasks.taken(connection, task.id)
        detail = {"task": task.id, "from": task.assignee, "to": to.id, "reason": wish.reason}
        detail |= tasks.on_behalf(actor.acting_for(task.roles, task.unit))
        tasks.note(
            connection, task, NewEntry(actor=actor.id, verb="hand_over", element=task.path, detail=detail)
        )


def check_giver(office: Office, connection: Connection, actor: Actor, task: TaskRow) -> None:
    """Whether the person may pass an open task on: Forbidden or Conflict if not."""
    if task.state != "open":
        raise Conflict("任务已经办结", cure="请刷新待办列表")
    if actor.powers & KEEPERS:
        return
    tasks.check_not_delegated(task)
    if task.assignee == actor.id:
        return
    if task.assignee is not None and _still_may(office, connection, task, task.assignee):
        raise tasks.taken(connection, task.id)
    counter.check_group(actor.roles, task.roles, task.unit)


def _still_may(office: Office, connection: Connection, task: TaskRow, holder: str) -> bool:
    """Whether the holder is still there and in the task's group."""
    row = people.account(connection, "id", holder)
    if row is None or not row.active:
        return False
    roles = standing.of(office.shelf.rules.law.roles, row).roles
    return not task.roles or any((role, task.unit) in roles for role in task.roles)


def heir(office: Office, connection: Connection, task: TaskRow, name: str) -> AccountRow:
    """The colleague, if the task's group and four eyes let them do it."""
    row = people.account(connection, "id", name) or people.account(connection, "username", name)
    if row is None or not row.active:
        raise Invalid("没有这个人员", cure="请核对人员 id 或用户名")
    today = standing.of(office.shelf.rules.law.roles, row)
    heir = Actor(
        id=row.id, username=row.username, name=row.name, roles=today.roles, standing_in=today.standing_in
    )
    try:
        counter.check_group(heir.roles, task.roles, task.unit)
    except Forbidden as error:
        cure = "请选择本单位有相应角色且已备案的人员"
        raise Forbidden(f"{row.name}不在该任务的办理组中", cure=cure) from error
    tasks.check_eyes(heir, task)
    return row


def many(office: Office, actor: Actor, batch: Batch) -> list[Single]:
    """The same act on each task, each in its own transaction: one that fails stops no other."""
    if len(batch.tasks) > MOST_AT_ONCE:
        raise BadRequest(f"一次不能超过 {MOST_AT_ONCE} 个任务", cure="请分几次")
    return [_single(office, actor, batch, task) for task in dict.fromkeys(batch.tasks)]


def _single(office: Office, actor: Actor, batch: Batch, task: str) -> Single:
    try:
        if batch.action == "claim":
            tasks.claim(actor, task)
        elif batch.action == "unclaim":
            tasks.unclaim(actor, task)
        elif batch.action == "assign":
            hand_over(office, actor, Handover(task=task, to=batch.to))
        else:
            tasks.complete(office, actor, task, batch.values)
    except XuejiError as error:
        return Single(task=task, error=error)
    except DATABASE_ERRORS as error:
        if meaning(error) is not Meaning.BUSY:
            raise
        return Single(task=task, error=Busy("系统正忙，这个任务没有办成", cure="请稍后重试"))
    return Single(task=task)


def urge(actor: Actor, number: str, message: str) -> list[dict[str, Any]]:
    """Remind whoever holds a case up, once a day each; the tasks that are reminded of.

    Any unit with a part in the case may. Raises NotFound, Conflict (nothing to wait for, or urged today).
    """
    with transaction() as connection:
        everything = bool(actor.powers & KEEPERS)
        if records.case(connection, number, sorted(actor.units), everything) is None:
            raise NotFound("没有这个办件", cure="请核对受理编号")
        case = read_case(connection, number)
        waiting = records.waiting_tasks(connection, number)
        if case is None or not waiting:
            raise Conflict("这个办件没有待办的任务", cure="请刷新后查看办件状态")
        if records.urged_since(connection, number, actor.id, case.now.replace(hour=0, minute=0, second=0)):
            raise Conflict("您今天已经催办过", cure="请明天再催办")
        first = waiting[0]
        detail = {
            "task": first["id"],
            "tasks": [task["id"] for task in waiting],
            "units": sorted({task["unit"] for task in waiting if task["unit"]}),
            "message": message,
        }
        entry = NewEntry(actor=actor.id, verb="urge", element=first["path"], detail=detail)
        write_journal(connection, entry, case=case, instance=first["instance"])
    return [dict(task) for task in waiting]
