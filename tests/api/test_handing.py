"""Passing tasks on, many at once, and reminding."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from service.supervisor.postgres import libpq_url
from tests.api.conftest import OpenDesk
from tests.api.desk import HEAD, REGISTRAR, SCHOOL, STRANGER, Desk

COLLEAGUE = "changan_third_primary.head"


@pytest.fixture(scope="module")
def school(application_of: OpenDesk) -> Iterator[Desk]:
    """A school with two heads."""
    with application_of() as desk:
        assert desk.deploy_small().status_code == 200
        desk.sql("insert into unit_role (person, role, unit) values (%s, 'head', %s)", COLLEAGUE, SCHOOL)
        yield desk


def hand(desk: Desk, who: str, task: str, to: str) -> int:
    return desk.post(who, f"/api/tasks/{task}/hand-over", {"to": to, "reason": "出差"}).status_code


def test_a_task_is_handed_over_to_a_colleague_who_may_do_it(school: Desk) -> None:
    begun = school.begin()
    assert hand(school, HEAD, begun.task, COLLEAGUE) == 204
    assert school.get(COLLEAGUE, f"/engine-rest/task/{begun.task}")["assignee"] == COLLEAGUE
    assert hand(school, HEAD, begun.task, HEAD) == 409, "it is no longer his to give"
    assert hand(school, COLLEAGUE, begun.task, REGISTRAR) == 403
    assert hand(school, COLLEAGUE, begun.task, "nobody") == 422
    assert hand(school, STRANGER, begun.task, COLLEAGUE) == 404
    assert hand(school, "operator", begun.task, HEAD) == 204
    assert school.complete(HEAD, begun.task, decision="approve").status_code == 204
    notes = school.sql("select actor, detail->>'to' from journal where verb = 'hand_over' order by id")
    assert notes == [(HEAD, COLLEAGUE), ("operator", HEAD)]


def test_who_may_not_do_it_by_four_eyes_does_not_get_it(school: Desk) -> None:
    begun = school.begin()
    school.sql("update user_task set barred = %s where id = %s", [COLLEAGUE], begun.task)
    answer = school.post(HEAD, f"/engine-rest/task/{begun.task}/assignee", {"userId": COLLEAGUE})
    assert (answer.status_code, answer.json["code"]) == (403, "four_eyes")


def test_many_at_once_each_on_its_own(school: Desk) -> None:
    first, second = school.begin(), school.begin()
    body = {
        "action": "complete",
        "tasks": [first.task, "x-1", second.task],
        "values": {"decision": "approve"},
    }
    hand(school, HEAD, second.task, COLLEAGUE)
    answer = school.post(HEAD, "/api/tasks/bulk", body)
    assert answer.status_code == 200
    assert [one["status"] for one in answer.json] == [204, 404, 409]
    for action, status in (("claim", 204), ("unclaim", 204), ("assign", 204)):
        third = school.begin()
        if action == "unclaim":
            school.post(HEAD, f"/engine-rest/task/{third.task}/claim")
        body = {"action": action, "tasks": [third.task, third.task], "to": COLLEAGUE}
        assert [one["status"] for one in school.post(HEAD, "/api/tasks/bulk", body).json] == [status]
    for wrong in ([], ["x"] * 101):
        assert school.post(HEAD, "/api/tasks/bulk", {"action": "claim", "tasks": wrong}).status_code == 400


def test_a_task_that_is_held_up_stops_no_other(school: Desk) -> None:
    held, free = school.begin(), school.begin()
    with psycopg.connect(libpq_url(school.url)) as other:
        other.execute("select from instance where id = %s for update", [held.instance])
        body = {"action": "complete", "tasks": [held.task, free.task], "values": {"decision": "approve"}}
        answer = school.post(HEAD, "/api/tasks/bulk", body)
    assert [(one["status"], one.get("code")) for one in answer.json] == [(503, "busy"), (204, None)]
    again = school.post(HEAD, "/api/tasks/bulk", body)
    assert [one["status"] for one in again.json] == [204, 409]


def test_many_at_once_are_done_once_under_one_key(school: Desk) -> None:
    first, second = school.begin(), school.begin()
    body = {"action": "complete", "tasks": [first.task, second.task], "values": {"decision": "approve"}}
    answers = [
        school.call(HEAD, "POST", "/api/tasks/bulk", json=body, headers={"Idempotency-Key": "many"})
        for _ in range(2)
    ]
    assert answers[0].json == answers[1].json
    assert [one["status"] for one in answers[1].json] == [204, 204]
    assert answers[1].headers["Idempotent-Replayed"] == "true"


def test_a_case_with_several_tasks_is_urged_in_one_entry(school: Desk) -> None:
    text = """
        start begin form=small_start
        and both
        user one groups=head@receiving_school form=small_decision name=一 doc=assumed
        user two groups=head@receiving_school form=small_decision name=二 doc=assumed
        and joined
        end granted
        begin -> both
        both -> one -> joined
        both -> two -> joined
        joined -> granted
    """
    assert school.deploy_small(text, "several").status_code == 200
    started = school.start(key="several").json
    answer = school.post(REGISTRAR, f"/api/cases/{started['businessKey']}/urge")
    assert len(answer.json) == 2
    entries = school.sql(
        "select detail->'tasks' from journal where verb = 'urge' and case_number = %s", started["businessKey"]
    )
    assert [sorted(tasks) for (tasks,) in entries] == [sorted(one["task"] for one in answer.json)]


def test_a_party_reminds_once_a_day(school: Desk) -> None:
    begun = school.begin()
    path = f"/api/cases/{begun.case}/urge"
    answer = school.post(REGISTRAR, path, {"message": "请尽快"})
    assert [one["task"] for one in answer.json] == [begun.task]
    assert school.post(REGISTRAR, path).status_code == 409
    assert school.post(HEAD, path).status_code == 200
    school.complete(HEAD, begun.task, decision="approve")
    assert school.post(COLLEAGUE, path).status_code == 409
    verbs = [one["verb"] for one in school.get(REGISTRAR, f"/api/cases/{begun.case}")["journal"]]
    assert verbs.count("urge") == 2
