"""User tasks: taking and giving back."""

from __future__ import annotations

from sqlalchemy import Connection, text

_CLAIM = text(
    """update user_task set assignee = :person, claimed_at = clock_timestamp(), revision = revision + 1
       where id = :id and ended_at is null and (assignee is null or assignee = :person)"""
)
_UNCLAIM = text(
    """update user_task set assignee = null, claimed_at = null, revision = revision + 1
       where id = :id and ended_at is null and assignee = :person"""
)
_ASSIGN = text(
    """update user_task set assignee = :person, claimed_at = clock_timestamp(), revision = revision + 1
       where id = :id and ended_at is null and assignee is not distinct from cast(:was as text)"""
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


def person_name(connection: Connection, person_id: str | None) -> str:
    """The name of a person, empty when there is none."""
    if not person_id:
        return ""
    return connection.execute(_NAME, {"id": person_id}).scalar_one_or_none() or person_id
