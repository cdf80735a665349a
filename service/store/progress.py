"""The hot path's statements: lock, read, and write what a verb changed, each table at most once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import Connection, text

from service.clock import ZONE
from service.ids import new_id
from service.store.rows import CaseRow, LockedInstance, NewEntry, NewOutbox, Progress, TaskRow

_LOCK = text(
    "select id, case_number, definition, status, revision, state from instance where id = :id for update"
)
_CONTEXT = text(
    """
    select c.number, c.procedure, c.region, c.student, c.started, c.form, c.closed_at is not null as closed,
           (select coalesce(json_object_agg(p.party, p.unit), '{}') from case_party p where p.case_number = c.number)
               as parties,
           clock_timestamp() as now,
           coalesce((select (value #>> '{}')::float8 from setting where key = 'clock_offset'), 0) as clock_offset,
           coalesce((select (value #>> '{}')::bigint from setting where key = 'release'), 0) as release
    from case_ c where c.number = :number
    """
)
_CLOCK = text(
    """
    select clock_timestamp() as now,
           coalesce((select (value #>> '{}')::float8 from setting where key = 'clock_offset'), 0) as clock_offset,
           coalesce((select (value #>> '{}')::bigint from setting where key = 'release'), 0) as release
    """
)
_TASK_COLUMNS = """id, instance, case_number, definition, element, path, name, unit, roles, barred, clauses, form,
    tenant, state, assignee, completed_by, priority, created_at, due, follow_up"""
_TASK = text(f"select {_TASK_COLUMNS} from user_task where id = :id")  # noqa: S608  (a constant)
_UPDATE_INSTANCE = text(
    """
    update instance set state = :state, next_due = :next_due, revision = revision + 1, ended_at = :ended_at,
           end_element = :end_element, status = case when cast(:ended_at as timestamptz) is null then status else 'ended' end
    where id = :id
    """
)
_INSERT_TASKS = text(
    """
    insert into user_task (id, instance, case_number, definition, element, path, name, unit, roles, barred, clauses, form,
                           tenant, priority, assignee, created_at, due, follow_up)
    select r.id, :instance, :case_number, r.definition, r.element, r.path, r.name, r.unit, r.roles, r.barred, r.clauses,
           r.form, r.tenant, r.priority, r.assignee, :now, r.due, r.follow_up
    from jsonb_to_recordset(cast(:rows as jsonb)) as r(id text, definition text, element text, path text, name text, unit text,
         roles text[], barred text[], clauses text[], form text, tenant text, priority int, assignee text,
         due timestamptz, follow_up timestamptz)
    """
)
_INSERT_TIMERS = text(
    """
    insert into timer (id, instance, element, name, due)
    select r.id, :instance, r.element, r.name, r.due
    from jsonb_to_recordset(cast(:rows as jsonb)) as r(id text, element text, name text, due timestamptz)
    on conflict (id) do update set due = excluded.due
    """
)
_INSERT_SUBSCRIPTIONS = text(
    """
    insert into subscription (id, instance, kind, name, element, sent_by)
    select r.id, :instance, r.kind, r.name, r.element, r.sent_by
    from jsonb_to_recordset(cast(:rows as jsonb)) as r(id text, kind text, name text, element text, sent_by text)
    """
)
_END_WAITS = text(
    """
    with gone as (select unnest(cast(:ids as text[])) as id),
         timers as (delete from timer using gone where timer.id = gone.id),
         listeners as (delete from subscription using gone where subscription.id = gone.id)
    update user_task set state = 'cancelled', ended_at = :now from gone
    where user_task.id = gone.id and user_task.state = 'open'
    """
)
_JOURNAL = text(
    """
    insert into journal (at, case_number, instance, student, actor, verb, element, detail, clauses)
    select :now, :case_number, :instance, :student, r.actor, r.verb, r.element, r.detail, r.clauses
    from jsonb_to_recordset(cast(:rows as jsonb))
         as r(actor text, verb text, element text, detail jsonb, clauses text[])
    """
)
_OUTBOX = text(
    """
    insert into outbox (id, kind, case_number, instance, name, payload, created_at)
    select r.id, r.kind, :case_number, :instance, r.name, r.payload, :now
    from jsonb_to_recordset(cast(:rows as jsonb)) as r(id text, kind text, name text, payload jsonb)
    """
)
_CLOSE_CASE = text(
    """
    update case_ set closed_at = :now, outcome = :outcome, outcome_name = :outcome_name
    where number = :number and closed_at is null
    """
)


def lock_instance(connection: Connection, instance_id: str) -> LockedInstance | None:
    """Lock an instance row; waits for whoever holds it, up to the lock timeout."""
    row = connection.execute(_LOCK, {"id": instance_id}).mappings().first()
    return LockedInstance(**row) if row is not None else None


def read_case(connection: Connection, number: str) -> CaseRow | None:
    """The case, its parties and the business clock. Read after the instance is locked."""
    row = connection.execute(_CONTEXT, {"number": number}).mappings().first()
    if row is None:
        return None
    values = dict(row)
    values["now"] = business(values.pop("now"), values.pop("clock_offset"))
    return CaseRow(**values)


def read_clock(connection: Connection) -> tuple[datetime, int]:
    """The business instant and the release number."""
    row = connection.execute(_CLOCK).one()
    return business(row.now, row.clock_offset), int(row.release)


def business(real: datetime, offset: float) -> datetime:
    """Real time and the offset (seconds) make business time; whole milliseconds."""
    moved = (real + timedelta(seconds=offset)).astimezone(ZONE)
    return moved.replace(microsecond=moved.microsecond // 1000 * 1000)


def read_task(connection: Connection, task_id: str) -> TaskRow | None:
    row = connection.execute(_TASK, {"id": task_id}).mappings().first()
    return task_row(row) if row is not None else None


def task_row(row: Any) -> TaskRow:
    """A TaskRow from a result row that has (at least) its columns."""
    values = {name: row[name] for name in TaskRow.__dataclass_fields__}
    for name in ("roles", "barred", "clauses"):
        values[name] = tuple(values[name])
    return TaskRow(**values)


def write_progress(connection: Connection, instance: LockedInstance, case: CaseRow, progress: Progress) -> None:
    """Write everything a verb changed in its instance; at most one statement a table."""
    common = {"instance": instance.id, "case_number": case.number, "now": case.now}
    if progress.over:
        connection.execute(_END_WAITS, {"ids": list(progress.over), "now": case.now})
    if progress.tasks:
        rows = _json([_task_values(task) for task in progress.tasks])
        connection.execute(_INSERT_TASKS, {**common, "rows": rows})
    if progress.timers:
        rows = _json([{**vars_of(timer), "due": timer.due.isoformat()} for timer in progress.timers])
        connection.execute(_INSERT_TIMERS, {"instance": instance.id, "rows": rows})
    if progress.subscriptions:
        rows = _json([vars_of(item) for item in progress.subscriptions])
        connection.execute(_INSERT_SUBSCRIPTIONS, {"instance": instance.id, "rows": rows})
    write_journal(connection, progress.entries, case=case, instance=instance.id)
    write_outbox(connection, progress.outbox, case=case, instance=instance.id)
    connection.execute(
        _UPDATE_INSTANCE,
        {
            "id": instance.id,
            "state": progress.state,
            "next_due": progress.next_due,
            "ended_at": progress.ended_at,
            "end_element": progress.end_element,
        },
    )
    if progress.outcome is not None:
        connection.execute(
            _CLOSE_CASE,
            {
                "number": case.number,
                "now": case.now,
                "outcome": progress.outcome,
                "outcome_name": progress.end_name,
            },
        )


def write_journal(
    connection: Connection, entries: Sequence[NewEntry], *, case: CaseRow, instance: str | None = None
) -> None:
    if not entries:
        return
    rows = _json([{**vars_of(entry), "detail": dict(entry.detail)} for entry in entries])
    connection.execute(
        _JOURNAL,
        {"now": case.now, "case_number": case.number, "instance": instance, "student": case.student, "rows": rows},
    )


def write_outbox(connection: Connection, items: Sequence[NewOutbox], *, case: CaseRow, instance: str | None) -> None:
    if not items:
        return
    rows = _json([{"id": new_id(), **vars_of(item), "payload": dict(item.payload)} for item in items])
    connection.execute(
        _OUTBOX, {"now": case.now, "case_number": case.number, "instance": instance, "rows": rows}
    )


def _task_values(task: TaskRow) -> dict[str, Any]:
    values = vars_of(task)
    for name in ("due", "follow_up"):
        values[name] = values[name].isoformat() if values[name] else None
    values.pop("created_at")
    return values


def vars_of(thing: Any) -> dict[str, Any]:
    """A frozen row as a plain dict."""
    return {name: getattr(thing, name) for name in thing.__dataclass_fields__}


def _json(rows: list[dict[str, Any]]) -> str:
    return orjson.dumps(rows).decode()
