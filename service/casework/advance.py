"""The single loop: engine ↔ tables. Every verb that moves a case goes through here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection

from service.casework.surroundings import Surroundings
from service.engine import (
    ExternalWait,
    Instance,
    MessageWait,
    Outcome,
    SignalWait,
    TimerWait,
    UserTaskWait,
    Wait,
)
from service.errors import Conflict
from service.registry import counter, four_eyes
from service.store.cases import release_student
from service.store.outbox import release_early
from service.store.progress import write_progress
from service.store.rows import (
    LockedInstance,
    NewEntry,
    NewOutbox,
    NewSubscription,
    NewTimer,
    Progress,
    TaskRow,
)


@dataclass(frozen=True, kw_only=True)
class Advanced:
    """What a verb led to: the tasks that opened, and how the case ended if it did."""

    instance: str
    case_number: str
    tasks: tuple[TaskRow, ...]
    outcome: str | None = None
    opened: bool = False  # by a message that began a case


class LostRace(Conflict):
    """The task was somebody else's by the time it was written: claimed while this verb held only the instance."""


def advance(
    connection: Connection,
    locked: LockedInstance,
    world: Surroundings,
    act: Callable[[Instance], Any],
    entry: NewEntry,
) -> Advanced:
    """Load the locked instance, let it act, and write everything that changed."""
    instance = Instance.load(locked.state, world)
    act(instance)
    return record(connection, locked, world, instance, entry)


def record(
    connection: Connection, locked: LockedInstance, world: Surroundings, instance: Instance, entry: NewEntry
) -> Advanced:
    """Write what an instance's acts changed: state, tasks, timers, subscriptions, journal, outbox."""
    outcome = instance.settle()
    tasks = tuple(task_of(wait, locked, world) for wait in outcome.created if isinstance(wait, UserTaskWait))
    end = outcome.end
    progress = Progress(
        state=instance.save(),
        next_due=outcome.next_due,
        variables=outcome.variables,
        outcome=(end.element if end else "") if instance.completed else None,
        outcome_name=end.name if end else None,
        finished=world.finished,
        parties=world.new_parties,
        tasks=tasks,
        timers=tuple(_timer(wait, locked.id) for wait in outcome.created if isinstance(wait, TimerWait)),
        subscriptions=tuple(
            _subscription(wait, locked.id)
            for wait in outcome.created
            if isinstance(wait, MessageWait | SignalWait | ExternalWait)
        ),
        over=tuple(wait_id(locked.id, ended.id) for ended in outcome.ended),
        entries=(_with_trail(entry, outcome, world),),
        outbox=(*world.outbox, *_thrown(outcome)),
    )
    if not write_progress(connection, locked, world.case, progress):
        raise LostRace("任务刚刚被他人签收或办结", cure="请刷新待办列表")
    if instance.completed and locked.host:
        release_student(connection, world.case)
    heard = [wait.message for wait in outcome.created if isinstance(wait, MessageWait)]
    if heard:
        release_early(connection, locked.case_number, heard)
    return Advanced(instance=locked.id, case_number=locked.case_number, tasks=tasks, outcome=progress.outcome)


def wait_id(instance_id: str, number: str) -> str:
    """The public id of a wait: the instance's id and the token's number."""
    return f"{instance_id}-{number}"


def split_wait_id(public: str) -> tuple[str, str]:
    """Instance id and token number of a public id."""
    instance, _, number = public.rpartition("-")
    return instance, number


def task_of(wait: UserTaskWait, locked: LockedInstance, world: Surroundings) -> TaskRow:
    """The row of a new user task: its groups become one unit and the roles in it."""
    roles, unit = counter.roles_and_unit(wait.groups, world.unit_of, wait.element)
    return TaskRow(
        id=wait_id(locked.id, wait.id),
        instance=locked.id,
        case_number=locked.case_number,
        definition=world.shelf.id_of(world.by_digest(wait.digest, wait.process)),
        element=wait.element,
        path=wait.path,
        name=wait.name,
        unit=unit,
        roles=roles,
        barred=four_eyes.people(wait.barred),
        clauses=wait.clauses,
        form=wait.form,
        tenant=wait.tenant,
        state="open",
        assignee=wait.assignee or None,
        completed_by=None,
        priority=wait.priority,
        created_at=world.now,
        due=wait.due,
        follow_up=wait.follow_up,
    )


def _timer(wait: TimerWait, instance_id: str) -> NewTimer:
    return NewTimer(id=wait_id(instance_id, wait.id), element=wait.element, name=wait.name, due=wait.due)


def _subscription(wait: Wait, instance_id: str) -> NewSubscription:
    if isinstance(wait, ExternalWait):
        return NewSubscription(
            id=wait_id(instance_id, wait.id),
            kind="external",
            name=wait.topic,
            element=wait.element,
            priority=wait.priority,
            inputs=wait.inputs,
        )
    kind, name, sent_by = "", "", ""
    if isinstance(wait, MessageWait):
        kind, name, sent_by = "message", wait.message, wait.sent_by
    elif isinstance(wait, SignalWait):
        kind, name = "signal", wait.signal
    return NewSubscription(
        id=wait_id(instance_id, wait.id), kind=kind, name=name, element=wait.element, sent_by=sent_by
    )


def _with_trail(entry: NewEntry, outcome: Outcome, world: Surroundings) -> NewEntry:
    """The journal entry with what happened on the way: nodes passed, rows matched, facts read, changes made."""
    detail = dict(entry.detail)
    detail["nodes"] = _runs(outcome)
    rules = {
        step.element: list(step.rules) for step in outcome.trail if step.kind == "decision" and step.rules
    }
    if rules:
        detail["rules"] = rules
    if outcome.facts:
        detail["facts"] = dict(outcome.facts)
    if world.changes:
        detail["changes"] = [type(change).__name__ for change in world.changes]
    if outcome.end is not None:
        detail["end"] = outcome.end.element
    return NewEntry(
        actor=entry.actor, verb=entry.verb, element=entry.element, detail=detail, clauses=entry.clauses
    )


def _runs(outcome: Outcome) -> list[str]:
    """The nodes passed, in order, as runs: a process and its nodes parted by blanks, which no id holds.

    A case passes through some thirty nodes a verb: naming the process before each would be half the journal.
    """
    passed = ((step.process, step.element) for step in outcome.trail if step.kind == "node")
    runs = groupby(passed, key=itemgetter(0))
    return [" ".join((process, *(element for _, element in run))) for process, run in runs]


def _thrown(outcome: Outcome) -> tuple[NewOutbox, ...]:
    return tuple(
        NewOutbox(
            kind=item.kind,
            name=item.name,
            payload={"variables": dict(item.payload), "properties": dict(item.properties)},
        )
        for item in outcome.thrown
    )
