"""Deploying the way Camunda Modeler and other tools do, and what they get to see of it."""

from __future__ import annotations

import io

import pytest

from tests.api.desk import FORMS, HEAD, REGISTRAR, SMALL, STUDENT, Desk, start_body
from tests.engine.sketch import sketch

CREATE = "/engine-rest/deployment/create"
DEFINITIONS = "/engine-rest/process-definition"


def test_the_calls_of_camunda_modeler(fresh_desk: Desk) -> None:
    desk = fresh_desk
    assert desk.get("", "/engine-rest/version")["version"].startswith("7.")
    assert desk.get("analyst", "/engine-rest/deployment", maxResults=0) == []
    made = desk.deploy_small(enable_duplicate_filtering="true")
    assert made.status_code == 200
    (definition,) = made.json["deployedProcessDefinitions"].values()
    assert set(definition) >= {
        "id",
        "key",
        "name",
        "version",
        "resource",
        "deploymentId",
        "tenantId",
        "suspended",
    }
    assert (definition["tenantId"], definition["deploymentId"]) == (None, made.json["id"])
    body = {"businessKey": "default", **start_body()}
    started = desk.post(REGISTRAR, f"{DEFINITIONS}/{definition['id'].replace(':', '%3A')}/start", body)
    assert started.status_code == 200
    assert started.json["businessKey"] != "default"


def test_deploying_the_same_again_makes_no_new_version(fresh_desk: Desk) -> None:
    first = fresh_desk.deploy_small().json
    again = fresh_desk.deploy_small(enable_duplicate_filtering="true").json
    assert (again["id"], again["deployedProcessDefinitions"]) == (first["id"], None)
    plain = fresh_desk.deploy_small().json
    assert plain["deployedProcessDefinitions"] == first["deployedProcessDefinitions"]
    found = fresh_desk.get("analyst", DEFINITIONS, deploymentId=again["id"])
    assert {one["key"] for one in found} == {"small"}


def test_a_changed_diagram_is_a_new_version_and_running_cases_keep_theirs(fresh_desk: Desk) -> None:
    desk = fresh_desk
    desk.deploy_small()
    begun = desk.begin()
    changed = desk.deploy_small(SMALL.replace("name=校长审批", "name=审批"))
    (definition,) = changed.json["deployedProcessDefinitions"].values()
    assert definition["version"] == 2
    assert desk.get(HEAD, f"/engine-rest/task/{begun.task}")["name"] == "校长审批"
    newer = desk.begin()
    assert desk.get(HEAD, f"/engine-rest/task/{newer.task}")["name"] == "审批"
    national = {"key": "small", "withoutTenantId": "true"}
    latest = desk.get("analyst", DEFINITIONS, latestVersion="true", **national)
    assert [one["version"] for one in latest] == [2]
    assert desk.get("analyst", f"{DEFINITIONS}/count", **national) == {"count": 2}


def test_a_regions_definition_has_its_code_as_tenant(fresh_desk: Desk) -> None:
    desk = fresh_desk
    desk.deploy_small()
    made = desk.deploy_small(SMALL.replace("校长审批", "新乡审批"), tenant_id="410700").json
    (definition,) = made["deployedProcessDefinitions"].values()
    assert (made["tenantId"], definition["tenantId"]) == ("410700", "410700")
    found = desk.get(REGISTRAR, DEFINITIONS, key="small", tenantIdIn="410700", latestVersion="true")
    assert [one["id"] for one in found] == [definition["id"]], (
        "the region's own stands before what it inherited"
    )
    (national,) = desk.get(REGISTRAR, DEFINITIONS, key="small", withoutTenantId="true")
    refused = desk.post(REGISTRAR, f"{DEFINITIONS}/{definition['id']}/start", start_body())
    assert refused.status_code == 409
    assert refused.json["definitionId"] == national["id"]
    there = desk.post("hongqi_primary.registrar", f"{DEFINITIONS}/key/small/start", start_body())
    if there.status_code == 200:
        assert there.json["tenantId"] == "410700"


def test_a_deployment_can_be_named_in_the_address(fresh_desk: Desk) -> None:
    data = {name: (io.BytesIO(content), name) for name, content in FORMS.items()}
    data["data"] = (io.BytesIO(sketch(SMALL, "small", "小流程", cite="assumed")), "diagrams/small.bpmn")
    answer = fresh_desk.call(
        "admin", "POST", CREATE, data=data, query_string={"deployment-name": "by address", "unknown": "x"}
    )
    assert answer.status_code == 200, answer.get_data(as_text=True)
    assert answer.json["name"] == "by address"
    found = fresh_desk.get("admin", "/engine-rest/deployment", name="by address")
    assert [one["id"] for one in found] == [answer.json["id"]]
    assert fresh_desk.get("admin", f"/engine-rest/deployment/{answer.json['id']}")["source"] == ""


