"""Moving cases over HTTP: Camunda's migration and modification verbs, and what Camunda has not."""

from __future__ import annotations

from typing import Any

import pytest

from service.casework import batches
from service.casework.installation import office
from tests.api.desk import HEAD, SMALL, Begun, Desk

RENAMED = SMALL.replace("校长审批", "校长复核")
OTHER_STEP = SMALL.replace("approve groups", "inspect groups").replace("begin -> approve -> decided",
                                                                        "begin -> inspect -> decided")  # fmt: skip
TIMED = RENAMED + "    on approve boundary late timer=P3D\n    end too_late\n    late -> too_late\n"
MIGRATION = "/engine-rest/migration"


def latest(desk: Desk) -> str:
    return str(desk.get("admin", "/engine-rest/process-definition/key/small")["id"])


def deploy(desk: Desk, text: str) -> str:
    answer = desk.deploy_small(text)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return latest(desk)


class Versions:
    """A case of the first version, and the ids of four versions."""

    def __init__(self, desk: Desk) -> None:
        self.first = latest(desk)
        self.cases = [desk.begin() for _ in range(6)]
        self.renamed, self.step, self.timed = (deploy(desk, text) for text in (RENAMED, OTHER_STEP, TIMED))


@pytest.fixture(scope="module")
def versions(shared_desk: Desk) -> Versions:
    return Versions(shared_desk)


@pytest.fixture
def begun(versions: Versions) -> Begun:
    """A case on the first version that no other test has touched."""
    return versions.cases.pop()


def plan(source: str, target: str, **elements: str) -> dict[str, Any]:
    steps = [{"sourceActivityIds": [old], "targetActivityIds": [new]} for old, new in elements.items()]
    return {"sourceProcessDefinitionId": source, "targetProcessDefinitionId": target, "instructions": steps}


def definition(desk: Desk, begun: Begun) -> str:
    return str(desk.get("admin", f"/engine-rest/process-instance/{begun.instance}")["definitionId"])


def test_a_plan_is_generated_judged_and_carried_out(desk: Desk, versions: Versions, begun: Begun) -> None:
    both = {"sourceProcessDefinitionId": versions.first, "targetProcessDefinitionId": versions.renamed}
    made = desk.post("analyst", f"{MIGRATION}/generate", both)
    assert made.status_code == 200
    assert [one["sourceActivityIds"] for one in made.json["instructions"]] == [["approve"]]
    judged = desk.post("analyst", f"{MIGRATION}/validate", made.json)
    assert judged.json == {"instructionReports": [], "variableReports": {}}
    body = {"migrationPlan": made.json, "processInstanceIds": [begun.instance], "skipCustomListeners": True}
    assert desk.post("operator", f"{MIGRATION}/execute", body).status_code == 204
    assert definition(desk, begun) == versions.renamed
    assert desk.get(HEAD, f"/engine-rest/task/{begun.task}")["name"] == "校长复核"
    assert desk.complete(HEAD, begun.task, decision="approve").status_code == 204


def test_a_plan_that_cannot_be_is_told_of(desk: Desk, versions: Versions, begun: Begun) -> None:
    odd = plan(versions.first, versions.step, approve="granted")
    (report,) = desk.post("analyst", f"{MIGRATION}/validate", odd).json["instructionReports"]
    assert "由用户任务变成了结束事件" in report["failures"][0]
    body = {"migrationPlan": odd, "processInstanceIds": [begun.instance]}
    assert desk.post("operator", f"{MIGRATION}/execute", body).status_code == 400


def test_cases_that_must_stay_hold_back_the_whole_execution(
    desk: Desk, versions: Versions, begun: Begun
) -> None:
    body = {"migrationPlan": plan(versions.first, versions.step), "processInstanceIds": [begun.instance]}
    answer = desk.post("operator", f"{MIGRATION}/execute", body)
    assert answer.status_code == 409
    assert "没有移动任何办件" in answer.json["detail"]
    (error,) = answer.json["errors"]
    assert error["where"] == "approve"
    assert f"办件 {begun.case}：“校长审批”（approve）在新图中没有了" in error["message"]
    assert definition(desk, begun) == versions.first
    body["migrationPlan"] = plan(versions.first, versions.step, approve="inspect")
    assert desk.post("operator", f"{MIGRATION}/execute", body).status_code == 204
    assert desk.get(HEAD, f"/engine-rest/task/{begun.task}")["taskDefinitionKey"] == "inspect"


