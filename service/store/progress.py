"""The hot path's statements: lock, read, and write what a verb changed, each table at most once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import Connection, text

from service.clock import ZONE
from service.ids import new_id
from service.policy import identity
from service.store import submissions, wire
from service.store.rows import CaseRow, Locked, LockedInstance, NewEntry, NewOutbox, Progress, TaskRow
from service.store.write_statement import statement

_INSTANCE = ("id", "case_number", "definition", "status", "revision", "state", "region", "host")
_CASE = (
    *("number", "procedure", "region", "student", "started", "form", "closed"),
    *("parties", "now", "clock_offset", "release"),
)
_INSTANCE_COLUMNS = """i.id, i.case_number, i.definition, i.status, i.revision, i.state, i.region,
           not exists (select from instance o where o.case_number = i.case_number and o.id < i.id)"""
_CASE_COLUMNS = """c.number, c.procedure, c.region, c.student, c.started, c.form, c.closed_at is not null,
           (select coalesce(json_object_agg(p.party, p.unit), '{}') from case_party p where p.case_number = c.number),
           clock_timestamp(),
           coalesce((select (value #>> '{}')::float8 from setting where key = 'clock_offset'), 0),
           coalesce((select (value #>> '{}')::bigint from setting where key = 'release'), 0)"""
_TASK_COLUMNS = """t.id, t.instance, t.case_number, t.definition, t.element, t.path, t.name, t.unit, t.roles, t.barred,
           t.clauses, t.form, t.tenant, t.state, t.assignee, t.completed_by, t.priority, t.created_at, t.due,
           t.follow_up, t.revision, t.owner, t.delegation, t.opinions_open"""
_STATE = f"select {_INSTANCE_COLUMNS} from instance i where i.id = %(id)s"  # noqa: S608  (constants)
_CONTEXT = f"select {_CASE_COLUMNS} from case_ c where c.number = %(number)s"  # noqa: S608  (constants)
_TASK = f"select {_TASK_COLUMNS} from user_task t where t.id = %(id)s"  # noqa: S608  (constants)
# The second revision is that of the statement's snapshot: it differs when somebody committed between the snapshot and
# the lock, and what was read beside the instance may be as old as the snapshot.
_LOCK = f"""
    select {_INSTANCE_COLUMNS}, (select o.revision from instance o where o.id = i.id), {_CASE_COLUMNS}, {_TASK_COLUMNS}
    from instance i join case_ c on c.number = i.case_number left join user_task t on t.id = %(task)s
    where i.id = %(id)s for update of i skip locked
"""  # noqa: S608  (constants)
_WAIT = "select from instance where id = %(id)s for update"
_CLOCK = text(
    """
    select clock_timestamp() as now,
           coalesce((select (value #>> '{}')::float8 from setting where key = 'clock_offset'), 0) as clock_offset,
           coalesce((select (value #>> '{}')::bigint from setting where key = 'release'), 0) as release
    """
)
_JOURNAL = text(
    """
    insert into journal (at, case_number, instance, student, actor, verb, element, detail, clauses)
    values (:now, :number, :instance, :student, :actor, :verb, :element, cast(:detail as jsonb), :clauses)
    """
)


def lock(connection: Connection, instance_id: str, task_id: str = "") -> Locked | None:
    """Lock an instance; its case (as it is under the lock), the business clock, and a task of it when asked for.

    Waits for whoever holds it, up to the lock timeout. The usual case, nobody holding it, is one statement.
    """
    values = {"id": instance_id, "task": task_id}
    row = wire.one(connection, _LOCK, values)
    if row is None or row[len(_INSTANCE)] != row[_INSTANCE.index("revision")]:
        if wire.one(connection, _WAIT, values) is None:
            return None
        row = wire.one(connection, _LOCK, values)
    if row is None:
        return None
    case_at = len(_INSTANCE) + 1
    task_at = case_at + len(_CASE)
    return Locked(
        instance=_instance(row[: len(_INSTANCE)]), case=_case(row[case_at:task_at]), task=_task(row[task_at:])
    )


def read_state(connection: Connection, instance_id: str) -> LockedInstance | None:
    """An instance row as it is, without a lock: to look, not to act."""
    row = wire.one(connection, _STATE, {"id": instance_id})
    return _instance(row) if row is not None else None


def read_case(connection: Connection, number: str) -> CaseRow | None:
    """The case, its parties and the business clock."""
    row = wire.one(connection, _CONTEXT, {"number": number})
    return _case(row) if row is not None else None


def read_clock(connection: Connection) -> tuple[datetime, int]:
    """The business instant and the release number."""
    row = connection.execute(_CLOCK).one()
    return business(row.now, row.clock_offset), int(row.release)


def business(real: datetime, offset: float) -> datetime:
    """Real time and the offset (seconds) make business time; whole milliseconds."""
    moved = (real + timedelta(seconds=offset)).astimezone(ZONE)
    return moved.replace(microsecond=moved.microsecond // 1000 * 1000)


def read_task(connection: Connection, task_id: str) -> TaskRow | None:
    row = wire.one(connection, _TASK, {"id": task_id})
    return _task(row) if row is not None else None


def _instance(row: tuple[Any, ...]) -> LockedInstance:
    return LockedInstance(**dict(zip(_INSTANCE, row, strict=True)))


def _case(row: tuple[Any, ...]) -> CaseRow:
    values = dict(zip(_CASE, row, strict=True))
    values["now"] = business(values.pop("now"), values.pop("clock_offset"))
    return CaseRow(**values)


def _task(row: tuple[Any, ...]) -> TaskRow | None:
    return task_row(dict(zip(TaskRow.__dataclass_fields__, row, strict=True))) if row[0] is not None else None


def task_row(row: Any) -> TaskRow:
    """A TaskRow from a result row that has (at least) its columns."""
    values = {name: row[name] for name in TaskRow.__dataclass_fields__}
    for name in ("roles", "barred", "clauses"):
        values[name] = tuple(values[name])
    return TaskRow(**values)


def write_progress(
    connection: Connection, instance: LockedInstance, case: CaseRow, progress: Progress
) -> bool:
    """Write everything a verb changed in its instance, in one statement.

    False when the finished task was no longer this person's to finish (the caller rolls back).
    """
    finished = progress.finished
    over = [one for one in progress.over if finished is None or one != finished.task]
    rows: dict[str, Any] = {
        "tasks": [_task_values(task) for task in progress.tasks],
        "timers": [{**vars_of(timer), "due": timer.due.isoformat()} for timer in progress.timers],
        "subscriptions": [{**vars_of(item), "inputs": dict(item.inputs)} for item in progress.subscriptions],
        "parties": dict(progress.parties),
        "entries": [_entry_values(entry) for entry in progress.entries],
        "outbox": [_outbox_values(item) for item in progress.outbox],
        "variables": dict(progress.variables),
    }
    values = {
        "rows": orjson.dumps(rows).decode(),
        "over": over,
        "instance": instance.id,
        "number": case.number,
        "student": case.student,
        "now": case.now,
        "task": finished.task if finished else None,
        "kept": finished.key if finished else None,
        "submission": submissions.sealed(finished.key, finished.data) if finished else None,
        "form": finished.form if finished else None,
        "actor": finished.by if finished else None,
        "absent": (finished.absent or None) if finished else None,
        "state": progress.state,
        "next_due": progress.next_due,
        "ended": progress.outcome is not None,
        "host": instance.host,
        "outcome": progress.outcome,
        "outcome_name": progress.outcome_name,
    }
    done = wire.one(connection, statement(_parts(progress, instance, bool(over))), values)
    return finished is None or finished.task is None or done == (1,)


def _parts(progress: Progress, instance: LockedInstance, over: bool) -> frozenset[str]:
    """The parts of the statement that have something to write; ``over``: more has ended than the finished task."""
    finished = progress.finished
    wanted = {
        "done": finished is not None and finished.task is not None,
        "kept": finished is not None,
        "no_timers": over,
        "no_listeners": over,
        "cancelled": over,
        "tasks": bool(progress.tasks),
        "timers": bool(progress.timers),
        "listeners": bool(progress.subscriptions),
        "parties": bool(progress.parties),
        "entries": bool(progress.entries),
        "effects": bool(progress.outbox),
        "closed": progress.outcome is not None and instance.host,
        "moved": True,
    }
    return frozenset(name for name, there in wanted.items() if there)


def write_journal(
    connection: Connection, entry: NewEntry, *, case: CaseRow, instance: str | None = None
) -> None:
    """One journal entry on its own."""
    head = {"now": case.now, "number": case.number, "instance": instance, "student": case.student}
    connection.execute(_JOURNAL, {**head, **_text_values(entry)})


def _text_values(entry: NewEntry) -> dict[str, Any]:
    values = _entry_values(entry)
    return {**values, "detail": orjson.dumps(values["detail"]).decode()}


def _entry_values(entry: NewEntry) -> dict[str, Any]:
    return {**vars_of(entry), "detail": _without_numbers(entry.detail), "clauses": list(entry.clauses)}


def _without_numbers(detail: Mapping[str, Any]) -> Any:
    """What people wrote, without numbers that must not stay in a journal nobody can change."""
    written = orjson.dumps(dict(detail)).decode()
    return orjson.loads(identity.redacted(written))


def _outbox_values(item: NewOutbox) -> dict[str, Any]:
    return {"id": new_id(), **vars_of(item), "payload": dict(item.payload)}


def _task_values(task: TaskRow) -> dict[str, Any]:
    values = vars_of(task)
    for name in ("due", "follow_up"):
        values[name] = values[name].isoformat() if values[name] else None
    values.pop("created_at")
    values.pop("revision")
    return values


def vars_of(thing: Any) -> dict[str, Any]:
    """A frozen row as a plain dict."""
    return {name: getattr(thing, name) for name in thing.__dataclass_fields__}
