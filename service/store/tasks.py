"""User tasks: taking, giving back, finishing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import orjson
from sqlalchemy import Connection, text

from service.policy.values import Value
from service.store.rows import TaskRow

_CLAIM = text(
    """update user_task set assignee = :person, claimed_at = clock_timestamp()
       where id = :id and state = 'open' and (assignee is null or assignee = :person)"""
)
_UNCLAIM = text(
    """update user_task set assignee = null, claimed_at = null
       where id = :id and state = 'open' and assignee = :person"""
)
_FINISH = text(
    """
    with done as (
        update user_task set state = 'completed', completed_by = :person, assignee = :person, ended_at = :now
        where id = :id and state = 'open' and (assignee is null or assignee = :person) returning id, instance
    )
    insert into submission (task, instance, form, by, at, data)
    select id, instance, :form, :person, :now, cast(:data as jsonb) from done
    """
)
_NAME = text("select name from person where id = :id")


def claim(connection: Connection, task_id: str, person: str) -> bool:
    """True when the task is now the person's."""
    return connection.execute(_CLAIM, {"id": task_id, "person": person}).rowcount == 1


def unclaim(connection: Connection, task_id: str, person: str) -> bool:
    return connection.execute(_UNCLAIM, {"id": task_id, "person": person}).rowcount == 1


def finish(connection: Connection, task: TaskRow, person: str, data: Mapping[str, Value], now: datetime) -> bool:
    """Mark a task done and keep the whole submission; one statement."""
    values = {
        "id": task.id,
        "person": person,
        "form": task.form,
        "now": now,
        "data": orjson.dumps(dict(data)).decode(),
    }
    return connection.execute(_FINISH, values).rowcount == 1


def store_submission(
    connection: Connection, key: str, instance: str, form: str, by: str, data: Mapping[str, Value], now: datetime
) -> None:
    """Keep a start form's submission."""
    connection.execute(
        text(
            """insert into submission (task, instance, form, by, at, data)
               values (:task, :instance, :form, :by, :now, cast(:data as jsonb))"""
        ),
        {
            "task": key,
            "instance": instance,
            "form": form,
            "by": by,
            "now": now,
            "data": orjson.dumps(dict(data)).decode(),
        },
    )


def person_name(connection: Connection, person_id: str | None) -> str:
    """The name of a person, empty when there is none."""
    if not person_id:
        return ""
    return connection.execute(_NAME, {"id": person_id}).scalar_one_or_none() or person_id
