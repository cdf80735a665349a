"""The way of a case through the API, from the deployment to the end."""

from __future__ import annotations

from tests.api.desk import HEAD, REGISTRAR, SCHOOL, STRANGER, STUDENT, Desk, start_body


def test_a_case_from_deployment_to_end(fresh_desk: Desk) -> None:
    desk = fresh_desk
    deployed = desk.deploy_small()
    assert deployed.status_code == 200, deployed.get_data(as_text=True)
    (definition,) = deployed.json["deployedProcessDefinitions"].values()
    assert definition["key"] == "small"

    started = desk.start(remark="搬家")
    assert started.status_code == 200, started.get_data(as_text=True)
    assert started.json["definitionId"] == definition["id"]
    case, instance = started.json["businessKey"], started.json["id"]

    (task,) = desk.get(HEAD, "/engine-rest/task")
    assert (task["name"], task["candidateGroups"]) == ("校长审批", [f"head@{SCHOOL}"])
    assert task["businessKey"] == case
    assert task["created"].startswith("2026-09-03T")
    assert task["created"].endswith("+0800")
    assert task["clauses"] == ["MOE2016-3.1-a"]

    assert desk.post(HEAD, f"/engine-rest/task/{task['id']}/claim").status_code == 204
    assert desk.get(HEAD, f"/engine-rest/task/{task['id']}")["assignee"] == HEAD
    assert desk.get(HEAD, f"/engine-rest/task/{task['id']}/deployed-form")["id"] == "small_decision"
    assert desk.complete(HEAD, task["id"], decision="approve").status_code == 204
    assert desk.get(HEAD, "/engine-rest/task") == []

    past = desk.get(REGISTRAR, f"/engine-rest/history/process-instance/{instance}")
    assert (past["state"], past["endActivityId"], past["startUserId"]) == ("COMPLETED", "granted", REGISTRAR)
    whole = desk.get(REGISTRAR, f"/api/cases/{case}")
    assert (whole["status"], whole["outcome"], whole["student"]) == ("closed", "granted", STUDENT)
    assert [entry["verb"] for entry in whole["journal"]] == ["start", "claim", "complete"]
    assert desk.call(STRANGER, "GET", f"/api/cases/{case}").status_code == 404


def test_the_national_transfer_runs_through_both_schools_and_authorities(fresh_desk: Desk) -> None:
    desk = fresh_desk
    form = desk.get(REGISTRAR, "/engine-rest/process-definition/key/transfer/deployed-start-form")
    assert form["id"] == "transfer_start"
    answers = {"reason": "household_moved", "materials": ["household_register"]}
    started = desk.start(key="transfer", **answers)
    assert started.status_code == 200, started.get_data(as_text=True)
    (task,) = desk.get(HEAD, "/engine-rest/task", processInstanceId=started.json["id"])
    done = desk.post(HEAD, f"/api/tasks/{task['id']}/complete", {"values": {"decision": "approve"}})
    assert done.status_code == 200, done.get_data(as_text=True)
    assert done.json["tasks"]
    assert done.json["outcome"] is None


def test_a_refused_start_lists_every_broken_rule_with_its_clauses(fresh_desk: Desk) -> None:
    body = start_body(student="qiaoxi_busy", reason="household_moved", materials=["household_register"])
    answer = fresh_desk.post(REGISTRAR, "/engine-rest/process-definition/key/transfer/start", body)
    assert answer.status_code == 422, answer.get_data(as_text=True)
    assert answer.mimetype == "application/problem+json"
    assert answer.json["code"] == "refused"
    assert all(one["message"] and one["clauses"] for one in answer.json["errors"])
    assert answer.json["errors"]
