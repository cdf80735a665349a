"""Sending back where the diagram draws it, and asking colleagues before a task is done."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.api.conftest import OpenDesk
from tests.api.desk import DECISIONS, HEAD, REGISTRAR, SCHOOL, SMALL_START, STRANGER, Begun, Desk, form
from tests.engine.sketch import sketch

COLLEAGUE = "changan_third_primary.head"
REVIEW = form(
    "returning_review",
    {
        "type": "radio",
        "key": "decision",
        "values": [*DECISIONS, {"label": "退回", "value": "return"}],
        "validate": {"required": True},
    },
    {"type": "textarea", "key": "opinion"},
)
RETURNING = """
    start begin form=small_start
    user correct groups=registrar@receiving_school form=small_start name=更正 doc=assumed
    user approve groups=head@receiving_school form=returning_review name=校长审批 doc=MOE2016-3.1-a
    xor decided default=finished
    xor again
    end granted
    begin -> again
    again -> approve -> decided
    decided -> granted as finished
    decided -> correct : ${decision == 'return'}
    correct -> again
"""

BACK = """
    start begin form=small_start
    user record groups=registrar@receiving_school form=small_start name=登记 doc=assumed
    user approve groups=head@receiving_school form=small_decision name=校长审批 doc=assumed properties=return_to:record
    end granted
    begin -> record -> approve -> granted
