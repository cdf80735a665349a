"""HTTP: completions of user tasks through gunicorn over loopback, beside raw one-row commits on the same server.

A completion is all of it: authentication, claim and four-eyes check, form, engine, tables and journal, one commit.
"""

from __future__ import annotations

import base64
import http.client
import json
import threading
from statistics import median, quantiles
from time import perf_counter
from typing import Any

import psycopg

from bench.cases import actor, add_students, start_cases
from bench.installation import installation
from bench.report import Report
from service.casework.advance import Advanced
from service.casework.context import Office
from service.casework.installation import at_work, office
from service.casework.seeding import DEMO_PASSWORD
from service.settings import Settings
from service.supervisor.postgres import libpq_url

CASES = 60
RAW_SECONDS = 2.0
DECIDED = ("approve", "review")


def run(report: Report) -> None:
    """Start an installation and measure raw commits, one client, four clients, raw commits again."""
    with installation() as settings, at_work(settings):
        students = add_students(CASES * 3)
        begun = start_cases(office(), students)
        _Client(settings, office()).work(begun[:CASES])  # warm-up: every worker compiles what it needs
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
    workers = [_Client(settings, office()) for _ in range(clients)]
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


class _Client:
    """A reviewer's program: completes every review of its cases, keeping its connection."""

    def __init__(self, settings: Settings, found: Office) -> None:
        self.port, self.office = settings.port, found
        self.connection = http.client.HTTPConnection("127.0.0.1", settings.port)
        self.times: list[float] = []
        self.body = json.dumps({"values": {"decision": "approve"}}).encode()

    def work(self, begun: list[Advanced]) -> None:
        for case in begun:
            waiting: list[dict[str, Any]] = [
                {"id": task.id, "element": task.element, "unit": task.unit, "role": task.roles[0]}
                for task in case.tasks
            ]
            while waiting:
                task = waiting.pop(0)
                if task["element"] in DECIDED:
                    waiting += self.complete(task)

    def complete(self, task: dict[str, Any]) -> list[dict[str, Any]]:
        person = actor(self.office, task["unit"], task["role"]).username
        word = base64.b64encode(f"{person}:{DEMO_PASSWORD}".encode()).decode()
        headers = {"Authorization": f"Basic {word}", "Content-Type": "application/json"}
        begun = perf_counter()
        self.connection.request("POST", f"/api/tasks/{task['id']}/complete", self.body, headers)
        answer = self.connection.getresponse()
        content = answer.read()
        self.times.append((perf_counter() - begun) * 1000)
        if answer.status != 200:
            raise SystemExit(f"{answer.status}: {content.decode()}")
        return [
            {
                "id": item["id"],
                "element": item["taskDefinitionKey"],
                "unit": item["unit"],
                "role": item["roles"][0],
            }
            for item in json.loads(content)["tasks"]
        ]
