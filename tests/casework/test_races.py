"""Two people at one task, step by step: the first stands still between its statements while the second acts.

Every interleaving ends as if one had come after the other: one winner, nothing lost, nothing done twice.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import product

import pytest
from flask import current_app
from sqlalchemy import Connection, event

from service.casework import cases, delegating, handing, moving, restarting, steering, tasks
from service.casework.actors import Actor
from service.casework.advance import Advanced
from service.casework.context import Office
from service.casework.plans import Plan
from service.errors import Conflict, XuejiError
from service.store.db import db, transaction
from tests.casework.people import APPROVE, OPERATOR, RECEIVING, actor, rows, task_at
from tests.casework.trial import Trial

UNIT = "changan_first_primary"
SECOND = "second_head"


def second() -> Actor:
    """Another head of the school."""
    return Actor(id=SECOND, username=SECOND, name="第二人", roles=frozenset({("head", UNIT)}))


def hire() -> None:
    with transaction() as connection:
        connection.exec_driver_sql(
            "insert into person (id, username, name) values (%s, %s, '第二人')", (SECOND, SECOND)
        )
        connection.exec_driver_sql(
            "insert into unit_role (person, role, unit) values (%s, 'head', %s)", (SECOND, UNIT)
        )


def moved(office: Office, done: Advanced, target: str) -> None:
    """Move the case to another version; anything but that as the conflict it is."""
    wish = moving.Wish(plan=Plan(target=target), instances=[done.instance])
    (result,) = moving.execute(office, OPERATOR, wish)
    if result.status != "moved":
        raise Conflict(result.status)


Act = Callable[[Office, Actor, Advanced, str], object]
ACTS: dict[str, Act] = {
    "claim": lambda office, who, done, task: tasks.claim(who, task),
    "complete": lambda office, who, done, task: tasks.complete(office, who, task, APPROVE),
    "hand_over": lambda office, who, done, task: handing.hand_over(
        office, who, handing.Handover(task=task, to=SECOND)
    ),
    "withdraw": lambda office, who, done, task: cases.withdraw(office, OPERATOR, done.instance, "试"),
    "pause": lambda office, who, done, task: steering.hold(office, OPERATOR, done.instance, paused=True),
    "unclaim": lambda office, who, done, task: tasks.unclaim(who, task),
    "delegate": lambda office, who, done, task: delegating.delegate(office, who, task, SECOND),
    "restart": lambda office, who, done, task: restarting.take_back(office, OPERATOR, done.instance, "check"),
    "move": lambda office, who, done, task: moved(office, done, TARGET["id"]),
}
TARGET: dict[str, str] = {}  # the version cases are moved to
HELD = {"unclaim"}  # acts whose doer holds the task already


class Pause:
    """Stops one thread before its commit until told to go on."""

    def __init__(self) -> None:
        self.reached, self.go = threading.Event(), threading.Event()
        self.thread: threading.Thread | None = None

    def before_commit(self, _: Connection) -> None:
        if threading.current_thread() is self.thread and not self.reached.is_set():
            self.reached.set()
            assert self.go.wait(20)


@contextmanager
def stopping(pause: Pause) -> Iterator[None]:
    event.listen(db.engine, "commit", pause.before_commit)
    try:
        yield
    finally:
        event.remove(db.engine, "commit", pause.before_commit)


def outcome(act: Callable[[], object]) -> str:
    try:
        act()
    except XuejiError as error:
        return error.code
    return "done"


@pytest.mark.parametrize(("first", "other"), list(product(ACTS, ACTS)))
def test_two_acts_at_once_are_one_after_the_other(
    trial_office: Office, trial: Trial, first: str, other: str
) -> None:
    hire()
    office, done, TARGET["id"] = trial_office, trial.cases[0], trial.versions["labels"]
    task = str(task_at(done, "receiving_school/check").id)
    before = ["start"]
    if first in HELD:
        tasks.claim(actor(RECEIVING, "head"), task)
        before.append("claim")
    app, pause, results = current_app._get_current_object(), Pause(), {}  # type: ignore[attr-defined]

    def act(name: str, who: Actor, key: str) -> None:
        with app.app_context():
            results[key] = outcome(lambda: ACTS[name](office, who, done, task))

    one = threading.Thread(target=act, args=(first, actor(RECEIVING, "head"), "first"))
    two = threading.Thread(target=act, args=(other, second(), "other"))
    pause.thread = one
    with stopping(pause):
        one.start()
        assert pause.reached.wait(20), results
        two.start()
        two.join(0.5)  # it has either been refused already or waits for the first
        pause.go.set()
        one.join(20)
        two.join(20)
    assert results["first"] == "done", "whoever holds the lock wins"
    assert results["other"] in ("done", "conflict", "forbidden", "not_found"), results
    check_whole(done, task, before, done_of(results, (first, other)))


def done_of(results: dict[str, str], acts: tuple[str, str]) -> list[str]:
    """The acts that were answered as done, as the journal calls them."""
    verbs = {"withdraw": "delete"}
    both = zip(acts, ("first", "other"), strict=True)
    return [verbs.get(name, name) for name, key in both if results[key] == "done"]


def check_whole(done: Advanced, task: str, before: list[str], answered: list[str]) -> None:
    """One state, one history: the journal has exactly what was answered as done."""
    (row,) = rows("select state, assignee, completed_by, revision from user_task where id = :id", id=task)
    entries = [
        one.verb for one in rows("select verb from journal where case_number = :n", n=done.case_number)
    ]
    assert sorted(entries) == sorted([*before, *answered])
    completions = answered.count("complete")
    assert completions <= 1
    assert (row.state == "completed") == (completions == 1)
    assert len(rows("select 1 from submission where task = :id", id=task)) == completions
    if answered.count("claim") == 2:
        pytest.fail("both hold the task")
    (running,) = rows("select status, definition from instance where id = :id", id=done.instance)
    assert (running.definition == TARGET["id"]) == ("move" in answered)
    if running.status != "ended":  # the engine and the tables agree on what is open
        opened = rows("select id from user_task where instance = :id and state = 'open'", id=done.instance)
        assert len(opened) == 1
        assert (opened[0].id == task) == (not {"restart", "complete"} & set(answered))
