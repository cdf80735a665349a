"""History: instances and tasks over all cases, and one case's steps, variables, entries and incidents."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.api.conftest import OpenDesk
from tests.api.desk import HEAD, OTHER_SCHOOL, REGISTRAR, STRANGER, Begun, Desk

HISTORY = "/engine-rest/history"
Cases = tuple[Desk, Begun, Begun]


@pytest.fixture(scope="module")
def cases(application_of: OpenDesk) -> Iterator[Cases]:
    """Three cases: one open, one done, one taken back by an operator."""
    with application_of() as desk:
        assert desk.deploy_small().status_code == 200
        begun, done, gone = desk.begin(), desk.begin(), desk.begin()
        assert desk.complete(HEAD, done.task, decision="approve").status_code == 204
        path = f"/engine-rest/process-instance/{gone.instance}"
        assert desk.call("operator", "DELETE", path).status_code == 204
        yield desk, begun, done


INSTANCES: dict[str, tuple[dict[str, str], int]] = {
    "all": ({}, 3),
    "finished": ({"finished": "true"}, 2),
    "unfinished": ({"unfinished": "true"}, 1),
    "completed": ({"completed": "true"}, 1),
    "terminated": ({"externallyTerminated": "true"}, 1),
    "active": ({"active": "true"}, 1),
    "started by": ({"startedBy": REGISTRAR}, 3),
    "started by another": ({"startedBy": HEAD}, 0),
    "started before": ({"startedBefore": "2026-09-03T23:00:00.000+0800"}, 3),
    "started after": ({"startedAfter": "2026-09-03T23:00:00.000+0800"}, 0),
    "finished after": ({"finishedAfter": "2026-09-03T00:00:00.000+0800"}, 2),
    "name": ({"processDefinitionName": "小流程"}, 3),
    "name like": ({"processDefinitionNameLike": "大%"}, 0),
    "incidents": ({"withIncidents": "true"}, 0),
    "variable": ({"variables": "decision_eq_approve", "finished": "true"}, 1),
    "longest": ({"sortBy": "duration", "sortOrder": "desc"}, 3),
    "newest": ({"sortBy": "startTime", "sortOrder": "desc"}, 3),
}


@pytest.mark.parametrize("name", INSTANCES)
def test_instances_running_and_ended(cases: Cases, name: str) -> None:
    desk, (query, number) = cases[0], INSTANCES[name]
    path = f"{HISTORY}/process-instance"
    assert len(desk.get(REGISTRAR, path, **query)) == number
    plain = {key: value for key, value in query.items() if not key.startswith("sort")}
    assert desk.get(REGISTRAR, f"{path}/count", **plain) == {"count": number}
    assert len(desk.post(REGISTRAR, path, plain).json) == number
    assert desk.post(REGISTRAR, f"{path}/count", plain).json == {"count": number}
    assert desk.get(STRANGER, path, **query) == []


TASKS: dict[str, tuple[dict[str, str], int]] = {
    "all": ({}, 3),
    "finished": ({"finished": "true"}, 2),
    "unfinished": ({"unfinished": "true"}, 1),
    "completed": ({"taskDeleteReason": "completed"}, 1),
    "deleted": ({"taskDeleteReason": "deleted"}, 1),
    "assignee": ({"taskAssignee": HEAD}, 1),
    "unassigned": ({"unassigned": "true"}, 2),
    "name": ({"taskNameLike": "%审批"}, 3),
    "key": ({"processDefinitionKey": "small", "taskDefinitionKeyIn": "approve,x"}, 3),
    "ended": ({"finishedBefore": "2026-09-03T00:00:00.000+0800"}, 0),
    "longest": ({"sortBy": "duration", "sortOrder": "desc"}, 3),
    "by end": ({"sortBy": "endTime", "sortOrder": "desc"}, 3),
}


@pytest.mark.parametrize("name", TASKS)
def test_tasks_of_all_cases_are_those_of_ones_unit(cases: Cases, name: str) -> None:
    desk, (query, number) = cases[0], TASKS[name]
    path = f"{HISTORY}/task"
    assert len(desk.get(REGISTRAR, path, **query)) == number
    plain = {key: value for key, value in query.items() if not key.startswith("sort")}
    assert desk.get(REGISTRAR, f"{path}/count", **plain) == {"count": number}
    assert len(desk.post(REGISTRAR, path, plain).json) == number
    assert desk.post(REGISTRAR, f"{path}/count", plain).json == {"count": number}
    assert desk.get(f"{OTHER_SCHOOL}.registrar", path, **query) == []


def test_a_done_task_says_how_it_went(cases: Cases) -> None:
    desk, _, done = cases
    (task,) = desk.get(REGISTRAR, f"{HISTORY}/task", taskId=done.task)
    assert (task["assignee"], task["taskState"], task["deleteReason"]) == (HEAD, "Completed", "completed")
    assert task["processDefinitionKey"] == "small"


def test_steps_say_what_they_are_and_who_did_them(cases: Cases) -> None:
    desk, _, done = cases
    path = f"{HISTORY}/activity-instance"
    steps = desk.get(REGISTRAR, path, processInstanceId=done.instance)
    told = [(one["activityId"], one["activityType"]) for one in steps]
    assert told == [
        ("begin", "startEvent"),
        ("approve", "userTask"),
        ("decided", "exclusiveGateway"),
        ("granted", "endEvent"),
    ]
    assert (steps[1]["activityName"], steps[1]["assignee"], steps[1]["taskId"]) == (
        "校长审批",
        HEAD,
        done.task,
    )
    assert steps[1]["endTime"] is not None
    assert desk.get(REGISTRAR, f"{path}/count", processInstanceId=done.instance) == {"count": 4}
    back = desk.get(
        REGISTRAR, path, processInstanceId=done.instance, sortBy="startTime", sortOrder="desc", maxResults=2
    )
    assert back == steps[:1:-1]
    (one,) = desk.get(REGISTRAR, path, processInstanceId=done.instance, activityId="decided")
    assert one == steps[2]
    assert (
        desk.call(STRANGER, "GET", path, query_string={"processInstanceId": done.instance}).status_code == 404
    )


def test_variables_stay_after_the_end(cases: Cases) -> None:
    desk, _, done = cases
    path = f"{HISTORY}/variable-instance"
    (found,) = desk.get("operator", path, processInstanceId=done.instance, variableNameLike="dec%")
    assert (found["name"], found["type"], found["value"]) == ("decision", "String", "approve")
    assert desk.get("operator", f"{path}/count", processInstanceId=done.instance, variableName="x") == {
        "count": 0
    }


def test_entries_are_filtered(cases: Cases) -> None:
    desk, _, done = cases
    path = f"{HISTORY}/user-operation"

    def verbs(**query: Any) -> list[str]:
        found = desk.get(REGISTRAR, path, processInstanceId=done.instance, **query)
        assert desk.get(
            REGISTRAR, f"{path}/count", processInstanceId=done.instance,
            **{key: value for key, value in query.items() if not key.startswith("sort")},
        ) == {"count": len(found)}  # fmt: skip
        return [one["operationType"] for one in found]

    assert verbs() == ["start", "complete"]
    assert verbs(userId=HEAD) == ["complete"]
    assert verbs(operationType="start") == ["start"]
    assert verbs(beforeTimestamp="2026-09-03T00:00:00.000+0800") == []
    assert verbs(sortBy="timestamp", sortOrder="desc") == ["complete", "start"]


def test_incidents_open_and_over(cases: Cases) -> None:
    desk, begun, _ = cases
    desk.sql(
        """insert into incident (id, instance, case_number, kind, element, message, trace, act, at, resolved_at)
           select name, %s, %s, 'act', 'approve', 'x', '', '{}', now(), ended
           from (values ('one', null::timestamptz), ('two', now())) v(name, ended)""",
        *(begun.instance, begun.case),
    )
    path = f"{HISTORY}/incident"
    found = desk.get("operator", path, sortBy="incidentId", sortOrder="asc")
    assert [(one["id"], one["open"], one["resolved"]) for one in found] == [
        ("one", True, False),
        ("two", False, True),
    ]
    assert [one["id"] for one in desk.get("operator", path, resolved="true")] == ["two"]
    assert desk.get("operator", f"{path}/count", open="true", incidentMessageLike="x%") == {"count": 1}
    assert desk.get("operator", f"{path}/count", processDefinitionKeyIn="transfer") == {"count": 0}
