"""What Camunda's task lists do with a task beside claiming and completing it: delegate, comment, raise an error."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.api.conftest import OpenDesk
from tests.api.desk import HEAD, REGISTRAR, SCHOOL, STRANGER, Begun, Desk
from tests.files import picture

TASKS = "/engine-rest/task"
SECOND = f"{SCHOOL}.second"
ERRING = """
    start begin form=small_start
    user approve groups=head@receiving_school form=small_decision name=校长审批
    on approve boundary unfit error=unfit
    end granted
    end sent_back
    begin -> approve -> granted
    unfit -> sent_back
"""


@pytest.fixture(scope="module")
def school(application_of: OpenDesk) -> Iterator[Desk]:
    """The small procedure, an erring one, and a second head at the school."""
    with application_of() as desk:
        assert desk.deploy_small().status_code == 200
        desk.sql(
            "insert into person (id, username, name, password_hash) select %s, %s, '邓校长', password_hash "
            "from person where id = %s",
            *(SECOND, SECOND, HEAD),
        )
        desk.sql(
            "insert into unit_role (person, role, unit, trained, filed) values (%s, 'head', %s, "
            "'2020-01-01', '2020-01-01')",
            *(SECOND, SCHOOL),
        )
        yield desk


@pytest.fixture
def begun(school: Desk) -> Begun:
    return school.begin()


def state(desk: Desk, begun: Begun) -> tuple[str | None, str | None, str | None]:
    task = desk.get("admin", f"{TASKS}/{begun.task}")
    return task["assignee"], task["owner"], task["delegationState"]


def test_a_delegate_gives_back_and_the_owner_completes(school: Desk, begun: Begun) -> None:
    path = f"{TASKS}/{begun.task}"
    school.post(HEAD, f"{path}/claim")
    assert school.post(HEAD, f"{path}/delegate", {"userId": SECOND}).status_code == 204
    assert state(school, begun) == (SECOND, HEAD, "PENDING")
    assert [task["id"] for task in school.get(SECOND, TASKS, delegationState="PENDING")] == [begun.task]
    assert [task["id"] for task in school.get(HEAD, TASKS, owner=HEAD)] == [begun.task]
    early = school.complete(SECOND, begun.task, decision="approve")
    assert early.status_code == 409
    assert "resolve" in early.json["detail"]
    late = school.complete(HEAD, begun.task, decision="approve")
    assert (late.status_code, late.json["winner"]) == (409, "邓校长")
    for act in ("unclaim", "delegate", "assignee"):
        assert school.post(SECOND, f"{path}/{act}", {"userId": HEAD}).status_code == 409, act
    assert school.post(HEAD, f"{path}/resolve").status_code == 409, "only the delegate gives back"
    assert school.post(SECOND, f"{path}/resolve").status_code == 204
    assert state(school, begun) == (HEAD, HEAD, "RESOLVED")
    assert school.post(SECOND, f"{path}/resolve").status_code == 409
    assert school.complete(HEAD, begun.task, decision="approve").status_code == 204
    told = school.get("admin", "/engine-rest/history/user-operation", processInstanceId=begun.instance)
    verbs = [one["operationType"] for one in told]
    assert verbs == ["start", "claim", "delegate", "resolve", "complete"]


def test_what_is_unclaimed_is_delegated_by_its_group_and_submitted_back(school: Desk, begun: Begun) -> None:
    path = f"{TASKS}/{begun.task}"
    assert school.post(REGISTRAR, f"{path}/delegate", {"userId": SECOND}).status_code == 403
    assert school.post(HEAD, f"{path}/delegate", {"userId": REGISTRAR}).status_code == 403
    assert school.post(HEAD, f"{path}/delegate", {"userId": "nobody"}).status_code == 422
    assert school.post(STRANGER, f"{path}/delegate", {"userId": SECOND}).status_code == 404
    assert school.post(HEAD, f"{path}/delegate", {"userId": SECOND}).status_code == 204
    answers = {"variables": {"decision": {"value": "approve"}}}
    assert school.post(SECOND, f"{path}/submit-form", answers).status_code == 400
    assert school.post(SECOND, f"{path}/submit-form").status_code == 204
    assert state(school, begun) == (HEAD, HEAD, "RESOLVED")
    assert school.post(HEAD, f"{path}/submit-form", answers).status_code == 204


def test_a_keeper_takes_a_task_out_of_a_delegation(school: Desk, begun: Begun) -> None:
    path = f"{TASKS}/{begun.task}"
    assert school.post("operator", f"{path}/delegate", {"userId": SECOND}).status_code == 204
    assert state(school, begun) == (SECOND, None, "PENDING")
    assert school.post("operator", f"{path}/assignee", {"userId": HEAD}).status_code == 204
    assert state(school, begun) == (HEAD, None, None)


def test_of_two_who_delegate_at_once_one_is_refused(school: Desk, begun: Begun) -> None:
    path = f"{TASKS}/{begun.task}"
    tag = school.call(HEAD, "GET", path).headers["ETag"]
    body, headers = {"userId": SECOND}, {"If-Match": tag}
    assert school.call(HEAD, "POST", f"{path}/delegate", json=body, headers=headers).status_code == 204
    assert school.call(SECOND, "POST", f"{path}/resolve", json={}, headers=headers).status_code == 412


def test_an_error_the_diagram_catches(school: Desk) -> None:
    assert school.deploy_small(ERRING, "erring").status_code == 200
    begun = school.begin("erring")
    path = f"{TASKS}/{begun.task}/bpmnError"
    assert school.post(REGISTRAR, path, {"errorCode": "unfit"}).status_code == 403
    wrong = school.post(HEAD, path, {"errorCode": "other"})
    assert wrong.status_code == 422
    assert "other" in wrong.json["detail"]
    assert school.get("operator", "/engine-rest/incident/count") == {"count": 0}
    assert school.post(HEAD, path, {"errorCode": "unfit", "errorMessage": "材料不全"}).status_code == 204
    ended = school.get("admin", f"/engine-rest/history/process-instance/{begun.instance}")
    assert ended["endActivityId"] == "sent_back"
    assert school.post(HEAD, path, {"errorCode": "unfit"}).status_code == 409


def test_comments_stay_with_the_task(school: Desk, begun: Begun) -> None:
    path = f"{TASKS}/{begun.task}/comment"
    assert school.post(STRANGER, f"{path}/create", {"message": "x"}).status_code == 404
    assert school.post(HEAD, f"{path}/create", {"message": " "}).status_code == 422
    headers = {"Idempotency-Key": begun.task}
    made = [
        school.call(HEAD, "POST", f"{path}/create", json={"message": "请补户口簿"}, headers=headers)
        for _ in range(2)
    ]
    assert [one.status_code for one in made] == [200, 200]
    assert made[0].json == made[1].json
    school.post(REGISTRAR, f"{path}/create", {"message": "已补", "processInstanceId": begun.instance})
    school.complete(HEAD, begun.task, decision="approve")
    first, second = school.get(REGISTRAR, path)
    assert (first["message"], first["userId"], first["taskId"]) == ("请补户口簿", HEAD, begun.task)
    assert second["processInstanceId"] == begun.instance
    assert school.get(HEAD, f"{path}/{first['id']}") == first
    assert [one["message"] for one in school.get(HEAD, path, firstResult=1)] == ["已补"]
    assert school.sql(
        "select detail->>'comment' from journal where verb = 'comment' order by id limit 1"
    ) == [(first["id"],)]


def test_candidates_are_the_diagrams(school: Desk, begun: Begun) -> None:
    path = f"{TASKS}/{begun.task}/identity-links"
    group = {"groupId": f"registrar@{SCHOOL}", "type": "candidate"}
    assert school.post(HEAD, path, group).status_code == 403
    assert school.post(HEAD, f"{path}/delete", group).status_code == 403
    assert school.post(HEAD, path, {"type": "assignee"}).status_code == 400
    assert school.post(HEAD, path, {"userId": HEAD, "type": "assignee"}).status_code == 204
    assert school.get(HEAD, path)[0] == {"userId": HEAD, "groupId": None, "type": "assignee"}
    assert school.post(HEAD, f"{path}/delete", {"userId": HEAD, "type": "assignee"}).status_code == 204
    assert state(school, begun)[0] is None


def test_a_file_is_attached_to_a_task_and_stays(school: Desk, begun: Begun) -> None:
    path = f"{TASKS}/{begun.task}/attachment"
    image = picture()

    def attach(who: str, content: bytes, **fields: str) -> TestResponse:
        data: dict[str, Any] = {
            "attachment-name": "户口簿",
            **fields,
            "content": (io.BytesIO(content), "scan.bin"),
        }
        return school.call(who, "POST", f"{path}/create", data=data, content_type="multipart/form-data")

    made = attach(HEAD, image, **{"attachment-description": "首页", "attachment-type": "text/html"})
    assert made.status_code == 200, made.json
    assert (made.json["name"], made.json["type"], made.json["description"]) == (
        "户口簿.png",
        "image/png",
        "首页",
    )
    assert made.json["taskId"] == begun.task
    assert attach(HEAD, b"<html>").status_code == 422
    assert attach(HEAD, image, url="http://localhost/x").status_code == 400
    assert attach(STRANGER, image).status_code == 404
    one = f"{path}/{made.json['id']}"
    assert school.get(REGISTRAR, path) == [school.get(HEAD, one)] == [made.json]
    data = school.call(HEAD, "GET", f"{one}/data")
    assert (data.data, data.mimetype) == (image, "image/png")
    assert school.call(STRANGER, "GET", f"{one}/data").status_code == 404
    assert school.call(HEAD, "DELETE", one).status_code == 409
    other = school.begin()
    assert school.call(HEAD, "GET", f"{TASKS}/{other.task}/attachment/{made.json['id']}").status_code == 404
