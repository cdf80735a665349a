"""What the journal knows of the steps a case has been at: when, and what was changed in the registry since."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, text

_PASSED = text(
    """select at, coalesce(detail->'nodes', '[]') as nodes, coalesce(detail->'changes', '[]') as changes
       from journal where case_number = :number and instance = :instance order by id"""
)


def passed(
    connection: Connection, number: str, instance: str
) -> Sequence[tuple[datetime, list[str], list[str]]]:
    """Every verb of an instance in order: when, the nodes passed (process/element), the kinds of changes made."""
    found = connection.execute(_PASSED, {"number": number, "instance": instance})
    return [(row.at, [step for run in row.nodes for step in _steps(run)], row.changes) for row in found]


def _steps(run: str) -> list[str]:
    """A run of the journal (a process, then its nodes) as process/element."""
    process, *elements = run.split(" ")
    return [f"{process}/{element}" for element in elements]
