"""Claiming and completing: who may, who was first, and what is left behind."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from flask import current_app

from service.casework import cases, tasks
from service.casework.context import Office
from service.errors import Conflict, Forbidden, Invalid, NotFound, XuejiError
from service.store.db import db
from tests.casework.people import APPROVE, OPERATOR, RECEIVING, actor, do, rows, start, task_at


def test_a_transfer_goes_from_the_start_to_its_end(office: Office) -> None:
    case = start(office)
    assert [task.path for task in case.tasks] == ["receiving_school/approve"]
    do(office, case, "receiving_school/approve")
    for party in ("sending_school", "receiving_authority", "sending_authority"):
        do(office, case, f"{party}/review")
        do(office, case, f"{party}/approve")
    do(office, case, "sending_school/send_archive", {"sent_on": "2026-12-01", "copies_kept": True})
    (row,) = rows("select school, lock_case from enrolment where student = (select student from case_)")
    assert row.school == "changan_first_primary"
    do(
        office,
        case,
        "receiving_school/continue_archive",
        {"received_on_date": "2026-12-05", "archive_complete": True},
    )
    (closed,) = rows("select outcome, closed_at from case_")
    assert closed.outcome == "granted"
    assert closed.closed_at is not None
    assert not rows(
        "select 1 from enrolment where lock_case is not null and lock_case in (select number from case_)"
    )


def test_a_completion_is_few_statements_and_one_commit(office: Office, tmp_path: Path) -> None:
    case = do(office, start(office), "receiving_school/approve")
    task = task_at(case, "sending_school/review")
    person = actor(task.unit, "registrar")
    with traced(tmp_path / "wire.txt") as sent:
        tasks.complete(office, person, task.id, APPROVE)
    statements = [line for line in sent() if "BEGIN" not in line and "COMMIT" not in line]
    assert 0 < len(statements) <= 12, statements
    assert sum("COMMIT" in line for line in sent()) == 1


@contextmanager
def traced(file: Path) -> Iterator[Callable[[], list[str]]]:
    """What a connection of the pool says to the server, as libpq writes it down: statements, one a line."""
    with db.engine.connect() as connection:
        driver = connection.connection.driver_connection
    assert isinstance(driver, psycopg.Connection)
    with file.open("w") as log:
        driver.pgconn.trace(log.fileno())
        yield lambda: [
            line for line in file.read_text().splitlines() if "\tExecute\t" in line or "\tQuery\t" in line
        ]
        driver.pgconn.untrace()


def test_six_people_completing_one_task_at_once_end_with_one_winner_named(office: Office) -> None:
    case = start(office)
    task = task_at(case, "receiving_school/approve")
    person = actor(task.unit, "head")
    app: Any = current_app._get_current_object()  # type: ignore[attr-defined]

    def attempt(_number: int) -> XuejiError | None:
        with app.app_context():
            try:
                tasks.complete(office, person, task.id, APPROVE)
            except XuejiError as error:
                return error
        return None

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(attempt, range(6)))
    assert answers.count(None) == 1
    losers = [answer for answer in answers if answer is not None]
    assert all(isinstance(answer, Conflict) for answer in losers)
    assert all(answer.details["winner"] == person.name for answer in losers)
    assert len(rows("select 1 from submission where task = :id", id=task.id)) == 1


def test_four_eyes_keep_the_starter_from_approving(office: Office) -> None:
    case = start(office)
    task = task_at(case, "receiving_school/approve")
    starter = actor(RECEIVING, "registrar")
    both = type(starter)(
        id=starter.id,
        username=starter.username,
        name=starter.name,
        roles=starter.roles | {("head", task.unit)},
    )
    with pytest.raises(Forbidden, match="同一人"):
        tasks.complete(office, both, task.id, APPROVE)


def test_strangers_do_not_even_learn_that_a_task_exists(office: Office) -> None:
    case = start(office)
    task = task_at(case, "receiving_school/approve")
    with pytest.raises(NotFound):
        tasks.complete(office, actor("牧野小学", "head"), task.id, APPROVE)
    with pytest.raises(Forbidden, match="办理组"):
        tasks.complete(office, actor(RECEIVING, "registrar"), task.id, APPROVE)


def test_claiming_is_exclusive_and_names_the_holder(office: Office) -> None:
    case = do(office, start(office), "receiving_school/approve")
    task = task_at(case, "sending_school/review")
    first = actor(task.unit, "registrar")
    second = type(first)(id="x", username="x", name="另一人", roles=first.roles)
    tasks.claim(first, task.id)
    tasks.claim(first, task.id)
    with pytest.raises(Conflict, match=first.name):
        tasks.claim(second, task.id)
    with pytest.raises(Conflict, match=first.name):
        tasks.complete(office, second, task.id, APPROVE)
    tasks.unclaim(first, task.id)
    with pytest.raises(Conflict, match="尚未签收"):
        tasks.unclaim(first, task.id)


def test_a_wrong_form_changes_nothing(office: Office) -> None:
    case = start(office)
    task = task_at(case, "receiving_school/approve")
    person = actor(task.unit, "head")
    for wrong in (
        {},
        {"decision": "maybe"},
        {"decision": "approve", "surprise": 1},
        {"decision": ["approve"]},
    ):
        with pytest.raises(Invalid):
            tasks.complete(office, person, task.id, wrong)
    (row,) = rows("select state, assignee from user_task where id = :id", id=task.id)
    assert (row.state, row.assignee) == ("open", None)
    (instance,) = rows("select revision from instance")
    assert instance.revision == 2, "placed, then written by the start; by nobody since"


def test_a_completed_task_cannot_be_completed_again(office: Office) -> None:
    case = start(office)
    task = task_at(case, "receiving_school/approve")
    do(office, case, "receiving_school/approve")
    with pytest.raises(Conflict, match="办结"):
        tasks.complete(office, actor(task.unit, "head"), task.id, APPROVE)


def test_the_journal_cannot_be_changed(office: Office) -> None:
    start(office)
    for wrong in ("update journal set actor = 'x'", "delete from journal", "truncate journal"):
        with pytest.raises(Exception, match="append-only"):
            rows(wrong)


def test_an_operator_may_end_a_case_and_the_student_is_free_again(office: Office) -> None:
    case = start(office)
    with pytest.raises(Forbidden):
        cases.withdraw(office, actor(RECEIVING, "head"), case.instance, "误操作")
    cases.withdraw(office, OPERATOR, case.instance, "误操作")
    assert not rows("select 1 from user_task where state = 'open'")
    assert start(office).tasks
