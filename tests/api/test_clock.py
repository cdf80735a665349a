"""The business clock, the bulletin it fills, and why this diagram."""

from __future__ import annotations

import pytest

from service.casework import timers
from service.casework.installation import office
from tests.api.conftest import OpenDesk, set_clock
from tests.api.desk import HEAD, REGISTRAR, SCHOOL, Desk

LATE = """
    start begin form=small_start
    user approve form=small_start groups=head@receiving_school name=校长审批 due=${working_days(10)}
    on approve boundary overdue timer=${working_days(10)} beside
    work record topic=registry.record_overdue inputs=party:receiving_school;step:approve
    end noted
    end done
    begin -> approve -> done
    overdue -> record -> noted
"""


def test_the_clock_moves_forward_only_and_by_the_right_people(fresh_desk: Desk) -> None:
    desk = fresh_desk
    assert desk.get(HEAD, "/api/clock")["now"].startswith("2026-09-03T")
    moved = desk.call("analyst", "PUT", "/api/clock", json={"now": "2026-10-01T00:00:00.000+0800"})
    assert moved.status_code == 200
    assert moved.json["now"].startswith("2026-10-01T00:00:0")
    assert desk.call("admin", "PUT", "/api/clock", json={"now": "2026-10-02 08:30"}).status_code == 200
    back = desk.call("admin", "PUT", "/api/clock", json={"now": "2026-09-30T00:00:00+08:00"})
    assert back.status_code == 409
    assert desk.call("admin", "PUT", "/api/clock", json={}).status_code == 400


def test_a_move_of_the_clock_is_journaled(fresh_desk: Desk) -> None:
    desk = fresh_desk
    assert (
        desk.call("analyst", "PUT", "/api/clock", json={"now": "2026-10-01T00:00:00+08:00"}).status_code
        == 200
    )
    assert (
        desk.call("admin", "PUT", "/api/clock", json={"now": "2026-09-30T00:00:00+08:00"}).status_code == 409
    )
    found = desk.sql("select actor, detail ->> 'from', detail ->> 'to' from journal where verb = 'set_clock'")
    ((who, was, to),) = found
    assert who == "analyst"
    assert was.startswith("2026-09-03T")
    assert to == "2026-10-01T00:00:00+08:00"


def test_a_late_sweep_puts_down_the_day_the_limit_was_missed(fresh_desk: Desk) -> None:
    """The service was away over the end of the month: the entry belongs to the month of the limit all the same."""
    desk = fresh_desk
    files = desk.files(LATE, "late")
    files.pop("small_decision.form")
    assert desk.deploy(files).status_code == 200
    desk.begin("late")
    set_clock(desk.url, "2026-10-09 10:00+08")
    with desk.app.app_context():
        assert timers.fire_due(office()) == 1
    (entry,) = desk.get("admin", "/api/bulletin")
    assert (entry["on"], entry["month"]) == ("2026-09-18", "2026-09")


def test_outside_a_demonstration_there_is_no_clock(application_of: OpenDesk) -> None:
    with application_of(demo=False) as desk:
        assert desk.call("admin", "GET", "/api/clock").status_code == 404
        assert desk.call("admin", "PUT", "/api/clock", json={"now": "2026-10-01"}).status_code == 404


def test_a_missed_limit_comes_into_the_bulletin(fresh_desk: Desk) -> None:
    desk = fresh_desk
    files = desk.files(LATE, "late")
    files.pop("small_decision.form")
    answer = desk.deploy(files)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    begun = desk.begin("late")
    task = desk.get(HEAD, f"/engine-rest/task/{begun.task}")
    assert task["due"] == "2026-09-18T00:00:00.000+0800"
    assert len(desk.get(HEAD, "/engine-rest/task", dueBefore="2026-09-18T00:00:01.000+0800")) == 1
    assert len(desk.get(HEAD, "/engine-rest/task", dueBefore="2026-09-18T00:00:00.000+0800")) == 0
    assert desk.get("admin", "/api/bulletin", month="2026-09") == []
    assert (
        desk.call("admin", "PUT", "/api/clock", json={"now": "2026-09-20T00:00:00.000+0800"}).status_code
        == 200
    )
    (entry,) = desk.get("admin", "/api/bulletin", month="2026-09")
    assert (entry["unit"], entry["step"], entry["case"]) == (SCHOOL, "approve", begun.case)
    assert (entry["on"], entry["published"]) == ("2026-09-18", True)
    assert desk.get(REGISTRAR, "/api/bulletin", month="2026-09") == [entry]
    assert desk.get("changan_education.officer", "/api/bulletin", month="2026-09", unit=SCHOOL) == [entry]
    assert desk.get("hebei_education.officer", "/api/bulletin", month="2026-09") == [entry]
    assert desk.get("qiaoxi_education.officer", "/api/bulletin", month="2026-09") == []
    assert desk.get("admin", "/api/bulletin", month="2026-10") == []


@pytest.mark.parametrize("month", ["", "2026", "2026-13", "2026-9", "2026-09\n", "2026-09-01", "x"])
def test_a_month_is_written_one_way(desk: Desk, month: str) -> None:
    assert desk.call(HEAD, "GET", "/api/bulletin", query_string={"month": month}).status_code == 400


def test_why_this_diagram(desk: Desk) -> None:
    national = desk.get(REGISTRAR, "/api/explain/transfer")
    assert (national["unit"], national["tenant"]) == (SCHOOL, None)
    assert "transfer.bpmn" in national["files"]
    there = desk.get(REGISTRAR, "/api/explain/transfer", unit="hongqi_primary")
    assert there["tenant"] == "410700"
    assert [step["region"] for step in there["walk"]] == ["410700"]
    seniors = desk.get(REGISTRAR, "/api/explain/transfer", unit="hongqi_primary", stage="senior")
    assert seniors["tenant"] is None
    assert desk.call(REGISTRAR, "GET", "/api/explain/no_such").status_code == 404
    assert desk.call("admin", "GET", "/api/explain/transfer").status_code == 403
    assert (
        desk.call(REGISTRAR, "GET", "/api/explain/transfer", query_string={"stage": "x"}).status_code == 400
    )


def test_a_suspension_that_runs_out_while_the_clock_moves_lies_in_the_inbox(fresh_desk: Desk) -> None:
    """The procedure of the place starts by itself before the clock answers."""
    who = "changyuan_primary.registrar"
    assert fresh_desk.get(who, "/engine-rest/task") == []
    moved = fresh_desk.call("admin", "PUT", "/api/clock", json={"now": "2027-03-02T00:00:00.000+0800"})
    assert moved.status_code == 200
    names = {one["name"] for one in fresh_desk.get(who, "/engine-rest/task")}
    assert names == {"督促复学"}
