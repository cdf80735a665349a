"""Rows of a move: which cases there are to move, and the projections under their new names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import orjson
from sqlalchemy import Connection, RowMapping, text

from service.store import submissions
from service.store.rows import TaskRow

_OPEN = text(
    """select i.id, i.case_number, i.definition, i.revision, d.version
       from instance i join definition d on d.id = i.definition
       where d.key = :key and d.tenant is not distinct from cast(:tenant as text) and d.id <> :target
         and i.status <> 'ended' and (:source = '' or i.definition = :source) and i.id > :after
       order by i.id limit :limit"""
)
_COUNT = text(
    """select count(*) from instance i join definition d on d.id = i.definition
       where d.key = :key and d.tenant is not distinct from cast(:tenant as text) and d.id <> :target
         and i.status <> 'ended' and (:source = '' or i.definition = :source)"""
)
_SUBMITTED = text(
    """select s.task from submission s left join user_task t on t.id = s.task
         left join definition d on d.id = t.definition
       where s.task in (select :instance union all select o.id from user_task o where o.instance = :instance)
         and (t.id is null or d.key = :key) order by s.at, s.task"""
)
_TASKS = text(
    """update user_task t set definition = r.definition, element = r.element, path = r.path, name = r.name,
              unit = r.unit, roles = r.roles, barred = r.barred, clauses = r.clauses, form = r.form, tenant = r.tenant,
              revision = t.revision + 1
       from jsonb_to_recordset(cast(:rows as jsonb)) as r(id text, definition text, element text, path text, name text,
            unit text, roles text[], barred text[], clauses text[], form text, tenant text)
       where t.id = r.id and t.state = 'open'"""
)
_TIMERS = text(
    """update timer t set element = r.element, name = r.name
       from jsonb_to_recordset(cast(:rows as jsonb)) as r(id text, element text, name text) where t.id = r.id"""
)
_LISTENERS = text(
    """update subscription s set element = r.element, name = r.awaits, sent_by = r.sent_by
       from jsonb_to_recordset(cast(:rows as jsonb)) as r(id text, element text, awaits text, sent_by text)
       where s.id = r.id"""
)
_DEFINITION = text("update instance set definition = :definition where id = :instance")
_TRY_AGAIN = text(
    """with closed as (
           update incident set resolved_at = clock_timestamp()
           where instance = :instance and kind = 'timer' and resolved_at is null
       )
       update instance set failures = 0, failure = '', retry_at = null where id = :instance and failures > 0"""
)
_PATIENCE = text("set local lock_timeout = '500ms'")


def impatient(connection: Connection) -> None:
    """In this transaction a lock somebody holds is soon an error."""
    connection.execute(_PATIENCE)


def candidates(
    connection: Connection, wanted: Mapping[str, Any], limit: int, after: str = ""
) -> Sequence[RowMapping]:
    """Open instances of other versions: ``wanted`` holds key, tenant, target and source ("" for any)."""
    return connection.execute(_OPEN, {**wanted, "limit": limit, "after": after}).mappings().all()


def count(connection: Connection, wanted: Mapping[str, Any]) -> int:
    """How many instances ``candidates`` finds in all."""
    return int(connection.execute(_COUNT, wanted).scalar_one())


def submitted(connection: Connection, instance: str, key: str, names: Iterable[str]) -> dict[str, Any]:
    """The last submitted value of each name, in the forms of a process itself (not of those it calls)."""
    found: dict[str, Any] = {}
    wanted = set(names)
    if wanted:
        for task in connection.execute(_SUBMITTED, {"instance": instance, "key": key}).scalars().all():
            answers = submissions.read(connection, task) or {}
            found.update({name: value for name, value in answers.items() if name in wanted})
    return found


def retell(
    connection: Connection,
    tasks: Sequence[TaskRow],
    timers: Sequence[Mapping[str, str]],
    listeners: Sequence[Mapping[str, str]],
) -> None:
    """Tell what stays open in the words of the new diagram; what people and time did to it stays."""
    told = [{name: getattr(task, name) for name in TaskRow.__dataclass_fields__} for task in tasks]
    for row in told:
        for name in ("created_at", "due", "follow_up"):
            row.pop(name)
    for statement, rows in ((_TASKS, told), (_TIMERS, timers), (_LISTENERS, listeners)):
        if rows:
            connection.execute(statement, {"rows": orjson.dumps(list(rows)).decode()})


def set_definition(connection: Connection, instance: str, definition: str) -> None:
    """The instance runs on this definition; what its timers could not do on the old one is tried anew."""
    connection.execute(_DEFINITION, {"instance": instance, "definition": definition})
    connection.execute(_TRY_AGAIN, {"instance": instance})
