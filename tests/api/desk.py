"""People who call the API, each with a client of his own; and a few steps most tests begin with."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import psycopg
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from service.supervisor.postgres import libpq_url
from tests.engine.sketch import sketch

PASSWORD = "demo"
SCHOOL, OTHER_SCHOOL = "changan_first_primary", "qiaoxi_second_primary"
REGISTRAR, HEAD = f"{SCHOOL}.registrar", f"{SCHOOL}.head"
STRANGER = "jinshui_first_primary.registrar"
STUDENT = "qiaoxi_g4"

# A small procedure: the registrar hands in, the head decides; a note is wanted on rejection.
SMALL = """
    start begin form=small_start
    user approve groups=head@receiving_school form=small_decision name=校长审批 doc=MOE2016-3.1-a
    xor decided default=rejected
    end granted
    end refused
    begin -> approve -> decided
    decided -> granted : ${decision == 'approve'}
    decided -> refused as rejected
"""


def form(name: str, *components: Mapping[str, Any]) -> dict[str, Any]:
    """A form-js form."""
    return {
        "type": "default",
        "id": name,
        "schemaVersion": 18,
        "components": [{"id": f"field_{one['key']}", "label": one["key"], **one} for one in components],
    }


DECISIONS = [{"label": "同意", "value": "approve"}, {"label": "不同意", "value": "reject"}]
SMALL_START = form("small_start", {"type": "textfield", "key": "remark", "validate": {"maxLength": 50}})
SMALL_DECISION = form(
    "small_decision",
    {"type": "radio", "key": "decision", "values": DECISIONS, "validate": {"required": True}},
    {"type": "textfield", "key": "note", "validate": {"maxLength": 20}},
)

FORMS = {
    "small_start.form": json.dumps(SMALL_START).encode(),
    "small_decision.form": json.dumps(SMALL_DECISION).encode(),
}


@dataclass(frozen=True, kw_only=True)
class Begun:
    """A started case: instance id, case number, id of the open task."""

    instance: str
    case: str
    task: str


class Desk:
    """Calls the API as somebody."""

    def __init__(self, app: Flask, url: str) -> None:
        self.app, self.url = app, url
        self.client: FlaskClient = app.test_client()

    def call(self, who: str, method: str, path: str, **options: Any) -> TestResponse:
        """One request by Basic authentication; by nobody when ``who`` is empty."""
        if who:
            options.setdefault("auth", (who, PASSWORD))
        return self.client.open(path, method=method, **options)

    def get(self, who: str, path: str, **query: Any) -> Any:
        """The JSON of a successful answer."""
        answer = self.call(who, "GET", path, query_string=query)
        assert answer.status_code == 200, answer.get_data(as_text=True)
        return answer.json

    def post(self, who: str, path: str, body: Any = None) -> TestResponse:
        return self.call(who, "POST", path, json={} if body is None else body)

    def deploy(
        self, files: Mapping[str, bytes], who: str = "analyst", headers: Any = None, **fields: str
    ) -> TestResponse:
        """A deployment the way Camunda Modeler sends it; underscores in names of fields stand for hyphens."""
        data: dict[str, Any] = {"deployment-name": "test", "deployment-source": "Camunda Modeler"}
        data.update({name.replace("_", "-"): value for name, value in fields.items()})
        data.update({name: (io.BytesIO(content), name) for name, content in files.items()})
        path = "/engine-rest/deployment/create"
        return self.call(who, "POST", path, data=data, headers=headers, content_type="multipart/form-data")

    def deploy_small(self, text: str = SMALL, key: str = "small", **fields: str) -> TestResponse:
        """Deploy the small procedure (or another one) with the two forms."""
        return self.deploy(self.files(text, key), **fields)

    def files(self, text: str = SMALL, key: str = "small") -> dict[str, bytes]:
        """A diagram and the two forms."""
        return {f"{key}.bpmn": sketch(text, key, "小流程", cite="assumed"), **FORMS}

    def start(self, who: str = REGISTRAR, key: str = "small", **variables: Any) -> TestResponse:
        """Start a case for the usual student."""
        return self.post(who, f"/engine-rest/process-definition/key/{key}/start", start_body(**variables))

    def begin(self, key: str = "small") -> Begun:
        """A case of the small procedure with its one open task."""
        started = self.start(key=key)
        assert started.status_code == 200, started.get_data(as_text=True)
        instance = started.json["id"]
        (task,) = self.get("admin", "/engine-rest/task", processInstanceId=instance)
        return Begun(instance=instance, case=started.json["businessKey"], task=task["id"])

    def complete(self, who: str, task: str, **values: Any) -> TestResponse:
        body = {"variables": {name: {"value": value} for name, value in values.items()}}
        return self.post(who, f"/engine-rest/task/{task}/complete", body)

    def sql(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """Straight to the database."""
        with psycopg.connect(libpq_url(self.url), autocommit=True) as connection:
            cursor = connection.execute(statement, values)
            return cursor.fetchall() if cursor.description else []


def start_body(**variables: Any) -> dict[str, Any]:
    """A start for the usual student."""
    values = {"student": STUDENT, **variables}
    return {"variables": {name: {"value": value} for name, value in values.items()}}