def broken(old: str, new: str) -> bytes:
    content = sketch(SMALL, "small", cite="assumed")
    assert old.encode() in content
    return content.replace(old.encode(), new.encode())


BILLION = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'
BAD = {
    "not XML": b"hello",
    "empty": b"",
    "NUL": b"\0" * 100,
    "an image": b"\x89PNG\r\n\x1a\n" + bytes(range(256)),
    "half": sketch(SMALL, "small", cite="assumed")[:300],
    "a DOCTYPE": sketch(SMALL, "small", cite="assumed").replace(
        b"<bpmn:definitions", BILLION + b"<bpmn:definitions", 1
    ),
    "UTF-16 said, UTF-8 sent": sketch(SMALL, "small", cite="assumed").replace(
        b'encoding="UTF-8"', b'encoding="UTF-16"'
    ),
    "GBK bytes": sketch(SMALL, "small", cite="assumed").replace(
        "校长审批".encode(), "校长审批".encode("gbk")
    ),
    "no process": b'<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"/>',
    "HTML": b"<html><body>login</body></html>",
    "deep": b"<a>" * 50_000,
    "a flow to nowhere": broken('targetRef="decided"', 'targetRef="nowhere"'),
    "no such function": broken("decision == 'approve'", "__import__('os')"),
    "attributes": broken("decision == 'approve'", "decision.__class__"),
    "no such form": broken("small_decision", "no_such_form"),
    "not an expression": broken("decision == 'approve'", "decision =="),
    "a script task": broken("<bpmn:userTask", '<bpmn:scriptTask id="x"/><bpmn:userTask'),
}


@pytest.mark.parametrize("name", BAD)
def test_a_file_that_cannot_be_used_is_told_as_camunda_modeler_reads_it(desk: Desk, name: str) -> None:
    before = desk.get("analyst", "/engine-rest/deployment/count")
    answer = desk.deploy({"small.bpmn": BAD[name], **FORMS})
    assert answer.status_code == 400, answer.get_data(as_text=True)
    assert answer.json["type"] == "ParseException", answer.get_data(as_text=True)
    assert answer.json["message"].startswith("ENGINE-09005 Could not parse BPMN process.")
    assert answer.json["errors"]
    assert all(one["message"] for one in answer.json["errors"])
    for told in answer.json["details"].values():
        assert told["errors"][0]["message"]
    assert desk.get("analyst", "/engine-rest/deployment/count") == before


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("readme.txt", b"hello"),
        ("..bpmn", sketch(SMALL, "small", cite="assumed")),
        (".bpmn", sketch(SMALL, "small", cite="assumed")),
        ("unused.form", b"{}"),
        ("unused.dmn", b"<x/>"),
        ("small_start.form", b"not json"),
        ("small_start.form", b'{"type": "default", "id": "another", "schemaVersion": 1, "components": []}'),
        ("small_start.form", b"[" * 100_000),
        ("small_start.form", b"\xff\xfe"),
    ],
)
def test_other_files_that_cannot_be_used(desk: Desk, name: str, content: bytes) -> None:
    answer = desk.deploy({"small.bpmn": sketch(SMALL, "small", cite="assumed"), **FORMS, name: content})
    assert answer.status_code == 400, answer.get_data(as_text=True)
    assert answer.json["type"] == "ParseException"


def test_what_is_no_deployment(desk: Desk) -> None:
    assert desk.deploy({}).status_code == 400
    assert desk.post("analyst", CREATE, {"a": 1}).status_code == 400
    assert (
        desk.call("analyst", "POST", CREATE, data=b"garbage", content_type="multipart/form-data").status_code
        == 400
    )
    head = "multipart/form-data; boundary=x"
    assert desk.call("analyst", "POST", CREATE, data=b"--x\r\ngarbage", content_type=head).status_code == 400
    assert desk.deploy_small(tenant_id="999999").status_code in (400, 404)
    assert desk.deploy_small(tenant_id="'; drop").status_code in (400, 404)
    assert desk.deploy_small(deployment_name="x" * 300).status_code == 400


def test_an_upload_that_is_too_large_is_refused(desk: Desk) -> None:
    head = 'Content-Disposition: form-data; name="data"; filename="small.bpmn"'
    data = f"--x\r\n{head}\r\n\r\n".encode() + b" " * (6 << 20) + b"\r\n--x--\r\n"
    answer = desk.call("analyst", "POST", CREATE, data=data, content_type="multipart/form-data; boundary=x")
    assert answer.status_code == 413
    assert answer.json["cure"]


