"""Sending a case back for correction (退回): to where its diagram says, with a reason that is kept.

Two ways to say it. A form whose field ``decision`` offers ``return``: the diagram draws the way back, and the reason
goes into the form's ``opinion``. Or a task with the property ``return_to``: the case goes back to that step as it was
when it first came there. A diagram that says neither has no return.
"""

from __future__ import annotations

from functools import partial

from sqlalchemy import Connection

from service.casework import incidents, tasks
from service.casework.actors import Actor
from service.casework.advance import Advanced, advance, split_wait_id
from service.casework.context import Office
from service.engine import restart
from service.errors import Conflict
from service.policy.forms import Form
from service.store.db import transaction
from service.store.rows import NewEntry, TaskRow

DECISION, RETURN, REASON = "decision", "return", "opinion"
PROPERTY = "return_to"


def send_back(
    office: Office, actor: Actor, task_id: str, reason: str, revisions: tasks.Revisions = None
) -> Advanced:
    """Send the case back from a task. Raises as ``tasks.complete``; Conflict where the diagram has no return."""
    with transaction() as connection:
        task = tasks.visible(connection, actor, task_id)
        form, step = _form(office, connection, task), _step(office, connection, task)
    if form is not None and offers_return(form):
        values = {DECISION: RETURN, **({REASON: reason} if form.field(REASON) else {})}
        deed = tasks.Deed(task=task_id, values=values, revisions=revisions, verb="return", reason=reason)
        return tasks.do(office, actor, deed)
    if not step:
        cure = "请按流程图办理；不同意的请填写理由。需要退回的，由流程分析员在图上画出退回"
        raise Conflict(f"“{task.name}”这个环节没有画出退回", cure=cure)
    deed = tasks.Deed(task=task_id, values={}, revisions=revisions, verb="return", reason=reason)
    return _restart(office, actor, deed, step)


def offers_return(form: Form) -> bool:
    """Whether a task with this form may be sent back."""
    field = form.field(DECISION)
    return field is not None and any(option.value == RETURN for option in field.options)


def _restart(office: Office, actor: Actor, deed: tasks.Deed, step: str) -> Advanced:
    """Put the case at the step, with the variables of then; what is open is cancelled, its history kept."""
    instance, _ = split_wait_id(deed.task)
    about = {"verb": deed.verb, "task": deed.task, "by": actor.id}
    with incidents.guarded(instance, about), transaction() as connection:
        found = office.opened(connection, instance, deed.task)
        task, absent = tasks.doable(connection, actor, found, deed.revisions)
        detail = {"task": task.id, "reason": deed.reason, "back_to": step, **tasks.on_behalf(absent)}
        entry = NewEntry(
            actor=actor.id, verb=deed.verb, element=task.path, detail=detail, clauses=task.clauses
        )
        act = partial(restart, element=step)
        return advance(connection, found.instance, office.around(connection, found), act, entry)


def _form(office: Office, connection: Connection, task: TaskRow) -> Form | None:
    if not task.form:
        return None
    return office.shelf.form(connection, office.shelf.row(connection, task.definition), task.form)


def _step(office: Office, connection: Connection, task: TaskRow) -> str:
    """The step the task's property names, empty where it has none."""
    compiled = office.shelf.compiled(connection, office.shelf.row(connection, task.definition))
    node = compiled.nodes.get(task.element)
    return node.properties.get(PROPERTY, "").strip() if node is not None else ""
