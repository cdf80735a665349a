"""Storage: what an open case costs on disk, journal, indexes and dead rows included."""

from __future__ import annotations

from sqlalchemy import text

from bench.cases import actor, add_students, start_cases
from bench.installation import database
from bench.report import Report
from service.casework import tasks
from service.casework.installation import at_work, office
from service.store.db import transaction

CASES = 400


def run(report: Report) -> None:
    """Open cases, bring each to its reviews, and divide what the tables have grown by."""
    with database() as settings, at_work(settings):
        students = add_students(CASES)
        before = _bytes()
        for case in start_cases(office(), students):
            (task,) = case.tasks
            head = actor(office(), task.unit or "", "head")
            tasks.complete(office(), head, task.id, {"decision": "approve"})
        grown = _bytes() - before
        state = _scalar("select avg(length(state)) from instance")
    per_case = grown / CASES / 1024
    report.table(
        "storage", ("", "KB"), [("an open case", f"{per_case:.1f}"), ("its state", f"{state / 1024:.1f}")]
    )
    report.bar("an open case, journal included", per_case, 12, "KB", most=True)


def _bytes() -> float:
    return _scalar(
        """select sum(pg_total_relation_size(c.oid)) from pg_class c join pg_namespace n on n.oid = c.relnamespace
           where n.nspname = 'public' and c.relkind = 'r'"""
    )


def _scalar(sql: str) -> float:
    with transaction() as connection:
        return float(connection.execute(text(sql)).scalar_one())
