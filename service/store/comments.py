"""What people wrote beside tasks."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, text

from service.store.listing import Listing

COMMENTS = Listing(
    columns="""c.id, c.task, c.instance, c.by, c.at, c.message, coalesce(p.name, '') as by_name""",
    source="task_comment c left join person p on p.id = c.by",
    conditions={"task": "c.task = :task", "id": "c.id = :id"},
    orders={},
    key="c.id",
)
_ADD = text(
    """insert into task_comment (id, task, instance, by, at, message)
       values (:id, :task, :instance, :by, :at, :message)"""
)


def add(connection: Connection, comment: dict[str, str | datetime]) -> None:
    """Keep a comment: id, task, instance, by, at, message."""
    connection.execute(_ADD, comment)
