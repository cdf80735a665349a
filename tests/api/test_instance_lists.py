"""Lists of instances with Camunda's filters, and the variables keepers look at and change."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.desk import HEAD, REGISTRAR, STRANGER, Begun, Desk

INSTANCES = "/engine-rest/process-instance"


@pytest.fixture(scope="module")
def two(shared_desk: Desk) -> tuple[Begun, Begun]:
    """Two cases; of the second the decision is known already."""
    first, second = shared_desk.begin(), shared_desk.begin()
    path = f"{INSTANCES}/{second.instance}/variables/decision"
    body = {"value": "reject", "type": "String"}
    assert shared_desk.call("operator", "PUT", path, json=body).status_code == 204
    return first, second


FILTERS: dict[str, tuple[dict[str, Any], str]] = {
    "ids": ({"processInstanceIds": "{first.instance},none"}, "first"),
    "business key": ({"businessKey": "{second.case}"}, "second"),
    "business key like": ({"businessKeyLike": "%-%"}, "both"),
    "keys": ({"processDefinitionKeyIn": "small,transfer"}, "both"),
    "not keys": ({"processDefinitionKeyNotIn": "small"}, "none"),
    "element": ({"activityIdIn": "approve"}, "both"),
    "another element": ({"activityIdIn": "granted"}, "none"),
    "active": ({"active": "true"}, "both"),
    "suspended": ({"suspended": "true"}, "none"),
    "incident": ({"withIncident": "true"}, "none"),
    "incident type": ({"incidentType": "timer"}, "none"),
    "incident message": ({"incidentMessageLike": "%"}, "none"),
    "roots": ({"rootProcessInstances": "true"}, "both"),
    "leaves": ({"leafProcessInstances": "true"}, "both"),
    "below": ({"superProcessInstance": "{first.instance}"}, "none"),
    "variable": ({"variables": "decision_eq_reject"}, "second"),
    "no tenant": ({"withoutTenantId": "true"}, "both"),
    "deployment": ({"deploymentId": "none"}, "none"),
}


def check(desk: Desk, two: tuple[Begun, Begun], found: Any, wanted: str) -> None:
    expected = {"first": two[:1], "second": two[1:], "both": two, "none": ()}[wanted]
    assert {one["id"] for one in found} == {one.instance for one in expected}


@pytest.mark.parametrize("name", FILTERS)
def test_a_filter_of_running_instances(desk: Desk, two: tuple[Begun, Begun], name: str) -> None:
    given, wanted = FILTERS[name]
    query = {key: value.format(first=two[0], second=two[1]) for key, value in given.items()}
    found = desk.get(HEAD, INSTANCES, **query)
    check(desk, two, found, wanted)
    check(desk, two, desk.post(HEAD, INSTANCES, query).json, wanted)
    number = {"count": len(found)}
    assert desk.get(HEAD, f"{INSTANCES}/count", **query) == number
    assert desk.post(HEAD, f"{INSTANCES}/count", query).json == number
    assert desk.post(STRANGER, INSTANCES, query).json == []


def test_alternatives_and_orders(desk: Desk, two: tuple[Begun, Begun]) -> None:
    one, other = two[0].instance, two[1].case
    body = {
        "orQueries": [{"processInstanceIds": [one], "businessKey": other}],
        "sorting": [{"sortBy": "businessKey", "sortOrder": "desc"}],
    }
    found = desk.post(HEAD, INSTANCES, body).json
    assert [row["id"] for row in found] == [two[1].instance, one]
    assert desk.post(HEAD, INSTANCES, {"orQueries": [{"nothing": 1}]}).status_code == 400


def test_keepers_look_at_variables_and_change_them(desk: Desk, two: tuple[Begun, Begun]) -> None:
    path = f"{INSTANCES}/{two[0].instance}/variables"
    assert desk.call("operator", "GET", f"{path}/decision").status_code == 404
    assert (
        desk.call("operator", "PUT", f"{path}/decision", json={"value": 7, "type": "String"}).status_code
        == 400
    )
    assert desk.call("operator", "PUT", f"{path}/decision", json={"value": "approve"}).status_code == 204
    assert desk.get("operator", f"{path}/decision") == {"type": "String", "value": "approve", "valueInfo": {}}
    assert desk.call("operator", "DELETE", f"{path}/decision").status_code == 204
    assert desk.get("operator", f"{path}/decision")["value"] is None
    body = {"modifications": {"decision": {"value": "reject"}}, "deletions": ["decision"]}
    assert desk.post("operator", path, body).status_code == 204
    assert desk.get("operator", path)["decision"]["value"] == "reject"
    assert desk.call(REGISTRAR, "PUT", f"{path}/decision", json={"value": "approve"}).status_code == 403
