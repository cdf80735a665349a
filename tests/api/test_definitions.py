"""Definitions and deployments as Camunda's tools look at them, hold them and take them back."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

import pytest

from tests.api.conftest import OpenDesk
from tests.api.desk import HEAD, SMALL, Desk

DEFINITIONS, DEPLOYMENTS = "/engine-rest/process-definition", "/engine-rest/deployment"
CALLING = """
    start begin
    call inner called=small
    end done
    begin -> inner -> done
"""


@pytest.fixture(scope="module")
def office(application_of: OpenDesk) -> Iterator[Desk]:
    with application_of() as desk:
        assert desk.deploy_small().status_code == 200
        yield desk


def small(desk: Desk, **query: str) -> list[Any]:
    """The nation's versions of the small procedure; the regions that take it over have theirs."""
    query = query if "tenantIdIn" in query else {"withoutTenantId": "true", **query}
    found: list[Any] = desk.get(HEAD, DEFINITIONS, key="small", **query)
    return found


def test_a_deployment_shows_its_files(office: Desk) -> None:
    (definition,) = small(office)
    path = f"{DEPLOYMENTS}/{definition['deploymentId']}/resources"
    files = office.get(HEAD, path)
    assert [file["name"] for file in files] == ["small.bpmn", "small_decision.form", "small_start.form"]
    assert office.get(HEAD, f"{path}/{files[0]['id']}") == files[0]
    answer = office.call(HEAD, "GET", f"{path}/{files[0]['id']}/data")
    sent = office.files()["small.bpmn"]
    assert hashlib.sha256(answer.data).digest() == hashlib.sha256(sent).digest()
    assert "small.bpmn" in answer.headers["Content-Disposition"]
    assert office.call(HEAD, "GET", f"{path}/none/data").status_code == 404


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"resourceNameLike": "sma%"}, True),
        ({"versionTagLike": "v%"}, False),
        ({"withoutVersionTag": "true"}, True),
        ({"deployedAfter": "2026-09-01T00:00:00.000+0800"}, True),
        ({"deployedAt": "2026-09-01T00:00:00.000+0800"}, False),
        ({"startableInTasklist": "true"}, True),
        ({"notStartableInTasklist": "true"}, False),
        ({"tenantIdIn": "130000"}, False),
        ({"tenantIdIn": "130000", "includeProcessDefinitionsWithoutTenantId": "true"}, True),
        ({"sortBy": "deployTime", "sortOrder": "desc"}, True),
        ({"sortBy": "versionTag", "sortOrder": "asc"}, True),
    ],
)
def test_definitions_are_filtered(office: Desk, query: dict[str, str], found: bool) -> None:
    assert bool(small(office, **query)) is found


def test_deployments_of_no_tenant_are_found_with_others(office: Desk) -> None:
    with_none = office.get(HEAD, DEPLOYMENTS, tenantIdIn="410700", includeDeploymentsWithoutTenantId="true")
    assert {one["tenantId"] for one in with_none} >= {None}
    assert office.get(HEAD, f"{DEPLOYMENTS}/count", withoutSource="true") == {"count": 0}


def test_what_a_task_list_asks_before_a_start(office: Desk) -> None:
    (definition,) = small(office)
    for path in (f"{DEFINITIONS}/{definition['id']}", f"{DEFINITIONS}/key/small"):
        assert office.get(HEAD, f"{path}/startForm")["camundaFormRef"]["key"] == "small_start"
        assert office.get(HEAD, f"{path}/form-variables") == {}
        assert office.call(HEAD, "GET", f"{path}/diagram").status_code == 204
    body = {"variables": {"student": {"value": "qiaoxi_g4"}}}
    started = office.post("changan_first_primary.registrar", f"{DEFINITIONS}/key/small/submit-form", body)
    assert started.status_code == 200
    office.call("admin", "DELETE", f"/engine-rest/process-instance/{started.json['id']}")


