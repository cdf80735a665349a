"""What nobody starts: the end of a suspension (休学) brings up what the files of the place have for it."""

from __future__ import annotations

import threading
from datetime import date, datetime, timedelta

import pytest
from flask import current_app

from service.casework import cases, occasions, timekeeping
from service.casework.context import Office
from service.clock import ZONE
from tests.casework.people import actor, do, rows, start, world

OVER = "休学学生"  # in Xinxiang, until 2027-03-01
ILL = "徐汇区第一小学因病休学学生"  # in Shanghai, until 2027-01-22
EXPIRY = "select * from case_ where procedure = 'suspension_expiry'"


def student(called: str) -> str:
    return world().student_called(called).student.id


def move_to(office: Office, *moment: int) -> None:
    timekeeping.move_to(office, datetime(*moment, tzinfo=ZONE))  # type: ignore[arg-type, misc]


def of(called: str) -> list[str]:
    return [row.number for row in rows(EXPIRY + " and student = :s order by number", s=student(called))]


def test_at_the_first_minute_after_the_last_day_the_system_starts_the_case(office: Office) -> None:
    move_to(office, 2027, 3, 1, 23, 59)
    assert of(OVER) == []
    move_to(office, 2027, 3, 2)
    (number,) = of(OVER)
    (case,) = rows("select * from case_ where number = :n", n=number)
    assert (case.started_by, case.started, case.region) == ("system", date(2027, 3, 2), "410783")
    (task,) = rows("select * from user_task where case_number = :n", n=number)
    assert (task.path, task.unit) == ("school/urge_return", "changyuan_primary")
    (entry,) = rows("select * from journal where case_number = :n", n=number)
    assert (entry.actor, entry.verb, entry.detail["occasion"]) == (
        "system",
        "start",
        "registry.suspension_over",
    )


def test_looking_again_starts_nothing_more(office: Office) -> None:
    move_to(office, 2027, 3, 2)
    assert occasions.open_due(office) == 0
    move_to(office, 2027, 3, 20)
    assert len(of(OVER)) == 1


def test_where_the_files_have_no_such_procedure_nothing_starts(office: Office) -> None:
    move_to(office, 2027, 3, 20)
    for called in ("桥西区第二小学休学学生", "永靖县第一小学休学学生", "临夏州第一高级中学休学学生"):
        assert of(called) == []
    (row,) = rows(
        "select next_look from suspension_period where student = :s", s=student("永靖县第一小学休学学生")
    )
    assert row.next_look > date(2027, 3, 20), "looked at again when files may have changed"


def test_where_the_rules_refuse_the_next_day_is_tried(office: Office) -> None:
    move_to(office, 2027, 1, 22, 9)
    form = {"written_application": True, "way": "return", "materials": ["tertiary_hospital_certificate"]}
    wish = cases.Start(procedure="resumption", student=student(ILL), form=form)
    resumption = cases.start(office, actor("徐汇区第一小学", "registrar"), wish)
    move_to(office, 2027, 1, 24, 9)
    assert of(ILL) == []
    (row,) = rows("select next_look from suspension_period where student = :s", s=student(ILL))
    assert row.next_look == date(2027, 1, 25)
    do(office, resumption, "school/approve", {"decision": "reject", "reject_reason": "materials_incomplete"})
    assert of(ILL) == []
    move_to(office, 2027, 1, 25)
    assert len(of(ILL)) == 1


def test_one_that_fails_is_told_and_left_for_tomorrow_and_stops_nobody(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    broken, fine = "红旗小学即将复学学生", OVER
    rows("update unit set county = 'nowhere' where id = 'hongqi_primary' returning 1")
    move_to(office, 2027, 3, 2)
    assert len(of(fine)) == 1
    assert of(broken) == []
    assert "registry.suspension_over of suspension period" in caplog.text
    (row,) = rows("select next_look from suspension_period where student = :s", s=student(broken))
    assert row.next_look == date(2027, 3, 3)


def test_workers_side_by_side_start_each_case_once(office: Office) -> None:
    move_to(office, 2027, 2, 28)
    rows(
        "update setting set value = to_jsonb((value #>> '{}')::float8 + :more) where key = 'clock_offset' returning 1",
        more=timedelta(days=3).total_seconds(),
    )
    (over,) = rows("select count(*) from suspension_period where next_look <= '2027-03-03'")[0]
    app, counts = current_app._get_current_object(), []  # type: ignore[attr-defined]

    def work() -> None:
        with app.app_context():
            counts.append(occasions.open_due(office))

    workers = [threading.Thread(target=work) for _ in range(4)]
    for one in workers:
        one.start()
    for one in workers:
        one.join()
    started = rows(
        "select student, count(*) as n from case_ where procedure = 'suspension_expiry' group by student"
    )
    assert {student(OVER), student("因灾休学学生")} <= {row.student for row in started}
    assert {row.n for row in started} == {1}
    assert sum(counts) == over


def test_a_suspension_closed_by_another_way_starts_nothing(office: Office) -> None:
    rows(
        "update suspension_period set ended = '2026-12-01', next_look = null where student = :s returning 1",
        s=student(OVER),
    )
    rows("update enrolment set status = 'in_school' where student = :s returning 1", s=student(OVER))
    move_to(office, 2027, 3, 20)
    assert of(OVER) == []
    assert start(office).case_number
