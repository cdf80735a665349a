"""HTTP: completions of user tasks through gunicorn over loopback, beside raw one-row commits on the same server.

A completion is all of it: authentication, claim and four-eyes check, form, engine, tables and journal, one commit.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from statistics import mean, median, quantiles
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

ROUNDS = 5
CASES = 30  # of one client in one round; four clients get twice as many
RAW_SECONDS = 1.0


@dataclass(frozen=True)
class Pace:
    """What one round of so many clients came to."""

    rate: float  # completions a second
    share: float  # of the raw commits just before and after, per cent
    times: list[float]  # ms


def run(report: Report) -> None:
    """Start an installation; raw commits, one client, raw commits, four clients, and again: the medians count.

    A machine is not the same from one second to the next; a round sees it in one mood.
    """
    with installation() as settings, at_work(settings):
        students = iter(add_students(CASES * (4 + 3 * ROUNDS)))
        together(settings, _cases(students, 4), 4)  # warm-up: every worker compiles what it needs
        raw = [raw_commits(settings)]
        paces: dict[int, list[Pace]] = {1: [], 4: []}
        for _ in range(ROUNDS):
            for clients, cases in ((1, 1), (4, 2)):
                rate, times = together(settings, _cases(students, cases), clients)
                raw.append(raw_commits(settings))
                paces[clients].append(Pace(rate, rate / mean(raw[-2:]) * 100, times))
    tell(report, median(raw), paces)


def _cases(students: Iterator[str], lots: int) -> list[Advanced]:
    return start_cases(office(), list(islice(students, CASES * lots)))


def tell(report: Report, raw: float, paces: Mapping[int, Sequence[Pace]]) -> None:
    """The table and what was promised."""
    rows = [("raw one-row commits", f"{raw:.0f}", "", "", "", "100 %", "")]
    p99 = {}
    for clients, rounds in paces.items():
        times = [ms for one in rounds for ms in one.times]
        cuts = quantiles(times, n=100)
        p99[clients] = cuts[98]
        shares = sorted(one.share for one in rounds)
        row = (
            f"{clients} client{'s' * (clients > 1)}, {len(times)} completions",
            f"{median(one.rate for one in rounds):.0f}",
            *(f"{ms:.1f}" for ms in (median(times), cuts[94], cuts[98])),
            f"{median(shares):.1f} %",
            f"{shares[0]:.1f}–{shares[-1]:.1f} %",
        )
        rows.append(row)
    columns = ("", "a second", "p50 ms", "p95", "p99", "of raw", "by round")
    report.table("task completions over HTTP", columns, rows)
    for clients, least in ((1, 4), (4, 7)):
        share = median(one.share for one in paces[clients])
        report.bar(f"{clients} client{'s' * (clients > 1)}: completions / raw commits", share, least, "%")
    report.bar("1 client: p99", p99[1], 25, "ms", most=True)


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


def together(settings: Settings, begun: list[Advanced], clients: int) -> tuple[float, list[float]]:
    """So many clients at once, each on cases of its own: completions a second, and the ms of each."""
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
    return len(times) / seconds, times
