"""Delegating: somebody else works on a task and gives it back to its owner; and tasks that end in a business error."""

from __future__ import annotations

from functools import partial
from typing import Any

from service.casework import handing, incidents, tasks
from service.casework.actors import Actor
from service.casework.advance import Advanced, advance, split_wait_id
from service.casework.context import Office
from service.engine import Instance, UncaughtError
from service.errors import Conflict, Invalid
from service.store import tasks as rows
from service.store.db import transaction
from service.store.rows import NewEntry, TaskRow

PENDING = "pending"


def delegate(office: Office, actor: Actor, task_id: str, to: str, revisions: tasks.Revisions = None) -> None:
    """Ask a colleague who may do the task to work on it; only the owner completes it, after it is given back.

    Whoever may hand a task over may delegate it. Raises Forbidden, Conflict (held by another, or delegated already),
    Invalid (no such colleague).
    """
    with transaction() as connection:
        task = tasks.visible(connection, actor, task_id)
        tasks.check_revision(task, revisions)
        handing.check_giver(office, connection, actor, task)
        heir = handing.heir(office, connection, task, to)
        owner = task.assignee or (None if actor.powers & handing.KEEPERS else actor.id)
        if not rows.delegate(connection, task, heir.id, owner):
            raise tasks.taken(connection, task.id)
        detail = {"task": task.id, "from": owner, "to": heir.id}
        detail |= tasks.on_behalf(actor.acting_for(task.roles, task.unit))
        tasks.note(
            connection, task, NewEntry(actor=actor.id, verb="delegate", element=task.path, detail=detail)
        )


def resolve(actor: Actor, task_id: str, revisions: tasks.Revisions = None) -> None:
    """Give a delegated task back to its owner. Raises Conflict unless it is delegated to the person."""
    with transaction() as connection:
        task = tasks.visible(connection, actor, task_id)
        tasks.check_revision(task, revisions)
        if task.state != "open":
            raise Conflict("任务已经办结", cure="请刷新待办列表")
        if task.delegation != PENDING:
            raise Conflict("任务没有委托他人", cure="只有受托的任务需要交回；自己的任务请直接办结")
        if task.assignee != actor.id or not rows.resolve(connection, task.id, actor.id):
            raise tasks.taken(connection, task.id)
        detail = {"task": task.id, "to": task.owner}
        tasks.note(
            connection, task, NewEntry(actor=actor.id, verb="resolve", element=task.path, detail=detail)
        )


def throw(office: Office, actor: Actor, task_id: str, code: str, message: str) -> Advanced:
    """End a task in a business error: the diagram's error boundary event goes on from here.

    Raises Invalid when the diagram catches no such error, and what completing raises.
    """
    instance_id, number = split_wait_id(task_id)
    act = partial(Instance.fail_external, task_id=number, code=code, message=message)
    about = {"verb": "task_error", "task": task_id, "by": actor.id}
    with incidents.guarded(instance_id, about), transaction() as connection:
        found = office.opened(connection, instance_id, task_id)
        task, absent = tasks.doable(connection, actor, found)
        detail: dict[str, Any] = {"task": task.id, "code": code, "message": message}
        detail |= tasks.on_behalf(absent)
        entry = NewEntry(
            actor=actor.id, verb="task_error", element=task.path, detail=detail, clauses=task.clauses
        )
        try:
            return advance(connection, found.instance, office.around(connection, found), act, entry)
        except UncaughtError as error:
            raise _uncaught(task, code) from error


def _uncaught(task: TaskRow, code: str) -> Invalid:
    cure = "请用该任务的错误边界事件中写明的代码"
    return Invalid(f"流程图没有在任务“{task.name}”上接住错误 {code}", element=task.element, cure=cure)
