"""The inbox: what it shows, how it filters and sorts, and claiming and completing from it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from service.api.engine_rest import task_filters
from tests.api.desk import HEAD, OTHER_SCHOOL, REGISTRAR, SCHOOL, STRANGER, Begun, Desk

GROUP = f"head@{SCHOOL}"
TASKS = "/engine-rest/task"


@pytest.fixture(scope="module")
def two(shared_desk: Desk) -> tuple[Begun, Begun]:
    """Two open tasks of the head, the second claimed."""
    first, second = shared_desk.begin(), shared_desk.begin()
    assert shared_desk.post(HEAD, f"{TASKS}/{second.task}/claim").status_code == 204
    return first, second


Choose = Callable[[tuple[Begun, Begun]], Any]
FILTERS: dict[str, tuple[dict[str, Any], str]] = {
    "assignee": ({"assignee": HEAD}, "second"),
    "assigned": ({"assigned": "true"}, "second"),
    "unassigned": ({"unassigned": "true"}, "first"),
    "a false flag asks for nothing": ({"unassigned": "false"}, "both"),
    "candidate group, unclaimed": ({"candidateGroup": GROUP}, "first"),
    "candidate group, all": ({"candidateGroup": GROUP, "includeAssignedTasks": "true"}, "both"),
    "candidate groups": ({"candidateGroups": f"{GROUP},head@{OTHER_SCHOOL}"}, "first"),
    "another group": ({"candidateGroup": f"registrar@{SCHOOL}"}, "none"),
    "a group that is none": ({"candidateGroup": "@@"}, "none"),
    "my groups": ({"candidateUser": HEAD}, "first"),
    "instance": ({"processInstanceId": "{first.instance}"}, "first"),
    "case number": ({"processInstanceBusinessKey": "{second.case}"}, "second"),
    "id": ({"taskId": "{second.task}"}, "second"),
    "element": ({"taskDefinitionKey": "approve"}, "both"),
    "elements": ({"taskDefinitionKeyIn": "x,approve"}, "both"),
    "name": ({"name": "校长审批"}, "both"),
    "name like": ({"nameLike": "%审%"}, "both"),
    "name like nothing": ({"nameLike": "审"}, "none"),
    "created before": ({"createdBefore": "2026-09-03T23:00:00.000+0800"}, "both"),
    "created after": ({"createdAfter": "2026-09-03T23:00:00.000+0800"}, "none"),
    "created before, ISO and Zulu": ({"createdBefore": "2026-09-03T15:00:00Z"}, "both"),
    "due": ({"dueAfter": "2026-01-01T00:00:00.000+0800"}, "none"),
    "priority": ({"priority": "50"}, "both"),
    "tenant": ({"tenantIdIn": "410700"}, "none"),
    "no tenant": ({"withoutTenantId": "true"}, "both"),
    "two at once": ({"assignee": HEAD, "name": "校长审批"}, "second"),
}


@pytest.mark.parametrize("name", FILTERS)
def test_a_filter_shows_the_right_tasks_and_their_number(
    desk: Desk, two: tuple[Begun, Begun], name: str
) -> None:
    given, wanted = FILTERS[name]
    query = {key: value.format(first=two[0], second=two[1]) for key, value in given.items()}
    expected = {
        "first": {two[0].task},
        "second": {two[1].task},
        "both": {one.task for one in two},
        "none": set(),
    }
    assert {task["id"] for task in desk.get(HEAD, TASKS, **query)} == expected[wanted]
    assert desk.get(HEAD, f"{TASKS}/count", **query) == {"count": len(expected[wanted])}
    found = desk.post(HEAD, TASKS, query)
    assert found.status_code == 200, found.json
    assert {task["id"] for task in found.json} == expected[wanted]


def test_a_plus_that_was_not_escaped_is_understood(desk: Desk, two: tuple[Begun, Begun]) -> None:
    answer = desk.call(HEAD, "GET", f"{TASKS}?createdBefore=2026-09-03T23:00:00.000+0800")
    assert len(answer.json) == 2


@pytest.mark.parametrize("sort", task_filters.SORTS)
def test_every_order_works_both_ways(desk: Desk, two: tuple[Begun, Begun], sort: str) -> None:
    up = [task["id"] for task in desk.get(HEAD, TASKS, sortBy=sort, sortOrder="asc")]
    down = [task["id"] for task in desk.get(HEAD, TASKS, sortBy=sort, sortOrder="desc")]
    assert sorted(up) == sorted(down) == sorted(one.task for one in two)
    if sort == "created":
        assert up == down[::-1]


def test_several_orders_in_a_body(desk: Desk, two: tuple[Begun, Begun]) -> None:
    orders = [{"sortBy": "priority", "sortOrder": "asc"}, {"sortBy": "created", "sortOrder": "desc"}]
    found = desk.post(HEAD, TASKS, {"sorting": orders}).json
    assert [task["id"] for task in found] == [two[1].task, two[0].task]


def test_pages(desk: Desk, two: tuple[Begun, Begun]) -> None:
    first = desk.get(HEAD, TASKS, maxResults=1)
    second = desk.get(HEAD, TASKS, maxResults=1, firstResult=1)
    assert [task["id"] for task in first + second] == [one.task for one in two]
    assert desk.get(HEAD, TASKS, maxResults=0) == []
    assert desk.get(HEAD, TASKS, firstResult=2, maxResults=2_000_000_000) == []


@pytest.mark.parametrize(
    ("query", "where"),
    [
        ({"maxResults": "-1"}, "maxResults"),
        ({"maxResults": "9" * 5000}, "maxResults"),
        ({"firstResult": "x"}, "firstResult"),
        ({"sortBy": "created; drop table", "sortOrder": "asc"}, "sortBy"),
        ({"sortBy": "created", "sortOrder": "up"}, "sortOrder"),
        ({"unassigned": "perhaps"}, "unassigned"),
        ({"dueBefore": "tomorrow"}, "dueBefore"),
        ({"dueBefore": "9999-12-31T23:59:59.000+0800"}, "dueBefore"),
        ({"dueBefore": "0001-01-01T00:00:00.000+0800"}, "dueBefore"),
        ({"priority": "1e3"}, "priority"),
        ({"processVariables": "a=b"}, "processVariables"),
        ({"caseInstanceId": "1"}, "caseInstanceId"),
        ({"name": "x" * 5000}, "name"),
    ],
)
def test_a_wrong_query_names_the_parameter(desk: Desk, query: dict[str, str], where: str) -> None:
    answer = desk.call(HEAD, "GET", TASKS, query_string=query)
    assert answer.status_code == 400
    assert answer.json["type"] == "InvalidRequestException"
    assert [one["where"] for one in answer.json["errors"]] == [where]


def test_a_sort_key_without_an_order_is_refused(desk: Desk) -> None:
    assert desk.call(HEAD, "GET", TASKS, query_string={"sortBy": "name"}).status_code == 400


def test_nobody_asks_for_the_groups_of_another(desk: Desk) -> None:
    assert desk.call(HEAD, "GET", TASKS, query_string={"candidateUser": REGISTRAR}).status_code == 403


def test_a_task_has_all_the_fields_of_camunda(desk: Desk, two: tuple[Begun, Begun]) -> None:
    task = desk.get(HEAD, f"{TASKS}/{two[0].task}")
    camunda = {
        "id", "name", "assignee", "owner", "created", "lastUpdated", "due", "followUp", "delegationState",
        "description", "parentTaskId", "priority", "executionId", "processInstanceId", "processDefinitionId",
        "taskDefinitionKey", "caseExecutionId", "caseInstanceId", "caseDefinitionId", "suspended", "formKey",
        "camundaFormRef", "tenantId", "taskState",
    }  # fmt: skip
    assert set(task) >= camunda
    assert task["camundaFormRef"] == {"key": "small_decision", "binding": "latest", "version": None}
    assert desk.get(HEAD, f"{TASKS}/{two[0].task}/form")["camundaFormRef"]["key"] == "small_decision"
    assert desk.get(HEAD, TASKS, taskId=two[0].task) == [task]


def test_claiming_and_giving_back(desk: Desk) -> None:
    task = f"{TASKS}/{desk.begin().task}"
    assert desk.call(HEAD, "POST", f"{task}/claim").status_code == 204  # without a body
    assert desk.post(HEAD, f"{task}/claim", {"userId": HEAD}).status_code == 204  # again is no error
    assert desk.get(HEAD, task)["assignee"] == HEAD
    assert desk.post(HEAD, f"{task}/unclaim").status_code == 204
    assert desk.get(HEAD, task)["assignee"] is None
    assert desk.post(HEAD, f"{task}/unclaim").status_code == 409
    assert desk.post(HEAD, f"{task}/claim", {"userId": REGISTRAR}).status_code == 403
    assert desk.post(HEAD, f"{task}/claim", {"userId": 1}).status_code == 400


def test_the_second_to_claim_learns_who_was_first(fresh_desk: Desk) -> None:
    desk = fresh_desk
    desk.deploy_small()
    second = "changan_third_primary.head"
    desk.sql("insert into unit_role (person, role, unit) values (%s, 'head', %s)", second, SCHOOL)
    task = f"{TASKS}/{desk.begin().task}"
    assert desk.post(HEAD, f"{task}/claim").status_code == 204
    for verb in ("claim", "complete", "unclaim"):
        answer = desk.post(second, f"{task}/{verb}")
        assert answer.status_code == 409
        assert answer.json["winner"] == "方红霞"
        assert answer.json["type"] == "TaskAlreadyClaimedException"


def test_a_done_task_cannot_be_done_again(desk: Desk) -> None:
    begun = desk.begin()
    assert desk.complete(HEAD, begun.task, decision="approve").status_code == 204
    again = desk.complete(HEAD, begun.task, decision="approve")
    assert again.status_code == 409
    assert again.json["winner"] == "方红霞"
    assert desk.call(HEAD, "GET", f"{TASKS}/{begun.task}").status_code == 404
    assert desk.post(HEAD, f"{TASKS}/{begun.task}/claim").status_code == 409


def test_a_wrong_form_names_every_field_and_changes_nothing(desk: Desk) -> None:
    begun = desk.begin()
    answer = desk.complete(HEAD, begun.task, decision="perhaps", note="x" * 21, extra=1)
    assert answer.status_code == 422
    assert [one["where"] for one in answer.json["errors"]] == ["decision", "note", "extra"]
    assert all(one["message"] for one in answer.json["errors"])
    assert desk.get(HEAD, f"{TASKS}/{begun.task}")["assignee"] is None


def test_completing_with_variables_in_return(desk: Desk) -> None:
    body = {"variables": {"decision": {"value": "approve"}}, "withVariablesInReturn": True}
    answer = desk.post(HEAD, f"{TASKS}/{desk.begin().task}/complete", body)
    assert answer.status_code == 200
    assert answer.json["decision"] == {"type": "String", "value": "approve", "valueInfo": {}}


def test_completing_by_the_plain_api_answers_the_next_tasks(desk: Desk) -> None:
    text = """
        start begin form=small_start
        user first form=small_start groups=head@receiving_school name=一
        user second form=small_start groups=registrar@receiving_school name=二
        end done
        begin -> first -> second -> done
    """
    assert desk.deploy_small(text, "two_steps").status_code == 400  # small_decision.form is used by nobody
    files_used = {"two_steps.bpmn", "small_start.form"}
    answer = desk.deploy(
        {name: content for name, content in desk.files(text, "two_steps").items() if name in files_used}
    )
    assert answer.status_code == 200, answer.get_data(as_text=True)
    begun = desk.begin("two_steps")
    answer = desk.post(HEAD, f"/api/tasks/{begun.task}/complete", {"values": {}})
    assert answer.status_code == 200
    (task,) = answer.json["tasks"]
    assert (task["name"], answer.json["case"], answer.json["outcome"]) == ("二", begun.case, None)
    last = desk.post(REGISTRAR, f"/api/tasks/{task['id']}/complete", {"values": {}})
    assert (last.json["tasks"], last.json["outcome"]) == ([], "done")
    assert desk.call(HEAD, "GET", f"{TASKS}/{begun.task}/deployed-form").status_code == 404


def test_form_variables_are_those_of_the_form(desk: Desk) -> None:
    text = """
        start begin form=small_start
        user first groups=head@receiving_school form=small_decision
        user second groups=head@receiving_school form=small_decision
        xor decided default=no
        end yes_end
        end no_end
        begin -> first -> second -> decided
        decided -> yes_end : ${decision == 'approve' and remark == 'x'}
        decided -> no_end as no
    """
    assert desk.deploy_small(text, "twice").status_code == 200
    started = desk.start(key="twice", remark="x").json
    (task,) = desk.get(HEAD, TASKS, processInstanceId=started["id"])
    assert desk.get(HEAD, f"{TASKS}/{task['id']}/form-variables") == {}
    assert desk.complete(HEAD, task["id"], decision="reject").status_code == 204
    (task,) = desk.get(HEAD, TASKS, processInstanceId=started["id"])
    found = desk.get(HEAD, f"{TASKS}/{task['id']}/form-variables")
    assert found == {"decision": {"type": "String", "value": "reject", "valueInfo": {}}}
    assert desk.get(HEAD, f"{TASKS}/{task['id']}/form-variables", variableNames="note,remark") == {}


def test_a_stranger_sees_nothing_of_a_task(desk: Desk, two: tuple[Begun, Begun]) -> None:
    assert desk.get(STRANGER, TASKS) == []
    assert desk.get(STRANGER, f"{TASKS}/count") == {"count": 0}
    for path in ("", "/form", "/deployed-form", "/form-variables"):
        assert desk.call(STRANGER, "GET", f"{TASKS}/{two[0].task}{path}").status_code == 404
    for verb in ("claim", "unclaim", "complete"):
        assert desk.post(STRANGER, f"{TASKS}/{two[0].task}/{verb}").status_code == 404
