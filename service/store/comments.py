"""What people wrote beside tasks: sealed, for they write telephones and names."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text

from service.store.listing import Listing
from service.store.vault import vault

COMMENTS = Listing(
    columns="""c.id, c.task, c.instance, c.by, c.at, c.sealed, coalesce(p.name, '') as by_name""",
    source="task_comment c left join person p on p.id = c.by",
    conditions={"task": "c.task = :task", "id": "c.id = :id"},
    orders={},
    key="c.id",
)
_ADD = text(
    """insert into task_comment (id, task, instance, by, at, sealed)
       values (:id, :task, :instance, :by, :at, :sealed)"""
)


def add(connection: Connection, comment: Mapping[str, str | datetime], message: str) -> None:
    """Keep a comment: id, task, instance, by, at."""
    sealed = vault().seal(message.encode(), _place(comment))
    connection.execute(_ADD, {**comment, "sealed": sealed})


def message_of(row: Mapping[str, Any]) -> str:
    """What a row of the list says. Raises Unreadable."""
    return vault().open(bytes(row["sealed"]), _place(row)).decode()


def _place(row: Mapping[str, Any]) -> str:
    return f"task_comment/{row['id']}"
