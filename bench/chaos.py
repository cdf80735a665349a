"""Chaos: ``python -m bench.chaos [COMPLETIONS]`` kills parts of an installation in the middle of completions.

Web server, worker, Valkey and PostgreSQL are killed (-9) in turn while reviewers go on; the supervisor brings them
back. Afterwards nothing may be lost, done twice or stuck: every accepted completion is there once, every case can be
loaded and finished, and what the tables say is what the engine says.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import current_app
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from bench.cases import add_students, start_cases
from bench.installation import installation
from bench.reviewer import CUT_OFF, DECIDED, Reviewer, opened, seen
from service.casework.advance import Advanced
from service.casework.context import Office
from service.casework.installation import at_work, office
from service.casework.surroundings import Surroundings
from service.engine import Instance
from service.settings import Settings
from service.store.db import db, transaction
from service.store.progress import read_case, read_state

VICTIMS = ("web", "worker", "valkey", "postgres")
PER_CASE = 7  # completions of a case up to the record's move
PER_ROUND = 250  # completions in which every part is killed once
PATIENCE = 90.0  # seconds a reviewer keeps trying while something is away


@dataclass
class Record:
    """What the reviewers were told."""

    accepted: list[str] = field(default_factory=list)
    unsure: list[str] = field(default_factory=list)  # cut off without an answer
    refused: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, kind: list[str], task: str) -> None:
        with self.lock:
            kind.append(task)


def chaos(completions: int, victims: tuple[str, ...] = VICTIMS) -> list[str]:
    """Run it; the list of what is wrong, empty when nothing is."""
    with installation() as settings, at_work(settings):
        begun = start_cases(office(), add_students(max(completions // PER_CASE, 4)))
        record, over = Record(), threading.Event()
        blows = [name for _ in range(max(1, completions // PER_ROUND)) for name in victims]
        share = len(begun) * PER_CASE / (len(blows) + 1)
        killer = threading.Thread(target=_kill, args=(settings, blows, share, record, over))
        reviewers = [
            threading.Thread(target=_review_in(current_app, settings, begun[position::4], record))
            for position in range(4)
        ]
        for thread in (killer, *reviewers):
            thread.start()
        for thread in reviewers:
            thread.join()
        over.set()
        killer.join()
        _await_database()
        print(f"{len(record.accepted)} accepted, {len(record.unsure)} cut off, {len(record.refused)} refused")  # noqa: T201
        return _wrong(office(), begun, record)


def _kill(settings: Settings, blows: list[str], share: float, record: Record, over: threading.Event) -> None:
    """Kill one after the other, each when another share of the completions is done: in the midst of the next ones."""
    for number, name in enumerate(blows, 1):
        while len(record.accepted) < number * share and not over.wait(0.002):
            pass
        children = json.loads((settings.data_dir / "run" / "children.json").read_text())
        for child in (one for one in children if one["name"] == name):
            try:
                os.kill(child["pid"], signal.SIGKILL)
                print(f"killed {name} after {len(record.accepted)} completions")  # noqa: T201
            except ProcessLookupError:
                print(f"{name} is being restarted")  # noqa: T201


def _review_in(app: Any, settings: Settings, cases: list[Advanced], record: Record) -> Callable[[], None]:
    """A reviewer's thread: the application's database is there for it too."""
    application = app._get_current_object()

    def work() -> None:
        with application.app_context():
            _review(Reviewer(settings, office()), cases, record)

    return work


def _review(reviewer: Reviewer, cases: list[Advanced], record: Record) -> None:
    for case in cases:
        waiting = [opened(task) for task in case.tasks]
        while waiting:
            task = waiting.pop(0)
            if task["element"] in DECIDED:
                _insist(reviewer, task, record)
                waiting = waiting or _open_tasks(case)


def _insist(reviewer: Reviewer, task: Mapping[str, str], record: Record) -> None:
    """Complete a task, trying again while the installation is away."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            status, _ = reviewer.complete(task)
        except (*CUT_OFF, KeyError, TypeError, ValueError):
            record.note(record.unsure, task["id"])
            time.sleep(0.2)
            continue
        if status == 200:
            record.note(record.accepted, task["id"])
            return
        if status in (404, 409):  # done by the try that was cut off
            record.note(record.refused, task["id"])
            return
        time.sleep(0.2)
    raise SystemExit(f"{task['id']}: the installation did not come back")


def _open_tasks(case: Advanced) -> list[dict[str, str]]:
    sql = """select id, element as "taskDefinitionKey", roles[1] || '@' || unit as grp from user_task
             where case_number = :number and state = 'open' and element in ('approve', 'review') order by id"""
    for _ in range(300):
        try:
            with transaction() as connection:
                found = connection.execute(text(sql), {"number": case.case_number}).mappings().all()
            return [seen({**row, "candidateGroups": [row["grp"]]}) for row in found]
        except SQLAlchemyError:  # the database is away: that is the point
            time.sleep(0.2)
    raise SystemExit("the database did not come back")


def _await_database() -> None:
    """Wait for connections that are new: an old one may live on a moment after its server has been killed."""
    db.engine.dispose()
    for _ in range(300):
        try:
            with transaction() as connection:
                connection.execute(text("select 1"))
            return
        except SQLAlchemyError:
            time.sleep(0.2)


def _wrong(found: Office, begun: list[Advanced], record: Record) -> list[str]:
    wrong = [f"accepted twice: {task}" for task in set(record.accepted) if record.accepted.count(task) > 1]
    with transaction() as connection:
        done = set(connection.execute(text("select id from user_task where state = 'completed'")).scalars())
        kept = connection.execute(
            text("select task, count(*) from submission group by task having count(*) > 1")
        ).all()
        moved = set(connection.execute(text("select case_number from record_move")).scalars())
    wrong += [f"accepted but not there: {task}" for task in record.accepted if task not in done]
    wrong += [f"there without being asked for: {task}" for task in done - {*record.accepted, *record.unsure}]
    wrong += [f"submitted twice: {row.task}" for row in kept]
    wrong += [
        f"the record has not moved: {case.case_number}" for case in begun if case.case_number not in moved
    ]
    for case in begun:
        wrong += _disagreement(found, case)
    return wrong


def _disagreement(found: Office, case: Advanced) -> list[str]:
    """What the tables say is open against what the engine's state says."""
    with transaction() as connection:
        locked = read_state(connection, case.instance)
        row = read_case(connection, case.case_number)
        if locked is None or row is None:
            return [f"lost: {case.case_number}"]
        instance = Instance.load(locked.state, Surroundings(connection, found.shelf, row))
        sql = "select id from user_task where instance = :id and state = 'open'"
        tables = set(connection.execute(text(sql), {"id": case.instance}).scalars())
    nodes = {f"{case.instance}-{number}" for number, _, _ in instance.positions()}
    return [f"{case.case_number}: {task} is open, but no token stands there" for task in tables - nodes]


if __name__ == "__main__":
    problems = chaos(int(sys.argv[1]) if len(sys.argv) > 1 else 500)
    for line in problems or ["chaos: nothing lost, nothing twice, nothing stuck"]:
        print(line)  # noqa: T201
    sys.exit(1 if problems else 0)
