"""The filters Camunda's task lists send beyond the usual ones: expressions, variables, alternatives."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.api.conftest import OpenDesk
from tests.api.desk import DECISIONS, HEAD, REGISTRAR, SCHOOL, Begun, Desk, form

TASKS = "/engine-rest/task"
# What is handed in is read by a condition, and so becomes a variable.
ASKING = """
    start begin form=small_start
    user approve groups=head@receiving_school form=small_decision name=校长审批 due=${days(3)}
    xor decided default=rejected
    end granted
    end refused
    begin -> approve -> decided
    decided -> granted : ${decision == 'approve' and remark != 'no' and places != 0}
    decided -> refused as rejected
"""
START = form(
    "small_start",
    {"type": "textfield", "key": "remark"},
    {"type": "number", "key": "places"},
)
DECISION = form("small_decision", {"type": "radio", "key": "decision", "values": DECISIONS})


@pytest.fixture(scope="module")
def cases(application_of: OpenDesk) -> Any:
    """A desk with two cases of the asking procedure, the second claimed."""
    with application_of() as desk:
        files = desk.files(ASKING, "asking")
        files["small_start.form"] = json.dumps(START).encode()
        files["small_decision.form"] = json.dumps(DECISION).encode()
        answer = desk.deploy(files)
        assert answer.status_code == 200, answer.json
        begun = []
        for remark, places in (("red_tie", 3), ("blue", 12)):
            started = desk.start(key="asking", remark=remark, places=places)
            assert started.status_code == 200, started.json
            (task,) = desk.get("admin", TASKS, processInstanceId=started.json["id"])
            begun.append(
                Begun(instance=started.json["id"], case=started.json["businessKey"], task=task["id"])
            )
        desk.post(HEAD, f"{TASKS}/{begun[1].task}/claim")
        yield desk, begun


FILTERS: dict[str, tuple[dict[str, Any], str]] = {
    "ids": ({"taskIdIn": "{first.task},none"}, "first"),
    "activities": ({"activityInstanceIdIn": "{second.task}"}, "second"),
    "instances": ({"processInstanceIdIn": "{first.instance},{second.instance}"}, "both"),
    "execution": ({"executionId": "{first.instance}"}, "first"),
    "case numbers": ({"processInstanceBusinessKeyIn": "{first.case},none"}, "first"),
    "case number like": ({"processInstanceBusinessKeyLike": "%"}, "both"),
    "key": ({"processDefinitionKey": "asking"}, "both"),
    "keys": ({"processDefinitionKeyIn": "transfer,small"}, "none"),
    "definition's name": ({"processDefinitionName": "小流程"}, "both"),
    "definition's name like": ({"processDefinitionNameLike": "大%"}, "none"),
    "element like": ({"taskDefinitionKeyLike": "app%"}, "both"),
    "not elements": ({"taskDefinitionKeyNotIn": "approve"}, "none"),
    "name not": ({"nameNotEqual": "校长审批"}, "none"),
    "name not like": ({"nameNotLike": "%登记%"}, "both"),
    "assignee like": ({"assigneeLike": "changan%"}, "second"),
    "assignees": ({"assigneeIn": f"{HEAD},x"}, "second"),
    "not assignees": ({"assigneeNotIn": HEAD}, "none"),
    "me": ({"assigneeExpression": "${{ currentUser() }}"}, "second"),
    "my groups": ({"candidateGroupsExpression": "${{currentUserGroups()}}"}, "first"),
    "me as a candidate": ({"candidateUserExpression": "${{currentUser()}}", "includeAssignedTasks": "true"}, "both"),
    "involved": ({"involvedUser": HEAD}, "both"),
    "owner": ({"owner": HEAD}, "none"),
    "delegation": ({"delegationState": "PENDING"}, "none"),
    "with groups": ({"withCandidateGroups": "true"}, "both"),
    "without groups": ({"withoutCandidateGroups": "true"}, "none"),
    "with candidate users": ({"withCandidateUsers": "true"}, "none"),
    "without candidate users": ({"withoutCandidateUsers": "true"}, "both"),
    "due soon": ({"dueBeforeExpression": "${{ dateTime().plusDays(5) }}"}, "both"),
    "due in a week": ({"dueAfterExpression": "${{dateTime().withTimeAtStartOfDay().plusWeeks(1)}}"}, "none"),
    "overdue": ({"dueBeforeExpression": "${{now()}}"}, "none"),
    "due within a month": ({"dueBeforeExpression": "#{{dateTime().plusMonths(1).minusYears(0).toDate()}}"}, "both"),
    "without due date": ({"withoutDueDate": "true"}, "none"),
    "follow-up or none": ({"followUpBeforeOrNotExistent": "2026-09-04T00:00:00.000+0800"}, "both"),
    "updated": ({"updatedAfter": "2020-01-01T00:00:00.000+0800"}, "second"),
    "priority from": ({"minPriority": "51"}, "none"),
    "priority to": ({"maxPriority": "50"}, "both"),
    "active": ({"active": "true"}, "both"),
    "suspended": ({"suspended": "true"}, "none"),
    "variable": ({"processVariables": "remark_eq_red_tie"}, "first"),
    "variable differs": ({"processVariables": "remark_neq_red_tie"}, "second"),
    "variable like": ({"processVariables": "remark_like_%lu%"}, "second"),
    "variable not like": ({"processVariables": "remark_notLike_%lu%"}, "first"),
    "two variables": ({"processVariables": "remark_eq_blue,remark_neq_red_tie"}, "second"),
    "a number written as text": ({"processVariables": "places_eq_3"}, "none"),
    "a variable of the task": ({"taskVariables": "remark_eq_blue"}, "none"),
}  # fmt: skip
BODIES: dict[str, tuple[dict[str, Any], str]] = {
    "a number": ({"processVariables": [{"name": "places", "operator": "gt", "value": 9}]}, "second"),
    "a number at most": ({"processVariables": [{"name": "places", "operator": "lteq", "value": 3}]}, "first"),
    "no number": ({"processVariables": [{"name": "remark", "operator": "gteq", "value": 3}]}, "none"),
    "unset": ({"processVariables": [{"name": "decision", "operator": "eq", "value": None}]}, "none"),
    "either": ({"orQueries": [{"assignee": HEAD, "unassigned": True}]}, "both"),
    "either of one": ({"orQueries": [{"assignee": HEAD, "name": "x"}]}, "second"),
    "two either": (
        {"orQueries": [{"assignee": HEAD, "unassigned": True}, {"taskId": "{first.task}", "name": "x"}]},
        "first",
    ),
    "either and all": ({"orQueries": [{"assignee": HEAD, "unassigned": True}], "name": "x"}, "none"),
    "mine or my group's": (
        {"orQueries": [{"candidateUserExpression": "${{currentUser()}}", "assignee": "nobody"}]},
        "first",
    ),
    "an empty alternative": ({"orQueries": [{}]}, "both"),
}


def told(given: Any, begun: list[Begun]) -> Any:
    if isinstance(given, dict):
        return {key: told(value, begun) for key, value in given.items()}
    if isinstance(given, list):
        return [told(value, begun) for value in given]
    return given.format(first=begun[0], second=begun[1]) if isinstance(given, str) else given


def check(desk: Desk, begun: list[Begun], body: dict[str, Any], wanted: str) -> None:
    expected = {"first": begun[:1], "second": begun[1:], "both": begun, "none": []}[wanted]
    found = desk.post(HEAD, TASKS, body)
    assert found.status_code == 200, found.json
    assert {task["id"] for task in found.json} == {one.task for one in expected}
    assert desk.post(HEAD, f"{TASKS}/count", body).json == {"count": len(expected)}


@pytest.mark.parametrize("name", FILTERS)
def test_a_filter_in_an_address_and_in_a_body(cases: Any, name: str) -> None:
    desk, begun = cases
    query = told(FILTERS[name][0], begun)
    check(desk, begun, query, FILTERS[name][1])
    found = desk.get(HEAD, TASKS, **query)
    assert len(found) == desk.get(HEAD, f"{TASKS}/count", **query)["count"]
    assert {task["id"] for task in found} == {task["id"] for task in desk.post(HEAD, TASKS, query).json}


@pytest.mark.parametrize("name", BODIES)
def test_a_filter_only_a_body_can_hold(cases: Any, name: str) -> None:
    desk, begun = cases
    check(desk, begun, told(BODIES[name][0], begun), BODIES[name][1])


@pytest.mark.parametrize(
    "body",
    [
        {"dueBeforeExpression": "${execution}"},
        {"dueBeforeExpression": "${now().getClass()}"},
        {"dueBeforeExpression": "${dateTime().plusYears(99999)}"},
        {"assigneeExpression": "${now()}"},
        {"processVariables": [{"name": "x", "operator": "is", "value": 1}]},
        {"processVariables": [{"name": "x", "operator": "like", "value": 1}]},
        {"processVariables": [{"name": "x", "operator": "eq", "value": {"a": 1}}]},
        {"processVariables": "nothing"},
        {"orQueries": [{"sorting": []}]},
        {"orQueries": [{"unknown": 1}]},
        {"orQueries": [{}] * 21},
    ],
)
def test_what_cannot_be_understood_is_refused(cases: Any, body: dict[str, Any]) -> None:
    answer = cases[0].post(HEAD, TASKS, body)
    assert answer.status_code == 400, answer.json


def test_nobody_asks_for_another_in_an_alternative(cases: Any) -> None:
    for body in ({"orQueries": [{"candidateUser": REGISTRAR}]}, {"involvedUser": REGISTRAR}):
        assert cases[0].post(HEAD, TASKS, body).status_code == 403


def test_a_held_case_shows_its_tasks_as_suspended(cases: Any) -> None:
    desk, begun = cases
    path = f"/engine-rest/process-instance/{begun[0].instance}/suspended"
    assert desk.call("operator", "PUT", path, json={"suspended": True}).status_code == 204
    (task,) = desk.get(HEAD, TASKS, suspended="true")
    assert (task["id"], task["suspended"]) == (begun[0].task, True)
    assert desk.call("operator", "PUT", path, json={"suspended": False}).status_code == 204


def test_unclaimed_tasks_are_counted_by_group(cases: Any) -> None:
    path = f"{TASKS}/report/candidate-group-count"
    assert cases[0].get(HEAD, path) == [{"groupName": f"head@{SCHOOL}", "taskCount": 1}]
    assert cases[0].get("jinshui_first_primary.head", path) == []