"""


@pytest.fixture(scope="module")
def school(application_of: OpenDesk) -> Iterator[Desk]:
    """A school with two heads."""
    with application_of() as desk:
        assert desk.deploy_small().status_code == 200
        files = {
            "returning.bpmn": sketch(RETURNING, "returning", "可退回的流程", cite="assumed"),
            "small_start.form": json.dumps(SMALL_START).encode(),
            "returning_review.form": json.dumps(REVIEW).encode(),
        }
        answer = desk.deploy(files)
        assert answer.status_code == 200, answer.get_data(as_text=True)
        desk.sql("insert into unit_role (person, role, unit) values (%s, 'head', %s)", COLLEAGUE, SCHOOL)
        yield desk


def send_back(desk: Desk, task: str, who: str = HEAD) -> TestResponse:
    return desk.post(who, f"/api/tasks/{task}/return", {"reason": "缺户口簿"})


def test_a_case_is_sent_back_with_a_reason_and_comes_again(school: Desk) -> None:
    begun = school.begin("returning")
    assert send_back(school, begun.task, STRANGER).status_code == 404
    assert send_back(school, begun.task, REGISTRAR).status_code == 403
    sent = send_back(school, begun.task)
    assert sent.status_code == 200, sent.get_data(as_text=True)
    (correct,) = sent.json["tasks"]
    assert correct["name"] == "更正"
    assert send_back(school, begun.task).status_code == 409, "it is done"
    again = school.post(REGISTRAR, f"/api/tasks/{correct['id']}/complete", {"values": {"remark": "补了"}})
    (approve,) = again.json["tasks"]
    assert school.complete(HEAD, approve["id"], decision="approve").status_code == 204
    events = school.get(HEAD, f"/api/cases/{begun.case}/timeline")
    assert [one["verb"] for one in events] == ["start", "return", "complete", "complete"]
    assert (events[1]["what"], events[1]["reason"]) == ("把“校长审批”退回更正", "缺户口簿")
    assert {"label": "opinion", "value": "缺户口簿"} in events[1]["answers"]


def test_a_case_goes_back_to_the_step_the_task_names(school: Desk) -> None:
    answer = school.deploy(
        {**school.files(), "back.bpmn": sketch(BACK, "back", "退回到一步", cite="assumed")}
    )
    assert answer.status_code == 200, answer.get_data(as_text=True)
    begun = school.begin("back")
    done = school.post(REGISTRAR, f"/api/tasks/{begun.task}/complete", {"values": {"remark": "一"}})
    (approve,) = done.json["tasks"]
    assert send_back(school, approve["id"], REGISTRAR).status_code == 403
    sent = send_back(school, approve["id"])
    assert sent.status_code == 200, sent.get_data(as_text=True)
    (again,) = sent.json["tasks"]
    assert (again["name"], again["id"] != begun.task) == ("登记", True)
    states = school.sql("select name, state from user_task where case_number = %s order by id", begun.case)
    assert states == [("登记", "completed"), ("校长审批", "cancelled"), ("登记", "open")]
    (event,) = [
        one for one in school.get(HEAD, f"/api/cases/{begun.case}/timeline") if one["verb"] == "return"
    ]
    assert event["reason"] == "缺户口簿"
    done = school.post(REGISTRAR, f"/api/tasks/{again['id']}/complete", {"values": {"remark": "二"}})
    (approve,) = done.json["tasks"]
    assert school.complete(HEAD, approve["id"], decision="approve").status_code == 204


def test_where_no_return_is_drawn_there_is_none(school: Desk) -> None:
    begun = school.begin()
    refused = send_back(school, begun.task)
    assert refused.status_code == 409
    assert "没有画出退回" in refused.json["detail"]
    assert school.post(HEAD, f"/api/tasks/{begun.task}/return").status_code == 400, "a reason is asked for"


def ask(desk: Desk, begun: Begun, who: str = HEAD, person: str = COLLEAGUE) -> TestResponse:
    path = f"/api/tasks/{begun.task}/opinions"
    return desk.post(who, path, {"person": person, "question": "班额是否允许"})


def test_a_task_waits_for_the_opinion_that_was_asked_for(school: Desk) -> None:
    begun = school.begin()
    asked = ask(school, begun)
    assert asked.status_code == 201, asked.get_data(as_text=True)
    opinion = asked.json["id"]
    blocked = school.complete(HEAD, begun.task, decision="approve")
    assert (blocked.status_code, "意见" in blocked.json["detail"]) == (409, True)
    assert opinion in [one["id"] for one in school.get(COLLEAGUE, "/api/opinions")]
    answer: dict[str, Any] = {"agrees": False, "text": "已满"}
    assert school.post(HEAD, f"/api/opinions/{opinion}", answer).status_code == 404, "not asked"
    given = school.post(COLLEAGUE, f"/api/opinions/{opinion}", answer)
    assert (given.status_code, given.json["agrees"], given.json["text"]) == (200, False, "已满")
    assert school.post(COLLEAGUE, f"/api/opinions/{opinion}", answer).status_code == 409
    assert school.complete(HEAD, begun.task, decision="approve").status_code == 204
    (kept,) = school.get(HEAD, f"/api/tasks/{begun.task}/opinions")
    assert (kept["person"], kept["agrees"]) == (COLLEAGUE, False)
    events = school.get(HEAD, f"/api/cases/{begun.case}/timeline")
    assert [one["verb"] for one in events] == ["start", "ask_opinion", "give_opinion", "complete"]
    assert events[2]["what"] == "就“校长审批”出具意见：不同意。已满"
    assert ask(school, begun).status_code == 409


def test_who_may_ask_and_be_asked(school: Desk) -> None:
    begun = school.begin()
    assert ask(school, begun, STRANGER).status_code == 404
    assert ask(school, begun, REGISTRAR).status_code == 403
    assert ask(school, begun, person=HEAD).status_code == 403
    assert ask(school, begun, person=STRANGER).status_code == 403
    assert ask(school, begun, person="nobody").status_code == 422
    assert ask(school, begun, person=REGISTRAR).status_code == 201
    assert ask(school, begun, person=REGISTRAR).status_code == 409
    assert school.post(COLLEAGUE, f"/engine-rest/task/{begun.task}/claim").status_code == 204
    assert ask(school, begun).status_code == 409, "somebody else holds it"


def test_whoever_holds_the_task_may_ask_no_more(school: Desk) -> None:
    begun = school.begin()
    opinion = ask(school, begun).json["id"]
    path = f"/api/opinions/{opinion}"
    assert school.call(REGISTRAR, "DELETE", path).status_code == 403
    assert school.call(HEAD, "DELETE", path).status_code == 204
    assert school.call(HEAD, "DELETE", path).status_code == 409
    answer = school.post(COLLEAGUE, path, {"agrees": True})
    assert answer.status_code == 409
    assert school.complete(HEAD, begun.task, decision="approve").status_code == 204


def test_asking_and_completing_at_once_never_leaves_a_question_behind(school: Desk) -> None:
    begun = school.begin()
    statuses: dict[str, int] = {}

    def act(name: str, path: str, body: dict[str, Any]) -> None:
        client = school.app.test_client()
        statuses[name] = client.post(path, json=body, auth=(HEAD, "demo")).status_code

    jobs = [
        threading.Thread(
            target=act, args=("ask", f"/api/tasks/{begun.task}/opinions", {"person": COLLEAGUE})
        ),
        threading.Thread(
            target=act,
            args=("complete", f"/api/tasks/{begun.task}/complete", {"values": {"decision": "approve"}}),
        ),
    ]
    for job in jobs:
        job.start()
    for job in jobs:
        job.join()
    assert statuses in ({"ask": 201, "complete": 409}, {"ask": 409, "complete": 200})
