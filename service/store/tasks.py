"""User tasks: taking and giving back."""

from __future__ import annotations

from sqlalchemy import Connection, text

from service.store.rows import TaskRow

_CLAIM = text(
    """update user_task set assignee = :person, claimed_at = clock_timestamp(), revision = revision + 1
       where id = :id and ended_at is null and (assignee is null or assignee = :person)"""
)
_UNCLAIM = text(
    """update user_task set assignee = null, claimed_at = null, revision = revision + 1
       where id = :id and ended_at is null and assignee = :person"""
)
_ASSIGN = text(
    """update user_task set assignee = :person, claimed_at = clock_timestamp(), revision = revision + 1,
              owner = null, delegation = null
       where id = :id and ended_at is null and assignee is not distinct from cast(:was as text)"""
)
_DELEGATE = text(
    """update user_task set assignee = :person, claimed_at = clock_timestamp(), revision = revision + 1,
              owner = coalesce(owner, :owner), delegation = 'pending'
       where id = :id and ended_at is null and assignee is not distinct from cast(:was as text)"""
)
_RESOLVE = text(
    """update user_task set assignee = owner, revision = revision + 1,
              claimed_at = case when owner is null then null else clock_timestamp() end,
              delegation = 'resolved'
       where id = :id and ended_at is null and assignee = :person and delegation = 'pending'"""
)
_NAME = text("select name from person where id = :id")


def claim(connection: Connection, task_id: str, person: str) -> bool:
    """True when the task is now the person's."""
    return connection.execute(_CLAIM, {"id": task_id, "person": person}).rowcount == 1


def unclaim(connection: Connection, task_id: str, person: str) -> bool:
    return connection.execute(_UNCLAIM, {"id": task_id, "person": person}).rowcount == 1


def assign(connection: Connection, task_id: str, person: str, was: str | None) -> bool:
    """True when the task went from ``was`` (None: nobody) to the person."""
    return connection.execute(_ASSIGN, {"id": task_id, "person": person, "was": was}).rowcount == 1


def delegate(connection: Connection, task: TaskRow, person: str, owner: str | None) -> bool:
    """True when the task, still as it was read, is now with the person, to be given back to its owner."""
    values = {"id": task.id, "person": person, "owner": owner, "was": task.assignee}
    return connection.execute(_DELEGATE, values).rowcount == 1


def resolve(connection: Connection, task_id: str, person: str) -> bool:
    """True when the delegated task went from the person back to its owner."""
    return connection.execute(_RESOLVE, {"id": task_id, "person": person}).rowcount == 1


def person_name(connection: Connection, person_id: str | None) -> str:
    """The name of a person, empty when there is none."""
    if not person_id:
        return ""
    return connection.execute(_NAME, {"id": person_id}).scalar_one_or_none() or person_id
