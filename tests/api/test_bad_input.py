"""Whatever is sent, the answer is one of the documented ones and never a failure of ours."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.api.desk import HEAD, REGISTRAR, STUDENT, Begun, Desk

JUNK: list[Any] = [
    *(None, True, False, 0, -1, 1.5, 1e308, 2**31, 2**63, -(2**63) - 1, 10**400),
    *("", "x", "\x00", "a\x00b", "\ud800", "\U0010ffff", "x" * 100_000),
    *("'; drop table person; --", "${7*7}", "../../etc/passwd", "%00"),
    *([], [[]], ["a"], ["\x00"], [1], {}, {"a": 1}),
    *({"value": value} for value in ({"a": 1}, "\x00", ["a", 1])),
    *({"value": "x", "type": kind} for kind in ("Object", "Integer", 5)),
    *(
        {"value": value, "type": kind}
        for value, kind in ((True, "Long"), (1, "String"), (1, "Boolean"), ("[", "Json"))
    ),
    {"value": '["\\u0000"]', "type": "Json"},
    *({"value": value, "type": "Date"} for value in ("2026-99-99", "9999-12-31T23:59:59Z")),
    {"value": 10**30, "type": "Integer"},
    {"value": 1, "unknown": 2},
]
RAW = [
    b"",
    b" ",
    b"null",
    b"true",
    b"5",
    b'"text"',
    b"[]",
    b"{",
    b"}",
    b"{]",
    b'{"a": }',
    b"\xff\xfe\x00",
    b"\x00",
    b'{"variables": {"a": {"value": NaN}}}',
    b'{"variables": {"a": {"value": Infinity}}}',
    b'{"variables": {"a": {"value": 1e999}}}',
    b'{"variables": {"a": {"value": "\xed\xa0\x80"}}}',
    b'{"variables": {"a": {"value": "\xff"}}}',
    b'{"variables": {"\\u0000": {"value": "x"}}}',
    b'{"a":' * 5000 + b"1" + b"}" * 5000,
    b"[" * 100_000,
    b'{"variables": ' + b'{"x":' * 900 + b"1" + b"}" * 900 + b"}",
    json.dumps({"variables": {f"v{number}": {"value": 1} for number in range(2000)}}).encode(),
    json.dumps({"variables": {"v" * 10_000: {"value": 1}}}).encode(),
    b'{"variables": {"a": {"value": "x"}}, "variables": 5}',
    "{}".encode("utf-16"),
    b"a=1&b=2",
]
FINE = set(range(200, 300)) | {400, 401, 403, 404, 405, 409, 413, 415, 422}


@pytest.fixture(scope="module")
def begun(shared_desk: Desk) -> Begun:
    return shared_desk.begin()


def posts(begun: Begun) -> list[str]:
    return [
        "/api/token",
        f"/api/tasks/{begun.task}/complete",
        "/engine-rest/deployment/create",
        "/engine-rest/process-definition/key/small/start",
        "/engine-rest/task",
        "/engine-rest/task/count",
        f"/engine-rest/task/{begun.task}/complete",
        f"/engine-rest/task/{begun.task}/claim",
        f"/engine-rest/task/{begun.task}/unclaim",
        "/engine-rest/message",
    ]


def check(answer: Any, told: object) -> None:
    assert answer.status_code in FINE, f"{told!r:.200}: {answer.get_data(as_text=True)[:500]}"
    if answer.status_code >= 400:
        assert answer.mimetype == "application/problem+json"
        assert answer.json["detail"]


def bodies() -> Iterator[dict[str, Any]]:
    """Junk in every place a body has."""
    names = [
        "variables",
        "values",
        "userId",
        "withVariablesInReturn",
        "messageName",
        "processVariables",
        "businessKey",
    ]
    names += [
        "username",
        "password",
        "now",
        "sorting",
        "assignee",
        "candidateGroups",
        "dueBefore",
        "priority",
        "all",
    ]
    for junk in JUNK:
        for name in names:
            yield {name: junk}
        for place in ("variables", "processVariables", "values"):
            yield {place: {"decision": junk}, "messageName": "x"}
            yield {place: {"student": {"value": STUDENT}, "remark": junk}}
            yield {place: {"student": junk}}
            yield {place: {"student": {"value": junk}, "starting_unit": {"value": junk}}}
        yield {"sorting": [junk]}
        yield {"sorting": [{"sortBy": junk, "sortOrder": junk}]}
        yield {"messageName": junk, "businessKey": junk, "processInstanceId": junk}


def encoded(body: Any) -> bytes:
    return json.dumps(body).encode()


def test_raw_junk_in_every_body(desk: Desk, begun: Begun) -> None:
    for path in posts(begun):
        for who in (HEAD, "analyst"):
            for raw in RAW:
                check(desk.call(who, "POST", path, data=raw, content_type="application/json"), (path, raw))


@pytest.mark.parametrize("number", range(8))
def test_wrong_values_in_every_place_of_a_body(desk: Desk, begun: Begun, number: int) -> None:
    everything = [encoded(body) for body in bodies()]
    for path in posts(begun):
        for body in everything[number::8]:
            check(desk.call(HEAD, "POST", path, data=body, content_type="application/json"), (path, body))


def test_the_clock_refuses_junk(desk: Desk) -> None:
    for junk in JUNK:
        answer = desk.call(
            "admin", "PUT", "/api/clock", data=encoded({"now": junk}), content_type="application/json"
        )
        assert answer.status_code == 400, junk


TEXTS = [
    "",
    "x",
    "\x00",
    "%00",
    "a" * 10_000,
    "\udcff",
    "🈳",
    "' or 1=1 --",
    "../..",
    "%",
    "%%",
    "-",
    "-1",
    "999999999999",
    "a-b-c",
    ":",
    "@",
]


def addresses(document: dict[str, Any], begun: Begun) -> Iterator[str]:
    """Junk in every path, and in every parameter three of the texts, in turn."""
    number = 0
    for path, item in document["paths"].items():
        if "get" not in item:
            continue
        inside = [one["name"] for one in item.get("parameters", ()) if one["in"] == "path"]
        names = [one["name"] for one in item["get"].get("parameters", ()) if one["in"] == "query"]
        for text in TEXTS if inside else ():
            where = path
            for name in inside:
                where = where.replace(f"{{{name}}}", escape(text) or "%20")
            yield where
        for name in [*names, "unknown"]:
            for _ in range(3):
                number += 1
                yield f"{path}?{name}={escape(TEXTS[number % len(TEXTS)])}&processInstanceId={begun.instance}"


def test_junk_in_every_parameter_and_path(desk: Desk, begun: Begun) -> None:
    for where in addresses(desk.get("", "/openapi.json"), begun):
        check(desk.call("admin", "GET", where), where)


def escape(text: str) -> str:
    return "".join(f"%{byte:02X}" for byte in text.encode("utf-8", "surrogateescape"))


def test_answers_that_are_not_json_and_addresses_that_are_odd(desk: Desk) -> None:
    for path in [
        "//",
        "/engine-rest//task",
        "/engine-rest/task/",
        "/%00",
        "/engine-rest/task/%2e%2e",
        "/engine-rest/task/%ff",
        "/\u4e2d",
    ]:
        answer = desk.call(REGISTRAR, "GET", path)
        assert answer.status_code in FINE | {302, 308}, path


def test_after_all_that_the_case_still_stands(desk: Desk, begun: Begun) -> None:
    assert desk.get(HEAD, f"/engine-rest/task/{begun.task}")["taskDefinitionKey"] == "approve"


def test_a_list_too_long_is_refused_not_cut(desk: Desk) -> None:
    many = ",".join(str(number) for number in range(501))
    answer = desk.call(
        "admin", "GET", "/engine-rest/process-instance", query_string={"processInstanceIds": many}
    )
    assert answer.status_code == 400
    assert "500" in answer.json["message"]
    assert (
        desk.call(
            "admin",
            "GET",
            "/engine-rest/process-instance",
            query_string={"processInstanceIds": many.rpartition(",")[0]},
        ).status_code
        == 200
    )
