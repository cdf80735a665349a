"""Claiming and completing user tasks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from sqlalchemy import Connection

from service.casework import incidents, materials
from service.casework.actors import Actor
from service.casework.advance import Advanced, LostRace, advance, split_wait_id
from service.casework.context import Office
from service.casework.surroundings import Surroundings
from service.engine import Instance
from service.errors import Conflict, NotFound, Stale
from service.policy.values import Value
from service.registry import counter, four_eyes
from service.store import tasks as rows
from service.store.cases import unit
from service.store.db import transaction
from service.store.progress import read_case, read_task, write_journal
from service.store.rows import Finished, Locked, LockedInstance, NewEntry, TaskRow

Revisions = frozenset[int] | None  # those the caller accepts; None for any


def claim(actor: Actor, task_id: str, revisions: Revisions = None) -> TaskRow:
    """Take a task. Claiming it twice is no error; somebody else's is a Conflict naming the winner."""
    with transaction() as connection:
        task = visible(connection, actor, task_id)
        check_revision(task, revisions)
        absent = _check_may_do(actor, task)
        if task.assignee != actor.id and not rows.claim(connection, task_id, actor.id):
            raise taken(connection, task_id)
        _note(connection, actor, task, "claim", absent)
    return task


def unclaim(actor: Actor, task_id: str, revisions: Revisions = None) -> TaskRow:
    """Give a task back to its group."""
    with transaction() as connection:
        task = visible(connection, actor, task_id)
        check_revision(task, revisions)
        check_not_delegated(task)
        if task.assignee != actor.id or not rows.unclaim(connection, task_id, actor.id):
            raise (
                taken(connection, task_id)
                if task.assignee
                else Conflict("任务尚未签收", cure="请先签收再退回")
            )
        _note(connection, actor, task, "unclaim", actor.acting_for(task.roles, task.unit))
    return task


def complete(
    office: Office, actor: Actor, task_id: str, values: Mapping[str, object], revisions: Revisions = None
) -> Advanced:
    """Do a task: one transaction from the lock to the commit. An unclaimed task is claimed by completing it.

    Raises NotFound, Forbidden (group, four eyes), Conflict (done, or taken by another), Invalid (form). A diagram that
    cannot go on leaves everything as it was and an incident beside it.
    """
    return do(office, actor, Deed(task=task_id, values=values, revisions=revisions))


@dataclass(frozen=True, kw_only=True)
class Deed:
    """A task to be done: ``verb`` and ``reason`` are for the journal."""

    task: str
    values: Mapping[str, object]
    revisions: Revisions = None
    verb: str = "complete"
    reason: str = ""


def do(office: Office, actor: Actor, deed: Deed) -> Advanced:
    """Like ``complete``, under the name the deed has."""
    instance = _instance_of(deed.task)
    try:
        with incidents.guarded(instance, {"verb": deed.verb, "task": deed.task, "by": actor.id}):
            return _do(office, actor, deed)
    except LostRace as lost:
        with transaction() as connection:
            raise taken(connection, deed.task) from lost


def _do(office: Office, actor: Actor, deed: Deed) -> Advanced:
    instance_id, number = split_wait_id(deed.task)
    with transaction() as connection:
        found = office.opened(connection, instance_id, deed.task)
        task, absent = doable(connection, actor, found, deed.revisions)
        locked, world = found.instance, office.around(connection, found)
        cleaned, files = check_form(world, task, deed.values, actor.id)
        world.finished = Finished(
            key=task.id, task=task.id, form=task.form, by=actor.id, absent=absent, data=cleaned
        )
        reason = {"reason": deed.reason} if deed.reason else {}
        detail = {"task": task.id, **reason, **on_behalf(absent), **files}
        entry = NewEntry(
            actor=actor.id, verb=deed.verb, element=task.path, detail=detail, clauses=task.clauses
        )
        act = partial(Instance.complete, task_id=number, values=cleaned, by=four_eyes.doers(actor.id, absent))
        return advance(connection, locked, world, act, entry)


def doable(
    connection: Connection, actor: Actor, found: Locked, revisions: Revisions = None
) -> tuple[TaskRow, str]:
    """The task of a locked instance, if the person may do it now, and for whom (empty: for oneself).

    Raises NotFound, Conflict, Forbidden, Stale.
    """
    task = _seen(actor, found.task)
    _check_open(connection, task)
    check_moving(found.instance)
    check_revision(task, revisions)
    if task.assignee not in (None, actor.id):
        raise taken(connection, task.id)
    if task.delegation == "pending":
        raise Conflict("任务是受托办理的，不能直接办结", cure="请先交回委托人（resolve），由委托人办结")
    absent = _check_may_do(actor, task)
    check_opinions(task)
    return task, absent


