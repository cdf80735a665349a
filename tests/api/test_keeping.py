"""What operators move by hand: timers, variables, holds, signals."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.desk import HEAD, Desk

LATE = """
    start begin form=small_start
    user approve groups=head@receiving_school form=small_decision name=校长审批
    on approve boundary late timer=P10D
    on approve boundary called signal=recall
    end granted
    end too_late
    end called_back
    begin -> approve -> granted
    late -> too_late
    called -> called_back
"""


@pytest.fixture(scope="module")
def keeper(shared_desk: Desk) -> Desk:
    answer = shared_desk.deploy_small(LATE, "waiting")
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return shared_desk


def ended(desk: Desk, instance: str) -> Any:
    return desk.get("admin", f"/engine-rest/history/process-instance/{instance}")["endActivityId"]


def job(desk: Desk, instance: str) -> dict[str, Any]:
    (found,) = desk.get("operator", "/engine-rest/job", processInstanceId=instance)
    return dict(found)


def test_a_timer_is_moved_and_fired(keeper: Desk) -> None:
    begun = keeper.begin("waiting")
    timer = job(keeper, begun.instance)
    assert (timer["dueDate"], timer["activityId"]) == (
        "2026-09-13T09:00:00.000+0800"[:10] + timer["dueDate"][10:],
        "late",
    )
    path = f"/engine-rest/job/{timer['id']}"
    moved = keeper.call(
        "operator", "PUT", f"{path}/duedate", json={"duedate": "2027-01-01T00:00:00.000+0800"}
    )
    assert moved.status_code == 204, moved.json
    assert job(keeper, begun.instance)["dueDate"] == "2027-01-01T00:00:00.000+0800"
    assert keeper.post("operator", f"{path}/execute").status_code == 204
    assert ended(keeper, begun.instance) == "too_late"
    assert keeper.post("operator", f"{path}/execute").status_code == 404
    verbs = [one["operationType"] for one in keeper.get(
        "admin", "/engine-rest/history/user-operation", processInstanceId=begun.instance)]  # fmt: skip
    assert verbs == ["start", "move_timer", "fire_timer"]


def test_a_signal_reaches_all_of_its_tenant(keeper: Desk) -> None:
    both = [keeper.begin("waiting"), keeper.begin("waiting")]
    elsewhere = {"name": "recall", "tenantId": "310000"}
    assert keeper.post("operator", "/engine-rest/signal", elsewhere).status_code == 204
    assert [ended(keeper, one.instance) for one in both] == [None, None]
    assert keeper.post("operator", "/engine-rest/signal", {"name": "recall"}).status_code == 204
    assert [ended(keeper, one.instance) for one in both] == ["called_back"] * 2


def test_nothing_moves_while_it_is_held(keeper: Desk) -> None:
    begun = keeper.begin("waiting")
    path = f"/engine-rest/process-instance/{begun.instance}"
    assert keeper.call("operator", "PUT", f"{path}/suspended", json={"suspended": True}).status_code == 204
    assert keeper.get("operator", path)["suspended"] is True
    assert keeper.complete(HEAD, begun.task, decision="approve").status_code == 409
    assert keeper.call("operator", "PUT", f"{path}/suspended", json={"suspended": False}).status_code == 204
    assert keeper.complete(HEAD, begun.task, decision="approve").status_code == 204


def test_a_held_definition_starts_nothing(keeper: Desk) -> None:
    found = keeper.get("admin", "/engine-rest/process-definition/key/waiting")
    path = f"/engine-rest/process-definition/{found['id']}/suspended"
    assert keeper.call("operator", "PUT", path, json={"suspended": True}).status_code == 204
    assert keeper.start(key="waiting").status_code == 409
    assert keeper.call("operator", "PUT", path, json={"suspended": False}).status_code == 204
    assert keeper.start(key="waiting").status_code == 200
    rows = keeper.get("operator", "/engine-rest/process-definition/statistics", maxResults=200)
    assert any(row["id"] == found["id"] and row["instances"] for row in rows)


def test_variables_are_read_and_changed_by_keepers(keeper: Desk) -> None:
    begun = keeper.begin()
    path = f"/engine-rest/process-instance/{begun.instance}/variables"
    body = {"modifications": {"decision": {"value": "reject"}}}
    assert keeper.post("operator", path, body).status_code == 204
    assert keeper.get("operator", path)["decision"]["value"] == "reject"
    links = keeper.get(HEAD, f"/engine-rest/task/{begun.task}/identity-links")
    assert links == [{"userId": None, "groupId": "head@changan_first_primary", "type": "candidate"}]


def test_timers_that_failed_tell_so_and_are_tried_again(keeper: Desk) -> None:
    begun = keeper.begin("waiting")
    query = {"processInstanceId": begun.instance}
    assert job(keeper, begun.instance)["retries"] == 3
    keeper.sql("update instance set failures = 2, failure = 'no answer' where id = %s", begun.instance)
    (failed,) = keeper.get(
        "operator", "/engine-rest/job", **query, withException="true", withRetriesLeft="true"
    )
    assert (failed["retries"], failed["exceptionMessage"]) == (1, "no answer")
    assert keeper.get("operator", "/engine-rest/job", **query, noRetriesLeft="true") == []
    path = f"/engine-rest/job/{failed['id']}/retries"
    assert keeper.call("operator", "PUT", path, json={"retries": 3}).status_code == 204
    assert job(keeper, begun.instance)["retries"] == 3
    assert keeper.call("operator", "PUT", path, json={"retries": 0}).status_code == 400
    gone = "/engine-rest/job/none/retries"
    assert keeper.call("operator", "PUT", gone, json={"retries": 3}).status_code == 404
