"""What it takes to undo an act by hand: an instance and what it waited for, as they were before it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, text

from service.store.models import UserTask

_ALL = """(select coalesce(jsonb_agg(to_jsonb(r)), '[]') from {table} r where r.instance = i.id {more})"""
_OPEN_TASKS = _ALL.format(table="user_task", more="and r.state = 'open'")
_AFTER = """jsonb_build_object(
    'tasks', (select coalesce(jsonb_object_agg(t.id, t.revision), '{}') from user_task t
              where t.instance = i.id and t.state = 'open'),
    'work', (select coalesce(jsonb_object_agg(s.id, jsonb_build_array(s.worker, s.retries, s.error_message)), '{}')
             from subscription s where s.instance = i.id and s.kind = 'external'))"""
_KEEP = text(
    f"""insert into undo (instance, kind, revision, definition, state, next_due, tasks, timers, subscriptions, by, at)
        select i.id, :kind, i.revision, i.definition, i.state, i.next_due, {_OPEN_TASKS},
               {_ALL.format(table="timer", more="")}, {_ALL.format(table="subscription", more="")}, :by, :at
        from instance i where i.id = :instance
        on conflict (instance) do update set (kind, revision, definition, state, next_due, tasks, timers, subscriptions,
            by, at) = (excluded.kind, excluded.revision, excluded.definition, excluded.state, excluded.next_due,
            excluded.tasks, excluded.timers, excluded.subscriptions, excluded.by, excluded.at)"""  # noqa: S608  (constants)
)
_SEAL = text(
    f"""update undo set revision = i.revision, after = {_AFTER} from instance i
        where i.id = undo.instance and undo.instance = :instance"""  # noqa: S608  (constants)
)
_READ = text(
    f"""select u.kind, u.definition, u.state, u.by, u.at, u.revision,
               i.status = 'active' and u.revision = i.revision and u.after = {_AFTER} as untouched
        from undo u join instance i on i.id = u.instance where u.instance = :instance"""  # noqa: S608  (constants)
)
_FORGET = text("delete from undo where instance = :instance")
_FIXED = {"id", "instance", "case_number", "created_at", "revision"}
_EXPIRE = text(
    """delete from undo where instance in (
           select u.instance from undo u join instance i on i.id = u.instance
           where u.revision <> i.revision limit :most)"""
)
# Everything about a task but what names it; the revision goes on.
_COLUMNS = ", ".join(column.name for column in UserTask.__table__.columns if column.name not in _FIXED)
_RESTORE = (
    """update user_task t set state = 'cancelled', ended_at = :now, revision = t.revision + 1
       from undo u where u.instance = :instance and t.instance = u.instance and t.state = 'open'
         and not exists (select from jsonb_array_elements(u.tasks) k where k->>'id' = t.id)""",
    f"""update user_task t set ({_COLUMNS}, revision) = (
            select {", ".join(f"k.{name.strip()}" for name in _COLUMNS.split(","))}, t.revision + 1
            from undo u, jsonb_populate_recordset(null::user_task, u.tasks) k
            where u.instance = :instance and k.id = t.id)
        where t.instance = :instance and exists (select from undo u, jsonb_array_elements(u.tasks) k
            where u.instance = :instance and k->>'id' = t.id)""",  # noqa: S608  (constants)
    "delete from timer where instance = :instance",
    """insert into timer select k.* from undo u, jsonb_populate_recordset(null::timer, u.timers) k
       where u.instance = :instance""",
    "delete from subscription where instance = :instance",
    """insert into subscription select k.* from undo u, jsonb_populate_recordset(null::subscription, u.subscriptions) k
       where u.instance = :instance""",
    """update instance i set definition = u.definition, state = :state, revision = i.revision + 1,
              variables = cast(:variables as jsonb),
              next_due = (select min(t.due) from timer t where t.instance = i.id)
       from undo u where u.instance = i.id and i.id = :instance""",
    "delete from undo where instance = :instance",
)


@dataclass(frozen=True, kw_only=True)
class Kept:
    """An act that may be undone. ``untouched``: nothing has happened in the case since."""

    kind: str
    definition: str
    state: bytes
    by: str
    at: datetime
    revision: int
    untouched: bool


@dataclass(frozen=True, kw_only=True)
class Back:
    """What an instance goes back to, and when (business time)."""

    state: bytes
    variables: Mapping[str, Any]
    now: datetime


def keep(connection: Connection, instance: str, kind: str, by: str, at: datetime) -> None:
    """Remember a locked instance as it is, before an act; what was remembered of an earlier act goes."""
    connection.execute(_KEEP, {"instance": instance, "kind": kind, "by": by, "at": at})


def seal(connection: Connection, instance: str) -> None:
    """After the act: from here on anything that happens makes it final."""
    connection.execute(_SEAL, {"instance": instance})


def forget(connection: Connection, instance: str) -> None:
    """What was done cannot be undone."""
    connection.execute(_FORGET, {"instance": instance})


def read(connection: Connection, instance: str) -> Kept | None:
    row = connection.execute(_READ, {"instance": instance}).mappings().first()
    return Kept(**row) if row is not None else None


def restore(connection: Connection, instance: str, back: Back) -> None:
    """Put a locked instance back; tasks that came since are cancelled and kept as history."""
    values = {"state": back.state, "now": back.now, "variables": orjson.dumps(dict(back.variables)).decode()}
    for statement in _RESTORE:
        connection.execute(text(statement), {"instance": instance, **values})


def expire(connection: Connection, most: int = 1000) -> int:
    """Forget what can no longer be undone; how many."""
    return connection.execute(_EXPIRE, {"most": most}).rowcount
