"""HTTP: completions of user tasks through gunicorn over loopback, beside raw one-row commits on the same server.

A completion is all of it: authentication, claim and four-eyes check, form, engine, tables and journal, one commit.
"""

from __future__ import annotations

import threading
from statistics import median, quantiles
from time import perf_counter

import psycopg

from bench.cases import add_students, start_cases
from bench.installation import installation
from bench.report import Report
from bench.reviewer import Reviewer
from service.casework.advance import Advanced
from service.casework.installation import at_work, office
from service.settings import Settings
from service.supervisor.postgres import libpq_url

CASES = 80
RAW_SECONDS = 2.0


def run(report: Report) -> None:
    """Start an installation and measure raw commits, one client, four clients, raw commits again."""
    with installation() as settings, at_work(settings):
        begun = start_cases(office(), add_students(CASES * 3))
        together(settings, begun[:CASES], 4)  # warm-up: every worker compiles what it needs
        raw = [raw_commits(settings)]
        one = together(settings, begun[CASES : 2 * CASES], 1)
        raw.append(raw_commits(settings))
        four = together(settings, begun[2 * CASES :], 4)
        raw.append(raw_commits(settings))
    tell(report, median(raw), one, four)


def tell(report: Report, raw: float, one: list[float], four: list[float]) -> None:
    """``one`` and ``four`` are [completions a second, p50 ms, p95 ms, p99 ms]."""
    rows = [("raw one-row commits", f"{raw:.0f}", "", "", "", "100 %")]
    rows += [
        (name, f"{rate:.0f}", f"{p50:.1f}", f"{p95:.1f}", f"{p99:.1f}", f"{rate / raw:.1%}")
        for name, (rate, p50, p95, p99) in (("1 client", one), ("4 clients", four))
    ]
    report.table("task completions over HTTP", ("", "a second", "p50 ms", "p95", "p99", "of raw"), rows)
    report.bar("1 client: completions / raw commits", one[0] / raw * 100, 4, "%")
    report.bar("4 clients: completions / raw commits", four[0] / raw * 100, 7, "%")
    report.bar("1 client: p99", one[3], 25, "ms", most=True)


def raw_commits(settings: Settings) -> float:
    """One-row inserts a second, each its own commit, one connection."""
    with psycopg.connect(libpq_url(settings.database_url), autocommit=True) as connection:
        connection.execute(
            "create table if not exists bench_raw (id bigint generated always as identity, note text)"
        )
        count, begun = 0, perf_counter()
        while perf_counter() - begun < RAW_SECONDS:
            connection.execute("insert into bench_raw (note) values (%s)", ["a note of ordinary length"])
            count += 1
        return count / (perf_counter() - begun)


def together(settings: Settings, begun: list[Advanced], clients: int) -> list[float]:
    """So many clients at once, each on cases of its own."""
    workers = [Reviewer(settings, office()) for _ in range(clients)]
    for worker in workers:
        worker.sign_in()
    threads = [
        threading.Thread(target=worker.work, args=(begun[position::clients],))
        for position, worker in enumerate(workers)
    ]
    start = perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = perf_counter() - start
    times = [ms for worker in workers for ms in worker.times]
    cuts = quantiles(times, n=100)
    return [len(times) / seconds, median(times), cuts[94], cuts[98]]
