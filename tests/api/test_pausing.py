"""What a person did counts although the system's work after it fails: kept, tried again, an incident, tried again."""

from __future__ import annotations

from typing import Any

from service.casework.installation import office
from service.casework.timers import fire_due
from tests.api.desk import HEAD, Desk

KEPT = """
    start begin form=small_start
    user approve groups=head@receiving_school form=small_decision doc=assumed
    work lock topic=registry.lock_student doc=assumed before
    user archive groups=head@receiving_school form=small_decision doc=assumed
    end granted
    begin -> approve -> lock -> archive -> granted
"""


def sweep(desk: Desk) -> None:
    """The worker's round, as if the back-off were over."""
    desk.sql("update instance set retry_at = clock_timestamp() where retry_at is not null")
    with desk.app.app_context():
        fire_due(office())


def open_tasks(desk: Desk, instance: str) -> list[str]:
    tasks: list[dict[str, Any]] = desk.get("admin", "/engine-rest/task", processInstanceId=instance)
    return [one["taskDefinitionKey"] for one in tasks]


def test_a_failure_after_a_stop_leaves_what_was_done_and_is_tried_again(fresh_desk: Desk) -> None:
    assert fresh_desk.deploy_small(KEPT).status_code == 200
    begun = fresh_desk.begin()

    assert fresh_desk.complete(HEAD, begun.task, decision="approve").status_code == 204
    assert open_tasks(fresh_desk, begun.instance) == []
    (job,) = fresh_desk.get("admin", "/engine-rest/job", processInstanceId=begun.instance)
    assert (job["retries"], job["exceptionMessage"]) == (3, None)

    fresh_desk.sql("alter table enrolment rename to enrolment_away")
    for left in (2, 1, 0):
        sweep(fresh_desk)
        (job,) = fresh_desk.get("admin", "/engine-rest/job", processInstanceId=begun.instance)
        assert job["retries"] == left
        assert job["exceptionMessage"]
    (incident,) = fresh_desk.get("admin", "/engine-rest/incident", processInstanceId=begun.instance)
    assert incident["activityId"] == "lock", incident
    history = fresh_desk.get("admin", "/engine-rest/history/task", processInstanceId=begun.instance)
    assert [one["deleteReason"] for one in history] == ["completed"], "what the head did stays done"
    sweep(fresh_desk)
    assert len(fresh_desk.get("admin", "/engine-rest/incident")) == 1, "nobody tries what is an incident"

    fresh_desk.sql("alter table enrolment_away rename to enrolment")
    resolved = fresh_desk.call("operator", "DELETE", f"/engine-rest/incident/{incident['id']}")
    assert resolved.status_code == 204, resolved.get_data(as_text=True)
    sweep(fresh_desk)
    assert open_tasks(fresh_desk, begun.instance) == ["archive"]
    assert fresh_desk.get("admin", "/engine-rest/incident") == []
    verbs = fresh_desk.sql("select verb from journal where case_number = %s order by id", begun.case)
    assert [verb for (verb,) in verbs if verb in ("complete", "go_on", "timer")] == ["complete", "go_on"]


def test_without_a_stop_the_failure_takes_the_act_back(fresh_desk: Desk) -> None:
    assert fresh_desk.deploy_small(KEPT.replace(" before", "")).status_code == 200
    begun = fresh_desk.begin()
    fresh_desk.sql("alter table enrolment rename to enrolment_away")
    assert fresh_desk.complete(HEAD, begun.task, decision="approve").status_code == 500
    fresh_desk.sql("alter table enrolment_away rename to enrolment")
    assert open_tasks(fresh_desk, begun.instance) == ["approve"]
    assert len(fresh_desk.get("admin", "/engine-rest/incident", processInstanceId=begun.instance)) == 1
    assert fresh_desk.complete(HEAD, begun.task, decision="approve").status_code == 204
    assert open_tasks(fresh_desk, begun.instance) == ["archive"]
