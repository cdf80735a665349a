"""Timers: due ones fired a second by one worker, and what a sweep costs that finds nothing to do."""

from __future__ import annotations

from statistics import median
from time import perf_counter

from sqlalchemy import text

from bench.cases import add_students, start_cases
from bench.installation import database
from bench.report import Report
from service.casework import timers
from service.casework.installation import at_work, office
from service.ids import new_id
from service.store import sweep
from service.store.db import transaction
from service.store.progress import read_clock

DUE = 300
LIVE = (1_000, 10_000)
SWEEPS = 200


def run(report: Report) -> None:
    with database() as settings, at_work(settings):
        started = start_cases(office(), add_students(DUE))
        rate = _fire(len(started))
        costs = {size: _idle(size) for size in LIVE}
    report.table(
        "timers",
        ("", "measured"),
        [
            ("due timers fired a second, one worker", f"{rate:.0f}"),
            *(
                (f"a sweep with nothing due, {size} live instances, ms", f"{ms:.3f}")
                for size, ms in costs.items()
            ),
        ],
    )
    report.bar("due timers a second", rate, 200, "/s")
    report.bar("idle sweep: 10 000 live / 1 000 live", costs[10_000] / costs[1_000], 1.5, "×", most=True)


def _fire(count: int) -> float:
    """Let the clock pass every case's first timer and fire them all."""
    with transaction() as connection:
        due = connection.execute(text("select max(next_due) from instance")).scalar_one()
        now, _ = read_clock(connection)
        sweep.set_offset(connection, (due - now).total_seconds() + 1)
    begun = perf_counter()
    fired = timers.fire_due(office(), limit=count)
    seconds = perf_counter() - begun
    if fired != count:
        raise SystemExit(f"only {fired} of {count} timers were due")
    return fired / seconds


def _idle(size: int) -> float:
    """Median milliseconds of a sweep over so many live instances, none due."""
    with transaction() as connection:
        row = connection.execute(text("select id from instance order by id limit 1")).scalar_one()
        have = connection.execute(text("select count(*) from instance where status = 'active'")).scalar_one()
        copy = text(
            """insert into instance (id, case_number, definition, state, next_due, started_at)
               select :prefix || n, case_number, definition, state, clock_timestamp() + interval '90 years', started_at
               from instance, generate_series(1, :count) n where id = :id"""
        )
        connection.execute(copy, {"prefix": new_id(), "count": max(size - have, 0), "id": row})
    times = []
    for _ in range(SWEEPS):
        begun = perf_counter()
        timers.fire_due(office())
        times.append((perf_counter() - begun) * 1000)
    return median(times)