def test_where_tokens_stand(office: Desk) -> None:
    begun = office.begin()
    for path in ("key/small", small(office)[0]["id"]):
        (row,) = office.get("analyst", f"{DEFINITIONS}/{path}/statistics", incidents="true")
        assert (row["id"], row["instances"], row["failedJobs"], row["incidents"]) == ("approve", 1, 0, [])
    rows = office.get("analyst", f"{DEFINITIONS}/statistics", maxResults=200)
    (mine,) = [row for row in rows if row["id"] == small(office)[0]["id"]]
    assert (mine["instances"], mine["incidents"]) == (1, [])
    office.call("admin", "DELETE", f"/engine-rest/process-instance/{begun.instance}")


def test_all_versions_are_held_with_what_runs_by_them(office: Desk) -> None:
    begun = office.begin()
    hold = {"processDefinitionKey": "small", "suspended": True, "includeProcessInstances": True}
    path = f"{DEFINITIONS}/suspended"
    assert office.call("operator", "PUT", path, json=hold).status_code == 204
    assert office.complete(HEAD, begun.task, decision="approve").status_code == 409
    assert office.start().status_code == 409
    assert [one["id"] for one in small(office, suspended="true")] == [one["id"] for one in small(office)]
    free = {"suspended": False}
    assert office.call("operator", "PUT", f"{DEFINITIONS}/key/small/suspended", json=free).status_code == 204
    assert office.complete(HEAD, begun.task, decision="approve").status_code == 409, "the case is still held"
    free["includeProcessInstances"] = True
    assert office.call("operator", "PUT", f"{DEFINITIONS}/key/small/suspended", json=free).status_code == 204
    assert office.complete(HEAD, begun.task, decision="approve").status_code == 204
    told = office.get("admin", "/engine-rest/history/user-operation", processInstanceId=begun.instance)
    assert [one["operationType"] for one in told] == ["start", "pause", "resume", "complete"]
    for wrong in (
        {"suspended": True},
        {"suspended": True, "processDefinitionKey": "x", "processDefinitionId": "y"},
    ):
        assert office.call("operator", "PUT", path, json=wrong).status_code == 400
    nowhere = f"{DEFINITIONS}/key/small/tenant-id/130000/suspended"
    assert office.call("operator", "PUT", nowhere, json=free).status_code == 404


def test_a_deployment_nothing_has_used_is_taken_back(fresh_desk: Desk) -> None:
    desk = fresh_desk
    first = desk.deploy_small().json["id"]
    second = desk.deploy_small(SMALL.replace("校长审批", "校长核准")).json["id"]
    assert [one["version"] for one in small(desk)] == [1, 2]
    path = f"{DEPLOYMENTS}/{second}"
    assert desk.call("analyst", "DELETE", f"{path}?cascade=true").status_code == 400
    assert desk.call("analyst", "DELETE", path).status_code == 204
    assert desk.call("analyst", "DELETE", path).status_code == 404
    assert [one["version"] for one in small(desk)] == [1]
    begun = desk.begin()
    assert desk.get("admin", "/engine-rest/task", processInstanceId=begun.instance)[0]["name"] == "校长审批"
    refused = desk.call("analyst", "DELETE", f"{DEPLOYMENTS}/{first}")
    assert refused.status_code == 409
    assert begun.case in refused.json["detail"]
    desk.complete(HEAD, begun.task, decision="approve")
    assert desk.call("analyst", "DELETE", f"{DEPLOYMENTS}/{first}").status_code == 409, "ended cases count"
    assert desk.sql("select actor from journal where verb = 'delete_deployment'") == [("analyst",)]


def test_what_is_called_is_used(fresh_desk: Desk) -> None:
    desk = fresh_desk
    called = desk.deploy_small().json["id"]
    answer = desk.deploy({**desk.files(), "calling.bpmn": desk.files(CALLING, "calling")["calling.bpmn"]})
    assert answer.status_code == 200, answer.json
    started = desk.start(key="calling")
    assert started.status_code == 200, started.json
    assert desk.sql("select count(*) from instance") == [(1,)]
    refused = desk.call("analyst", "DELETE", f"{DEPLOYMENTS}/{called}")
    assert refused.status_code == 409
    assert started.json["businessKey"] in refused.json["detail"]
