"""Decision tables as deployed: listed by region and version, read, tried out."""

from __future__ import annotations

import json

import pytest

from tests.api.desk import DECISIONS as CHOICES
from tests.api.desk import HEAD, Desk, form

DECISIONS = "/engine-rest/decision-definition"


def test_tables_are_listed_by_region_and_version(fresh_desk: Desk) -> None:
    desk = fresh_desk
    known = desk.get(HEAD, DECISIONS, maxResults=200)
    assert known
    assert desk.get(HEAD, f"{DECISIONS}/count") == {"count": len(known)}
    regions = {one["tenantId"] for one in known}
    assert None in regions
    assert len(regions) > 1
    for one in known[:3]:
        assert desk.get(HEAD, f"{DECISIONS}/{one['id']}") == one
        place = f"/tenant-id/{one['tenantId']}" if one["tenantId"] else ""
        newest = desk.get(HEAD, f"{DECISIONS}/key/{one['key']}{place}")
        assert (newest["key"], newest["tenantId"]) == (one["key"], one["tenantId"])
        xml = desk.get(HEAD, f"{DECISIONS}/{one['id']}/xml")["dmnXml"]
        assert f'id="{one["key"]}"' in xml
        assert desk.call(HEAD, "GET", f"{DECISIONS}/{one['id']}/diagram").status_code == 204
    latest = desk.get(HEAD, DECISIONS, latestVersion="true", maxResults=200)
    assert len({(one["key"], one["tenantId"]) for one in latest}) == len(latest)
    national = desk.get(
        HEAD, DECISIONS, withoutTenantId="true", sortBy="key", sortOrder="asc", maxResults=200
    )
    assert {one["tenantId"] for one in national} == {None}


TABLE = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="x">
  <decision id="who_looks" name="谁来看">
    <decisionTable id="t" hitPolicy="FIRST">
      <input id="i" label="额"><inputExpression id="e" typeRef="number"><text>places</text></inputExpression></input>
      <output id="o" name="who" typeRef="string" />
      <rule id="r1"><description>assumed</description>
        <inputEntry id="a"><text>&gt; {limit}</text></inputEntry><outputEntry id="b"><text>"head"</text></outputEntry>
      </rule>
      <rule id="r2"><description>assumed</description>
        <inputEntry id="c"><text></text></inputEntry><outputEntry id="f"><text>"registrar"</text></outputEntry>
      </rule>
    </decisionTable>
  </decision>
</definitions>"""
DECIDING = """
    start begin form=small_start
    rule look decision=who_looks result=decision mapping=singleEntry
    user approve groups=head@receiving_school form=small_decision name=校长审批
    end granted
    begin -> look
    look -> approve
    approve -> granted
"""


@pytest.fixture(scope="module")
def tried(shared_desk: Desk) -> Desk:
    """Two versions of a table are deployed one after the other."""
    for limit in (3, 10):
        files = shared_desk.files(DECIDING, "deciding")
        files["who_looks.dmn"] = TABLE.replace("{limit}", str(limit)).encode()
        files["small_start.form"] = json.dumps(
            form("small_start", {"type": "number", "key": "places"})
        ).encode()
        radio = {"type": "radio", "key": "decision", "values": CHOICES}
        files["small_decision.form"] = json.dumps(form("small_decision", radio)).encode()
        answer = shared_desk.deploy(files)
        assert answer.status_code == 200, answer.json
    return shared_desk


def test_a_table_is_tried_out_with_given_inputs(tried: Desk) -> None:
    versions = tried.get(HEAD, DECISIONS, key="who_looks", withoutTenantId="true")
    assert [one["version"] for one in versions] == [1, 2]
    body = {"variables": {"places": {"value": 5, "type": "Integer"}}}
    old, new = (tried.post(HEAD, f"{DECISIONS}/{one['id']}/evaluate", body).json for one in versions)
    assert [old, new] == [
        [{"who": {"type": "String", "value": "head", "valueInfo": {}}}],
        [{"who": {"type": "String", "value": "registrar", "valueInfo": {}}}],
    ]
    assert tried.post(HEAD, f"{DECISIONS}/key/who_looks/evaluate", body).json == new
    missing = tried.post(HEAD, f"{DECISIONS}/key/who_looks/evaluate", {})
    assert missing.status_code == 422
    assert [one["where"] for one in missing.json["errors"]] == ["places"]
    wrong = tried.post(HEAD, f"{DECISIONS}/key/who_looks/evaluate", {"variables": {"places": {"value": "x"}}})
    assert wrong.status_code == 422, wrong.json


def test_a_table_leaves_with_the_last_deployment_that_leans_on_it(tried: Desk) -> None:
    (_, second) = tried.get(HEAD, DECISIONS, key="who_looks", withoutTenantId="true")
    path = f"/engine-rest/deployment/{second['deploymentId']}"
    assert tried.call("analyst", "DELETE", path).status_code == 204
    assert len(tried.get(HEAD, DECISIONS, key="who_looks", withoutTenantId="true")) == 1
