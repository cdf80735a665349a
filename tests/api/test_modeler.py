"""The deployment tool of Camunda Modeler, request by request over a real socket, written the way it writes them."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from http.client import HTTPConnection
from typing import Any

import pytest
from werkzeug.serving import make_server

from tests.api.desk import PASSWORD, REGISTRAR, STUDENT, Desk

BOUNDARY = "----formdata-undici-042186519113"
FIELDS = (
    ("deployment-name", "小流程"),
    ("deployment-source", "Camunda Modeler"),
    ("enable-duplicate-filtering", "true"),
)


class Modeler:
    """Signs in by Basic, as the dialog's fields say, and accepts JSON."""

    def __init__(self, port: int) -> None:
        self.port = port

    def call(
        self, method: str, path: str, body: bytes = b"", who: str = "analyst", **headers: str
    ) -> tuple[int, Any]:
        token = base64.b64encode(f"{who}:{PASSWORD}".encode()).decode()
        told = {"Accept": "application/json", "Authorization": f"Basic {token}"}
        told.update({name.replace("_", "-"): value for name, value in headers.items()})
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request(method, f"/engine-rest/{path}", body or None, told)
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        return answer.status, json.loads(content)

    def deploy(self, files: dict[str, bytes]) -> tuple[int, Any]:
        lines: list[bytes] = []
        for name, value in FIELDS:
            lines += [
                f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
            ]
        for name, content in files.items():
            head = (
                f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"; filename="{name}"\r\n'
                "Content-Type: application/octet-stream\r\n\r\n"
            )
            lines += [head.encode(), content, b"\r\n"]
        body = b"".join([*lines, f"--{BOUNDARY}--\r\n".encode()])
        media = f"multipart/form-data; boundary={BOUNDARY}"
        return self.call("POST", "deployment/create", body, Content_Type=media)

    def start(self, definition: str, body: dict[str, Any], who: str) -> tuple[int, Any]:
        text = json.dumps(body).encode()
        return self.call(
            "POST", f"process-definition/{definition}/start", text, who, Content_Type="application/json"
        )


@pytest.fixture
def modeler(fresh_desk: Desk) -> Iterator[Modeler]:
    server = make_server("127.0.0.1", 0, fresh_desk.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Modeler(server.port)
    server.shutdown()
    thread.join(5)
    server.server_close()


def test_the_rocket_deploys_and_the_play_button_starts(modeler: Modeler, fresh_desk: Desk) -> None:
    assert modeler.call("GET", "version") == (200, {"version": "7.24.0"})
    assert modeler.call("GET", "deployment?maxResults=0") == (200, [])

    status, broken = modeler.deploy({"small.bpmn": b"<bpmn:definitions"})
    assert (status, broken["type"]) == (400, "ParseException")
    assert broken["message"].startswith("ENGINE-09005 Could not parse BPMN process.")

    files = fresh_desk.files()
    status, deployed = modeler.deploy(files)
    assert status == 200, deployed
    assert (deployed["name"], deployed["source"]) == ("小流程", "Camunda Modeler")
    ((identifier, definition),) = deployed["deployedProcessDefinitions"].items()
    assert (definition["id"], definition["key"]) == (identifier, "small")
    status, again = modeler.deploy(files)
    assert (status, again["deployedProcessDefinitions"]) == (200, None)

    wish = {"businessKey": "from the dialog", "variables": {"student": {"value": STUDENT, "type": "String"}}}
    status, started = modeler.start(identifier, wish, REGISTRAR)
    assert status == 200, started
    assert (started["definitionId"], started["ended"]) == (identifier, False)
    assert started["businessKey"] not in ("", "from the dialog"), "numbers are issued here"
    status, refused = modeler.start(identifier, wish, "analyst")
    assert status == 403, "who deploys is not a school"
    assert refused["message"]


def test_a_wrong_password_is_told_to_the_dialog(modeler: Modeler) -> None:
    connection = HTTPConnection("127.0.0.1", modeler.port, timeout=60)
    token = base64.b64encode(b"analyst:wrong").decode()
    connection.request(
        "GET", "/engine-rest/deployment?maxResults=0", headers={"Authorization": f"Basic {token}"}
    )
    answer = connection.getresponse()
    assert (answer.status, answer.headers["WWW-Authenticate"][:5]) == (401, "Basic")
    connection.close()