def test_a_preview_says_what_is_armed_and_a_move_can_be_undone(
    desk: Desk, versions: Versions, begun: Begun
) -> None:
    body = {"procedure": "small", "instances": [begun.instance]}
    looked = desk.post("analyst", "/api/moves/preview", body)
    assert looked.status_code == 200, looked.json
    assert looked.json["target"] == versions.timed
    (case,) = looked.json["cases"]
    assert (case["status"], case["case"], case["reasons"]) == ("movable", begun.case, [])
    assert case["effects"][0].startswith("启用定时器“late”，到期 2026-09-06 ")
    assert desk.get("operator", "/engine-rest/job", processInstanceId=begun.instance) == []
    seen = {**body, "revisions": {begun.instance: case["revision"]}}
    (done,) = desk.post("operator", "/api/moves", seen).json["cases"]
    assert (done["status"], done["undoable"]) == ("moved", True)
    assert [
        one["activityId"]
        for one in desk.get("operator", "/engine-rest/job", processInstanceId=begun.instance)
    ] == ["late"]
    (again,) = desk.post("operator", "/api/moves", seen).json["cases"]
    assert again["status"] == "unchanged"
    undo = f"/api/instances/{begun.instance}/undo"
    assert desk.get("operator", undo)["kind"] == "move"
    assert desk.post("operator", undo).status_code == 204
    assert desk.post("operator", undo).status_code == 404
    assert definition(desk, begun) == versions.first
    assert desk.get("operator", "/engine-rest/job", processInstanceId=begun.instance) == []
    (changed,) = desk.post("operator", "/api/moves", seen).json["cases"]
    assert changed["status"] == "changed"


def test_many_cases_move_in_the_background(desk: Desk, versions: Versions) -> None:
    total = desk.post("operator", "/api/moves/preview", {"target": versions.timed, "source": versions.first})
    body = {"migrationPlan": plan(versions.first, versions.timed), "processInstanceQuery": {}}
    batch = desk.post("operator", f"{MIGRATION}/executeAsync", body)
    assert batch.status_code == 200, batch.json
    assert (batch.json["type"], batch.json["totalJobs"]) == ("instance-migration", total.json["total"])
    path = f"/engine-rest/batch/{batch.json['id']}"
    assert desk.get("operator", f"{path}/statistics")["remainingJobs"] == total.json["total"]
    with desk.app.app_context():
        assert batches.work_off(office()) == total.json["total"]
    done = desk.get("operator", f"{path}/statistics")
    assert (done["remainingJobs"], done["completedJobs"], done["failedJobs"]) == (0, total.json["total"], 0)
    told = desk.get("operator", f"/api/moves/{batch.json['id']}", status="moved")
    assert {one["status"] for one in told["cases"]} == {"moved"}
    assert told["counts"] == {"moved": total.json["total"]}
    assert desk.get("operator", "/engine-rest/batch/count", completed="true")["count"] >= 1


def test_a_case_goes_back_and_is_put_elsewhere_by_hand(desk: Desk, versions: Versions) -> None:
    assert versions.timed
    begun = desk.begin()
    base = f"/api/instances/{begun.instance}"
    (step,) = desk.get("operator", f"{base}/steps")
    assert (step["element"], step["name"], step["changes"]) == ("approve", "校长复核", [])
    assert desk.post("operator", f"{base}/restart", {"element": "decided"}).status_code == 409
    again = desk.post("operator", f"{base}/restart", {"element": "approve"})
    assert again.status_code == 200
    (task,) = again.json["tasks"]
    assert task != begun.task
    assert desk.complete(HEAD, begun.task, decision="approve").status_code == 409, "cancelled"
    body = {"instructions": [
        {"type": "cancel", "activityId": "approve"},
        {"type": "startBeforeActivity", "activityId": "decided",
         "variables": {"decision": {"value": "approve"}}},
    ], "annotation": "补录"}  # fmt: skip
    path = f"/engine-rest/process-instance/{begun.instance}/modification"
    assert desk.post("operator", path, {"instructions": [{"type": "cancel"}]}).status_code == 400
    assert desk.post("operator", path, body).status_code == 204
    ended = desk.get("admin", f"/engine-rest/history/process-instance/{begun.instance}")
    assert ended["endActivityId"] == "granted"