def check_form(
    world: Surroundings, task: TaskRow, values: Mapping[str, object], by: str
) -> tuple[dict[str, Value], dict[str, list[str]]]:
    """Validate a submission against the form as deployed; settle the parties and hand in the files it names.

    The clean answers, and what the journal says of the files.
    """
    if not task.form:
        return dict(values), {}  # type: ignore[arg-type]
    row = world.shelf.row(world.connection, task.definition)
    form = world.shelf.form(world.connection, row, task.form)
    cleaned = form.validate(values)
    unit_of, parties = partial(unit, world.connection), world.rules.law.parties
    world.settle_parties(counter.chosen_parties(form, cleaned, unit_of, parties))
    to = materials.Submitted(
        by=by, case=task.case_number, key=task.id, region=world.case.region, task=task.id
    )
    return cleaned, materials.attach(world.connection, form, cleaned, to)


def _instance_of(task_id: str) -> str:
    instance, _ = split_wait_id(task_id)
    if not instance:
        raise no_task()
    return instance


def no_task() -> NotFound:
    """There is no such task, or the person may not know of it: both look the same."""
    return NotFound("没有这个任务", cure="请核对任务编号，或刷新待办列表")


def visible(connection: Connection, actor: Actor, task_id: str) -> TaskRow:
    """The task, if the person may know of it."""
    return _seen(actor, read_task(connection, task_id))


def _seen(actor: Actor, task: TaskRow | None) -> TaskRow:
    if task is None or not may_see(actor, task):
        raise no_task()
    return task


def check_moving(locked: LockedInstance) -> None:
    """Conflict while an operator holds the case."""
    if locked.status == "paused":
        raise Conflict("办件已被暂停", cure="请联系运行维护员")


def check_revision(task: TaskRow, revisions: Revisions) -> None:
    """Stale when the task is no longer as the caller has seen it."""
    if revisions is not None and task.revision not in revisions:
        raise Stale("任务在您读取之后已有变化", cure="请重新读取任务再操作")


def check_not_delegated(task: TaskRow) -> None:
    """Conflict while the task is with somebody who has to give it back to its owner."""
    if task.delegation == "pending":
        raise Conflict("任务是受托办理的", cure="请先交回委托人（resolve）")


def may_see(actor: Actor, task: TaskRow) -> bool:
    """People see the tasks of their units, and those of no unit that are theirs; operators and administrators see all.

    A task taken before somebody left a unit stays the unit's.
    """
    if task.unit is None:
        return task.assignee == actor.id or actor.sees_everything
    return task.unit in actor.units or actor.sees_everything


def _check_may_do(actor: Actor, task: TaskRow) -> str:
    """Raises Forbidden or Conflict; whom the person stands in for, empty for nobody."""
    if task.state != "open":
        raise Conflict("任务已经办结", cure="请刷新待办列表")
    # Also of what they have taken: who has left the group since then, or is no longer filed, must not go on.
    if task.roles or task.assignee != actor.id:
        counter.check_group(actor.roles, task.roles, task.unit)
    return check_eyes(actor, task)


def check_eyes(actor: Actor, task: TaskRow) -> str:
    """Four eyes count the person and whoever the person stands in for, who is answered (empty: nobody)."""
    absent = actor.acting_for(task.roles, task.unit)
    for one in filter(None, (actor.id, absent)):
        four_eyes.check(one, task.barred)
    return absent


def check_opinions(task: TaskRow) -> None:
    """Conflict while a colleague who was asked (加签) has not given an opinion."""
    if task.opinions_open:
        cure = "请等同事出具意见，或撤回对其的征询"
        raise Conflict(f"还有 {task.opinions_open} 位同事的意见未出具", cure=cure)


def on_behalf(absent: str) -> dict[str, str]:
    """What the journal says of somebody who was stood in for."""
    return {"for": absent} if absent else {}


def _check_open(connection: Connection, task: TaskRow) -> None:
    if task.state == "open":
        return
    if task.state == "completed":
        who = rows.person_name(connection, task.completed_by)
        raise Conflict(f"任务已由{who}办结", cure="请刷新待办列表", details={"winner": who})
    raise Conflict("任务已随办件的进展撤销", cure="请刷新待办列表")


def taken(connection: Connection, task_id: str) -> Conflict:
    task = read_task(connection, task_id)
    if task is not None and task.state == "open":
        check_opinions(task)
    if task is not None and task.state != "open":
        who = rows.person_name(connection, task.completed_by)
        return Conflict(
            f"任务已由{who}办结" if who else "任务已撤销", cure="请刷新待办列表", details={"winner": who}
        )
    who = rows.person_name(connection, task.assignee if task else None)
    return Conflict(f"任务已由{who}签收", cure="请与对方联系，或由其退回后再签收", details={"winner": who})


def _note(connection: Connection, actor: Actor, task: TaskRow, verb: str, absent: str) -> None:
    detail = {"task": task.id, **on_behalf(absent)}
    note(connection, task, NewEntry(actor=actor.id, verb=verb, element=task.path, detail=detail))


def note(connection: Connection, task: TaskRow, entry: NewEntry) -> None:
    """One journal entry about a task."""
    case = read_case(connection, task.case_number)
    if case is not None:
        write_journal(connection, entry, case=case, instance=task.instance)
