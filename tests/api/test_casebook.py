"""Cases in plain JSON: started, found, followed, taken back."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.conftest import OpenDesk
from tests.api.desk import HEAD, REGISTRAR, STRANGER, STUDENT, Desk

ANSWERS = {"reason": "household_moved", "materials": ["household_register"]}


@pytest.fixture(scope="module")
def book(application_of: OpenDesk) -> Any:
    with application_of() as desk:
        assert desk.deploy_small().status_code == 200
        yield desk


def open_case(desk: Desk, procedure: str = "small", who: str = REGISTRAR, **values: Any) -> dict[str, Any]:
    body = {"procedure": procedure, "student": STUDENT, "values": values}
    answer = desk.post(who, "/api/cases", body)
    assert answer.status_code == 201, answer.get_data(as_text=True)
    found: dict[str, Any] = answer.json
    return found


def test_a_case_is_started_found_and_followed(book: Desk) -> None:
    started = open_case(book, remark="搬家")
    number, (task,) = started["case"], started["tasks"]
    assert task["name"] == "校长审批"
    assert len(started["guardian_code"]) == 10
    (line,) = book.get(HEAD, "/api/cases", number=number)
    assert (line["status"], line["procedure_name"], line["started_by"]) == ("open", "小流程", REGISTRAR)
    assert [(one["name"], one["due"]) for one in line["waiting"]] == [("校长审批", None)]
    assert book.complete(HEAD, task["id"], decision="reject", note="材料不齐").status_code == 204
    events = book.get(REGISTRAR, f"/api/cases/{number}/timeline")
    assert [(one["who"], one["what"]) for one in events] == [
        (events[0]["who"], "发起办件"),
        (events[1]["who"], "办结“校长审批”"),
    ]
    assert [events[0]["unit"], events[1]["unit"]] == [line["waiting"][0]["unit_name"]] * 2
    assert events[0]["answers"] == [{"label": "remark", "value": "搬家"}]
    assert {"label": "decision", "value": "不同意"} in events[1]["answers"]
    assert events[1]["clauses"] == ["MOE2016-3.1-a"]
    assert book.get(HEAD, "/api/cases", number=number)[0]["waiting"] == []


def test_lists_hold_what_one_may_see_and_what_one_asked_for(book: Desk) -> None:
    first, second = open_case(book)["case"], open_case(book)["case"]
    task = book.get(HEAD, f"/api/cases/{first}")["tasks"][0]["id"]
    book.complete(HEAD, task, decision="approve")

    def numbers(who: str = HEAD, **query: Any) -> list[str]:
        found = [one["number"] for one in book.get(who, "/api/cases", **query)]
        assert book.get(who, "/api/cases/count", **query)["count"] == len(found)
        return [one for one in found if one in (first, second)]

    assert numbers() == numbers("operator") == [second, first]
    assert numbers(STRANGER) == []
    assert numbers(status="open") == [second]
    assert numbers(status="closed", outcome="granted") == [first]
    assert numbers(student=STUDENT, procedure="small") == [second, first]
    assert numbers(student="none") == numbers(procedure="none") == numbers(studentName="无此人") == []
    name = book.get(HEAD, f"/api/cases/{first}")["student_name"]
    assert numbers(studentName=name) == [second, first]
    assert numbers(numberLike=f"{first[:15]}%") == [second, first]
    assert numbers(startedByMe="true") == []
    assert numbers(REGISTRAR, startedByMe="true") == [second, first]
    assert numbers(openedBefore="2026-09-01T00:00:00") == numbers(overdue="true") == []
    book.sql("update user_task set due = '2026-09-01' where case_number = %s and state = 'open'", second)
    assert numbers(overdue="true") == [second]
    page = book.get(HEAD, "/api/cases", sortBy="number", sortOrder="asc", maxResults=1)
    assert len(page) == 1
    assert book.call(HEAD, "GET", "/api/cases", query_string={"colour": "red"}).status_code == 400


def test_whoever_may_not_know_of_a_case_finds_none(book: Desk) -> None:
    number = open_case(book)["case"]
    assert book.call(STRANGER, "GET", f"/api/cases/{number}/timeline").status_code == 404
    answer = book.post(STRANGER, f"/api/cases/{number}/withdraw", {"reason": "不办了"})
    assert answer.status_code == 404


def test_a_start_is_checked_like_any_other(book: Desk) -> None:
    body = {"procedure": "transfer", "student": "qiaoxi_busy", "values": ANSWERS}
    refused = book.post(REGISTRAR, "/api/cases", body)
    assert (refused.status_code, refused.json["code"]) == (422, "refused")
    assert book.post(HEAD, "/api/cases", {**body, "student": STUDENT}).status_code == 403
    assert book.post(REGISTRAR, "/api/cases", {**body, "procedure": "none"}).status_code == 404
    assert book.post(REGISTRAR, "/api/cases", {"procedure": "transfer"}).status_code == 400


def test_a_case_is_taken_back_by_its_starter_where_the_diagram_says_so(fresh_desk: Desk) -> None:
    desk = fresh_desk
    number = open_case(desk, "transfer", **ANSWERS)["case"]
    path = f"/api/cases/{number}/withdraw"
    assert desk.post(REGISTRAR, path).status_code == 400, "a reason is asked for"
    assert desk.post(HEAD, path, {"reason": "不办了"}).status_code == 403
    done = desk.post(REGISTRAR, path, {"reason": "不办了"})
    assert (done.status_code, done.json["outcome"]) == (200, "recalled")
    events = desk.get(HEAD, f"/api/cases/{number}/timeline")
    assert [(one["verb"], one["reason"]) for one in events][-1] == ("withdraw", "不办了")
    assert desk.post(REGISTRAR, path, {"reason": "不办了"}).status_code == 409


def test_a_diagram_without_a_recall_takes_nothing_back(book: Desk) -> None:
    number = open_case(book)["case"]
    answer = book.post(REGISTRAR, f"/api/cases/{number}/withdraw", {"reason": "不办了"})
    assert answer.status_code == 409
    assert "没有画出撤回" in answer.json["cure"]
