"""The way of a case through the API, from the deployment to the end."""

from __future__ import annotations

from tests.api.desk import HEAD, REGISTRAR, SCHOOL, STRANGER, STUDENT, Desk


def test_a_case_from_deployment_to_end(desk: Desk) -> None:
    deployed = desk.deploy_small()
    assert deployed.status_code == 200, deployed.get_data(as_text=True)
    (definition,) = deployed.json["deployedProcessDefinitions"].values()
    assert definition["key"] == "small"
    started = desk.start()
    assert started.status_code == 200, started.get_data(as_text=True)
    assert started.json["definitionId"] == definition["id"]
    case, instance = started.json["businessKey"], started.json["id"]
    (task,) = desk.get(HEAD, "/engine-rest/task").json
    assert (task["name"], task["candidateGroups"]) == ("校长审批", [f"head@{SCHOOL}"])
    assert task["businessKey"] == case
    assert task["created"].endswith("+0800")
    assert desk.post(HEAD, f"/engine-rest/task/{task['id']}/claim").status_code == 204
    form = desk.get(HEAD, f"/engine-rest/task/{task['id']}/deployed-form").json
    assert form["id"] == "small_decision"
    body = {"variables": {"decision": {"value": "approve", "type": "String"}}}
    assert desk.post(HEAD, f"/engine-rest/task/{task['id']}/complete", body).status_code == 204
    assert desk.get(HEAD, "/engine-rest/task").json == []
    past = desk.get(REGISTRAR, f"/engine-rest/history/process-instance/{instance}").json
    assert (past["state"], past["endActivityId"]) == ("COMPLETED", "granted")
    whole = desk.get(REGISTRAR, f"/api/cases/{case}").json
    assert (whole["status"], whole["outcome"], whole["student"]) == ("closed", "granted", STUDENT)
    assert [entry["verb"] for entry in whole["journal"]] == ["start", "claim", "complete"]
    assert desk.get(STRANGER, f"/api/cases/{case}").status_code == 404


def test_the_national_transfer_starts_and_refuses(desk: Desk) -> None:
    found = desk.get(REGISTRAR, "/engine-rest/process-definition", latestVersion="true", withoutTenantId="true").json
    assert "transfer" in {one["key"] for one in found}
    form = desk.get(REGISTRAR, "/engine-rest/process-definition/key/transfer/deployed-start-form").json
    assert form["id"] == "transfer_start"
