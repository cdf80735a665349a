"""Opinions of colleagues (加签) in the tables. The task counts those it waits for, under its own row's lock."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, text

from service.store.listing import Listing

OPINIONS = Listing(
    columns="""o.id, o.task, t.name as task_name, t.case_number, t.unit, t.state as task_state, o.person,
        p.name as person_name, o.asked_by, a.name as asked_by_name, o.question, o.asked_at, o.agrees, o.text,
        o.given_at, o.dropped_at""",
    source="""opinion o join user_task t on t.id = o.task join person p on p.id = o.person
        join person a on a.id = o.asked_by""",
    conditions={
        "id": "o.id = :id",
        "task": "o.task = :task",
        "person": "o.person = :person",
        "open": "o.agrees is null and o.dropped_at is null and t.state = 'open'",
    },
    orders={"asked": "o.asked_at"},
    key="o.id",
    default="o.asked_at",
)

_COUNT = text(
    """update user_task set opinions_open = opinions_open + :by, revision = revision + 1
       where id = :task and ended_at is null returning id"""
)
_INSERT = text(
    """insert into opinion (id, task, person, asked_by, question, asked_at)
       values (:id, :task, :person, :asked_by, :question, :at)"""
)
_ASKED = text(
    """select 1 from opinion where task = :task and person = :person and agrees is null and dropped_at is null"""
)
_GIVE = text(
    """update opinion set agrees = :agrees, text = :text, given_at = :at
       where id = :id and agrees is null and dropped_at is null returning id"""
)
_DROP = text(
    """update opinion set dropped_at = :at where id = :id and agrees is null and dropped_at is null returning id"""
)


def count(connection: Connection, task: str, by: int) -> bool:
    """The task waits for more, or fewer; its row stays locked. False when it is over."""
    return connection.execute(_COUNT, {"task": task, "by": by}).first() is not None


def asked(connection: Connection, task: str, person: str) -> bool:
    """Whether the person has been asked and not answered."""
    return connection.execute(_ASKED, {"task": task, "person": person}).first() is not None


def insert(connection: Connection, row: Mapping[str, Any]) -> None:
    connection.execute(_INSERT, dict(row))


def give(connection: Connection, row: Mapping[str, Any]) -> bool:
    """False when it was given or dropped before."""
    return connection.execute(_GIVE, dict(row)).first() is not None


def drop(connection: Connection, row: Mapping[str, Any]) -> bool:
    """False when it was given or dropped before."""
    return connection.execute(_DROP, dict(row)).first() is not None