def test_a_diagram_comes_back_as_it_was_sent(desk: Desk) -> None:
    (definition,) = desk.get(HEAD, DEFINITIONS, key="small", latestVersion="true", withoutTenantId="true")
    xml = desk.get(HEAD, f"{DEFINITIONS}/{definition['id']}/xml")
    assert xml == {
        "id": definition["id"],
        "bpmn20Xml": sketch(SMALL, "small", "小流程", cite="assumed").decode(),
    }
    assert desk.get(HEAD, f"{DEFINITIONS}/key/small/xml") == xml
    assert desk.get(HEAD, f"{DEFINITIONS}/key/small") == definition
    regional = desk.get(HEAD, f"{DEFINITIONS}/key/transfer/tenant-id/410700/xml")
    assert "bpmn20Xml" in regional
    inherited = desk.get(HEAD, f"{DEFINITIONS}/key/small/tenant-id/410700/xml")
    assert inherited["bpmn20Xml"] == xml["bpmn20Xml"], "a region without a file of its own takes it over"
    assert desk.call(HEAD, "GET", f"{DEFINITIONS}/key/small/tenant-id/999999/xml").status_code == 404


@pytest.mark.parametrize("encoding", ["GBK", "UTF-16", "utf-8-sig"])
def test_a_diagram_in_another_encoding_is_read_as_it_says(desk: Desk, encoding: str) -> None:
    key = f"coded_{encoding.replace('-', '_').lower()}"
    text = (
        sketch(SMALL, key, "换一种编码", cite="assumed")
        .decode()
        .replace("UTF-8", encoding.removesuffix("-sig"))
    )
    answer = desk.deploy({f"{key}.bpmn": text.encode(encoding), **FORMS})
    assert answer.status_code == 200, answer.get_data(as_text=True)
    assert desk.get(HEAD, f"{DEFINITIONS}/key/{key}/xml")["bpmn20Xml"] == text


@pytest.mark.parametrize("sort", ["id", "key", "name", "version", "deploymentId", "tenantId"])
def test_definitions_sort_and_page(desk: Desk, sort: str) -> None:
    some = {"withoutTenantId": "true", "sortBy": sort}
    up = desk.get(HEAD, DEFINITIONS, sortOrder="asc", **some)
    down = desk.get(HEAD, DEFINITIONS, sortOrder="desc", **some)
    assert sorted(one["id"] for one in up) == sorted(one["id"] for one in down)
    assert desk.get(HEAD, DEFINITIONS, sortOrder="asc", firstResult=1, maxResults=1, **some) == up[1:2]


@pytest.mark.parametrize("sort", ["id", "name", "deploymentTime", "tenantId"])
def test_deployments_sort(desk: Desk, sort: str) -> None:
    assert desk.get(HEAD, "/engine-rest/deployment", sortBy=sort, sortOrder="desc")


def test_definition_filters(desk: Desk) -> None:
    def keys(**query: str) -> set[str]:
        return {one["key"] for one in desk.get(HEAD, DEFINITIONS, **query)}

    assert keys(keyLike="sm%") == {"small"}
    assert keys(keysIn="small,none") == {"small"}
    assert keys(nameLike="%小流程%") == {"small"}
    assert keys(resourceName="small.bpmn") == {"small"}
    assert keys(key="small", version="99") == set()
    assert keys(key="small", suspended="true") == set()
    assert keys(key="small", active="true") == {"small"}


@pytest.mark.parametrize(
    ("variables", "status"),
    [
        ({"student": {"value": "nobody"}}, 404),
        ({"student": {"value": ""}}, 400),
        ({"student": {"value": 5}}, 400),
        ({}, 400),
        ({"student": {"value": STUDENT}, "starting_unit": {"value": 7}}, 400),
        ({"student": {"value": STUDENT}, "starting_unit": {"value": "nowhere"}}, 404),
        ({"student": {"value": STUDENT}, "starting_unit": {"value": "qiaoxi_second_primary"}}, 403),
        ({"student": {"value": STUDENT}, "remark": {"value": "x" * 51}}, 422),
        ({"student": {"value": STUDENT}, "other": {"value": "x"}}, 422),
    ],
)
def test_a_start_that_is_not_right(desk: Desk, variables: dict[str, object], status: int) -> None:
    answer = desk.post(REGISTRAR, f"{DEFINITIONS}/key/small/start", {"variables": variables})
    assert answer.status_code == status, answer.get_data(as_text=True)


def test_a_start_may_return_the_variables(desk: Desk) -> None:
    body = {**start_body(remark="x"), "withVariablesInReturn": True}
    answer = desk.post(REGISTRAR, f"{DEFINITIONS}/key/small/start", body)
    assert isinstance(answer.json["variables"], dict)
