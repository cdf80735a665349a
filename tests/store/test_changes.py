"""Changes of the registry on tables: said twice, done once; class sizes follow who sits in class."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import Connection, text

from service.casework.context import Office
from service.errors import Conflict
from service.registry.changes import Change, CloseSuspension, OpenSuspension, SetSanction, SetStatus
from service.store.changes import apply_change
from service.store.db import transaction

PUPIL, SCHOOL, GRADE = "qiaoxi_g4", "qiaoxi_second_primary", 4
DAY, LAST = date(2026, 9, 3), date(2027, 1, 29)
AWAY = SetStatus(student=PUPIL, was="in_school", status="suspended", trigger="suspension", places=-1)
BACK = SetStatus(student=PUPIL, was="suspended", status="in_school", trigger="resumption", places=1)
GONE = SetStatus(student=PUPIL, was="suspended", status="dropout", trigger="suspension_expiry", places=0)
OPENED = OpenSuspension(student=PUPIL, stage="primary", since=DAY, until=LAST, ground="illness", case="A")
CLOSED = CloseSuspension(student=PUPIL, on=LAST, grade=GRADE, stage="primary", case="A")


def twice(connection: Connection, *changes: Change) -> None:
    for change in (*changes, *changes):
        apply_change(connection, change)


def size(connection: Connection) -> int:
    sql = "select size from school_class where unit = :unit and grade = :grade and number = 1"
    return int(connection.execute(text(sql), {"unit": SCHOOL, "grade": GRADE}).scalar_one())


def periods(connection: Connection) -> list[Any]:
    sql = "select since, until, ended, next_look from suspension_period where student = :s order by id"
    return [tuple(row) for row in connection.execute(text(sql), {"s": PUPIL})]


def test_a_suspended_pupil_leaves_the_class_and_comes_back(office: Office) -> None:
    with transaction() as connection:
        before = size(connection)
        twice(connection, AWAY, OPENED)
        assert size(connection) == before - 1
        assert periods(connection) == [(DAY, LAST, None, date(2027, 1, 30))]
        twice(connection, CLOSED, BACK)
        assert size(connection) == before
        assert periods(connection) == [(DAY, LAST, LAST, None)]


def test_whoever_goes_elsewhere_from_a_suspension_takes_no_place(office: Office) -> None:
    with transaction() as connection:
        before = size(connection)
        twice(connection, AWAY, OPENED)
        twice(connection, CLOSED, GONE)
        assert size(connection) == before - 1
        assert periods(connection) == [(DAY, LAST, LAST, None)]


def test_a_status_that_somebody_changed_meanwhile_is_a_conflict(office: Office) -> None:
    with transaction() as connection, pytest.raises(Conflict, match="已被其他业务改变"):
        apply_change(connection, GONE)


def test_a_sanction_is_kept(office: Office) -> None:
    with transaction() as connection:
        twice(connection, SetSanction(student=PUPIL, sanction="warning"))
        sql = "select sanction from enrolment where student = :s"
        assert connection.execute(text(sql), {"s": PUPIL}).scalar_one() == "warning"
