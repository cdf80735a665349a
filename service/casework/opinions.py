"""Asking a colleague for an opinion (加签): the task cannot be completed before it is given, or asked for no more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from service.casework import standing, tasks
from service.casework.actors import Actor
from service.casework.context import Office
from service.errors import Conflict, Forbidden, Invalid, NotFound
from service.ids import new_id
from service.registry import counter
from service.store import opinions as rows
from service.store import people
from service.store.db import transaction
from service.store.listing import Page
from service.store.notes import note
from service.store.progress import read_clock
from service.store.rows import NewEntry, TaskRow


@dataclass(frozen=True, kw_only=True)
class Question:
    """Whom to ask about which task; the person by id or username."""

    task: str
    person: str
    text: str = ""


def ask(office: Office, actor: Actor, question: Question) -> Mapping[str, Any]:
    """Ask a colleague of the same unit; the row of ``OPINIONS``.

    By the task's holder, or by its group while nobody holds it. Raises NotFound, Forbidden, Conflict, Invalid.
    """
    with transaction() as connection:
        task = tasks.visible(connection, actor, question.task)
        _check_holder(connection, actor, task)
        colleague = _colleague(office, connection, actor, task, question.person)
        if not rows.count(connection, task.id, 1):
            raise Conflict("任务已经办结", cure="请刷新待办列表")
        if rows.asked(connection, task.id, colleague):
            raise Conflict("已经征询过这位同事，尚未答复", cure="请等其答复")
        row = {
            "id": new_id(),
            "task": task.id,
            "person": colleague,
            "asked_by": actor.id,
            "question": question.text,
            "at": read_clock(connection)[0],
        }
        rows.insert(connection, row)
        _note(connection, actor, "ask_opinion", task, {"to": colleague, "reason": question.text})
        return _row(connection, str(row["id"]))


def give(actor: Actor, opinion: str, agrees: bool, text: str) -> Mapping[str, Any]:
    """Answer. Raises NotFound (not asked), Conflict (answered, not asked any more, or the task is over)."""
    with transaction() as connection:
        row = _row(connection, opinion)
        if row["person"] != actor.id:
            raise _none()
        if not rows.count(connection, row["task"], -1):
            raise Conflict("任务已经办结", cure="请刷新")
        values = {"id": opinion, "agrees": agrees, "text": text, "at": read_clock(connection)[0]}
        if not rows.give(connection, values):
            raise Conflict("意见已经出具，或已不再征询", cure="请刷新")
        task = tasks.visible(connection, actor, row["task"])
        _note(connection, actor, "give_opinion", task, {"agrees": agrees, "text": text})
        return _row(connection, opinion)


def drop(actor: Actor, opinion: str) -> None:
    """Ask no more: by whoever asked, or whoever holds the task now. Raises NotFound, Forbidden, Conflict."""
    with transaction() as connection:
        row = _row(connection, opinion)
        task = tasks.visible(connection, actor, row["task"])
        if row["asked_by"] != actor.id:
            _check_holder(connection, actor, task)
        if not rows.count(connection, task.id, -1):
            raise Conflict("任务已经办结", cure="请刷新")
        if not rows.drop(connection, {"id": opinion, "at": read_clock(connection)[0]}):
            raise Conflict("意见已经出具，或已不再征询", cure="请刷新")
        _note(connection, actor, "drop_opinion", task, {"to": row["person"]})


def of_task(actor: Actor, task_id: str, page: Page) -> Sequence[Mapping[str, Any]]:
    """What was asked and answered about a task. Raises NotFound."""
    with transaction() as connection:
        tasks.visible(connection, actor, task_id)
        return rows.OPINIONS.find(connection, {"task": task_id}, page)


def asked_of(actor: Actor, page: Page) -> Sequence[Mapping[str, Any]]:
    """What the person has not answered yet."""
    with transaction() as connection:
        return rows.OPINIONS.find(connection, {"person": actor.id, "open": {}}, page)


def _check_holder(connection: Connection, actor: Actor, task: TaskRow) -> None:
    if task.state != "open":
        raise Conflict("任务已经办结", cure="请刷新待办列表")
    if task.assignee is None:
        counter.check_group(actor.roles, task.roles, task.unit)
    elif task.assignee != actor.id:
        raise tasks.taken(connection, task.id)


def _colleague(office: Office, connection: Connection, actor: Actor, task: TaskRow, name: str) -> str:
    """Somebody else who may act in the unit today."""
    row = people.account(connection, "id", name) or people.account(connection, "username", name)
    if row is None or not row.active:
        raise Invalid("没有这个人员", cure="请核对人员 id 或用户名")
    held = standing.of(office.shelf.rules.law.roles, row).roles
    if row.id == actor.id or task.unit not in {unit for _, unit in held}:
        raise Forbidden(f"{row.name}不能就这个任务出具意见", cure="请选择本单位另一位有资格的人员")
    return row.id


def _row(connection: Connection, opinion: str) -> Mapping[str, Any]:
    row = rows.OPINIONS.one(connection, {"id": opinion})
    if row is None:
        raise _none()
    return row


def _none() -> NotFound:
    return NotFound("没有这项征询", cure="请刷新列表")


def _note(connection: Connection, actor: Actor, verb: str, task: TaskRow, detail: Mapping[str, Any]) -> None:
    said = {name: value for name, value in detail.items() if value != ""}
    entry = NewEntry(actor=actor.id, verb=verb, element=task.path, detail={"task": task.id, **said})
    note(connection, entry, case=task.case_number, instance=task.instance)
