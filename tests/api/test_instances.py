"""Running cases, where they stand, what they went through, messages to them, and ending one."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.desk import HEAD, OTHER_SCHOOL, REGISTRAR, SCHOOL, STRANGER, STUDENT, Begun, Desk

INSTANCES = "/engine-rest/process-instance"
HISTORY = "/engine-rest/history"
RECALL = """
    start begin form=small_start
    call review called=called_review in="party:${'receiving_school'}"
    user wait form=small_start groups=registrar@receiving_school name=等待
    end done
    event_sub recalled
    start taken message=guardian_recall properties=sent_by:head@receiving_school
    end recalled_end name=已撤回
    taken -> recalled_end
    close
    begin -> review -> wait -> done
"""
REVIEW = """
    start s
    user check form=small_start groups=head@${party} name=复核
    end e
    s -> check -> e
"""


@pytest.fixture(scope="module")
def recall(shared_desk: Desk) -> None:
    files = shared_desk.files(RECALL, "recall") | shared_desk.files(REVIEW, "called_review")
    files.pop("small_decision.form")
    answer = shared_desk.deploy(files)
    assert answer.status_code == 200, answer.get_data(as_text=True)


@pytest.fixture
def begun(desk: Desk) -> Begun:
    return desk.begin()


def test_running_instances_are_listed_for_their_parties(desk: Desk, begun: Begun) -> None:
    query = {"businessKey": begun.case}
    (one,) = desk.get(REGISTRAR, INSTANCES, **query)
    assert (one["id"], one["businessKey"], one["definitionKey"]) == (begun.instance, begun.case, "small")
    assert (one["ended"], one["suspended"], one["tenantId"], one["links"]) == (False, False, None, [])
    assert desk.get(REGISTRAR, f"{INSTANCES}/{begun.instance}") == one
    assert desk.get(REGISTRAR, f"{INSTANCES}/count", **query) == {"count": 1}
    assert desk.get(STRANGER, INSTANCES, **query) == []
    assert desk.get("operator", INSTANCES, **query) == [one]
    assert desk.get("analyst", f"{INSTANCES}/count", **query) == {"count": 0}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"processDefinitionKey": "small"}, True),
        ({"processDefinitionKeyIn": "other,small"}, True),
        ({"processDefinitionId": "none"}, False),
        ({"active": "true"}, True),
        ({"suspended": "true"}, False),
        ({"withIncident": "true"}, False),
        ({"withoutTenantId": "true"}, True),
        ({"tenantIdIn": "410700"}, False),
        ({"sortBy": "businessKey", "sortOrder": "desc"}, True),
        ({"sortBy": "instanceId", "sortOrder": "desc"}, True),
        ({"sortBy": "definitionKey", "sortOrder": "asc"}, True),
        ({"sortBy": "definitionId", "sortOrder": "asc"}, True),
        ({"sortBy": "tenantId", "sortOrder": "asc"}, True),
    ],
)
def test_filters_of_instances(desk: Desk, begun: Begun, query: dict[str, str], found: bool) -> None:
    ids = {one["id"] for one in desk.get(REGISTRAR, INSTANCES, processInstanceIds=begun.instance, **query)}
    assert ids == ({begun.instance} if found else set())


def test_where_a_case_stands_is_a_tree(desk: Desk, recall: None) -> None:
    begun = desk.begin("recall")
    tree = desk.get(REGISTRAR, f"{INSTANCES}/{begun.instance}/activity-instances")
    assert (tree["activityId"], tree["activityType"]) == ("recall", "processDefinition")
    (call,) = tree["childActivityInstances"]
    assert (call["activityId"], call["activityType"]) == ("review", "callActivity")
    (check,) = call["childActivityInstances"]
    assert (check["activityId"], check["activityName"], check["activityType"]) == (
        "check",
        "复核",
        "userTask",
    )
    assert check["parentActivityInstanceId"] == call["id"]
    assert check["id"] == begun.task


def test_a_message_by_the_one_who_may_send_it(desk: Desk, recall: None) -> None:
    begun = desk.begin("recall")
    message: dict[str, Any] = {"messageName": "guardian_recall", "businessKey": begun.case}
    assert desk.post(REGISTRAR, "/engine-rest/message", message).status_code == 403
    strange = desk.post(STRANGER, "/engine-rest/message", message)
    nothing = desk.post(
        STRANGER, "/engine-rest/message", {**message, "businessKey": "130102-20260903-000000"}
    )
    assert strange.status_code == 409, "a case one has no part in is as if there were none"
    assert (strange.json["detail"], strange.json["code"]) == (nothing.json["detail"], nothing.json["code"])
    assert desk.post(HEAD, "/engine-rest/message", {**message, "all": True}).status_code == 400
    for elsewhere in (
        {"tenantId": "310000"},
        {"correlationKeys": {"starting_unit": {"value": "another"}}},
        {"processInstanceId": "another"},
    ):
        assert desk.post(HEAD, "/engine-rest/message", {**message, **elsewhere}).status_code == 409, elsewhere
    both = {**message, "tenantId": "310000", "withoutTenantId": True}
    assert desk.post(HEAD, "/engine-rest/message", both).status_code == 400
    message |= {"withoutTenantId": True, "processInstanceId": begun.instance}
    answer = desk.post(HEAD, "/engine-rest/message", {**message, "resultEnabled": True})
    assert answer.status_code == 200, answer.get_data(as_text=True)
    (result,) = answer.json
    assert (result["resultType"], result["execution"]["processInstanceId"]) == ("Execution", begun.instance)
    again = desk.post(HEAD, "/engine-rest/message", message)
    assert again.status_code == 409
    whole = desk.get(REGISTRAR, f"/api/cases/{begun.case}")
    assert (whole["status"], whole["tasks"]) == ("closed", [])
    assert [one["status"] for one in whole["instances"]] == ["ended"]


def test_a_message_without_a_sender_in_the_diagram_is_not_for_people(desk: Desk, recall: None) -> None:
    text = RECALL.replace(" properties=sent_by:head@receiving_school", "")
    files = desk.files(text, "recall_by_process") | desk.files(REVIEW, "called_review")
    files.pop("small_decision.form")
    assert desk.deploy(files).status_code == 200
    begun = desk.begin("recall_by_process")
    message = {"messageName": "guardian_recall", "processInstanceId": begun.instance}
    assert desk.post(HEAD, "/engine-rest/message", message).status_code == 403
    assert desk.post("operator", "/engine-rest/message", message).status_code == 204


def test_an_operator_ends_a_case_and_it_is_written_down(desk: Desk, begun: Begun) -> None:
    assert desk.call(HEAD, "DELETE", f"{INSTANCES}/{begun.instance}").status_code == 403
    answer = desk.call(
        "operator", "DELETE", f"{INSTANCES}/{begun.instance}", query_string={"reason": "重复发起"}
    )
    assert answer.status_code == 204
    assert desk.call("operator", "DELETE", f"{INSTANCES}/{begun.instance}").status_code == 409
    assert desk.call(REGISTRAR, "GET", f"{INSTANCES}/{begun.instance}").status_code == 404
    assert desk.post(HEAD, f"/engine-rest/task/{begun.task}/claim").status_code == 409
    past = desk.get(REGISTRAR, f"{HISTORY}/process-instance/{begun.instance}")
    assert past["state"] == "EXTERNALLY_TERMINATED"
    (task,) = desk.get(REGISTRAR, f"{HISTORY}/task", processInstanceId=begun.instance)
    assert task["deleteReason"] == "deleted"
    assert desk.sql(
        "select detail ->> 'reason' from journal where verb = 'delete' and instance = %s", begun.instance
    ) == [("重复发起",)]


def test_the_history_of_a_case(desk: Desk, begun: Begun) -> None:
    query = {"processInstanceId": begun.instance}
    assert desk.get(HEAD, f"{HISTORY}/process-instance/{begun.instance}")["state"] == "ACTIVE"
    desk.complete(HEAD, begun.task, decision="reject")
    past = desk.get(HEAD, f"{HISTORY}/process-instance/{begun.instance}")
    assert (past["endActivityId"], past["processDefinitionKey"], past["businessKey"]) == (
        "refused",
        "small",
        begun.case,
    )
    assert past["durationInMillis"] >= 0
    (task,) = desk.get(HEAD, f"{HISTORY}/task", **query)
    assert (task["assignee"], task["completedBy"], task["deleteReason"]) == (HEAD, HEAD, "completed")
    steps = desk.get(HEAD, f"{HISTORY}/activity-instance", **query)
    assert [one["activityId"] for one in steps] == ["begin", "approve", "decided", "refused"]
    operations = desk.get(HEAD, f"{HISTORY}/user-operation", **query)
    assert [(one["operationType"], one["userId"]) for one in operations] == [
        ("start", REGISTRAR),
        ("complete", HEAD),
    ]
    assert operations[1]["clauses"] == ["MOE2016-3.1-a"]
    assert desk.call(HEAD, "GET", f"{HISTORY}/activity-instance").status_code == 400


def test_a_case_by_its_number(desk: Desk, begun: Begun) -> None:
    whole = desk.get(HEAD, f"/api/cases/{begun.case}")
    assert (whole["procedure"], whole["student"], whole["status"]) == ("small", STUDENT, "open")
    parties = {one["party"]: one["unit"] for one in whole["parties"]}
    assert parties["receiving_school"] == SCHOOL
    assert parties.get("sending_school") in (None, OTHER_SCHOOL)
    assert [task["id"] for task in whole["tasks"]] == [begun.task]
    assert [entry["actor_name"] for entry in whole["journal"]] == ["夏志强"]
    assert desk.call(HEAD, "GET", "/api/cases/none").status_code == 404
