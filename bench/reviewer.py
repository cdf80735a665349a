"""A reviewer's program: signs in once for each person it acts for, keeps its connection, completes reviews."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bench.cases import AUTHORITIES, RECEIVING, SENDING, actor
from service.casework.advance import Advanced
from service.casework.context import Office
from service.casework.seeding import DEMO_PASSWORD
from service.settings import Settings

DECIDED = ("approve", "review")
APPROVE: Mapping[str, object] = {"values": {"decision": "approve"}}
REVIEWERS = (
    *((RECEIVING, role) for role in ("head",)),
    *((SENDING, role) for role in ("registrar", "head")),
    *((unit, role) for unit in AUTHORITIES for role in ("officer", "responsible")),
)
CUT_OFF = (http.client.HTTPException, OSError)


@dataclass
class Reviewer:
    """Answers are (status, body); a connection that breaks is made anew by the next call."""

    settings: Settings
    office: Office
    times: list[float] = field(default_factory=list)  # milliseconds of each completion
    _tokens: dict[str, str] = field(default_factory=dict)
    _connection: http.client.HTTPConnection | None = None

    def work(self, begun: list[Advanced]) -> None:
        """Complete every review of these cases; anything but success ends the program."""
        for case in begun:
            waiting = [opened(task) for task in case.tasks]
            while waiting:
                task = waiting.pop(0)
                if task["element"] in DECIDED:
                    status, answer = self.complete(task)
                    if status != 200:
                        raise SystemExit(f"{status}: {answer}")
                    waiting += [seen(item) for item in answer["tasks"]]

    def sign_in(self) -> None:
        """Get the tokens of everybody who reviews here: a token lasts a working day, a completion does not."""
        for unit, role in REVIEWERS:
            self._token(actor(self.office, unit, role).username)
        self.close()  # the server closes what is idle while the others sign in

    def complete(self, task: Mapping[str, str]) -> tuple[int, Any]:
        """One completion, timed without the sign-in."""
        person = actor(self.office, task["unit"], task["role"]).username
        headers = {"Authorization": f"Bearer {self._token(person)}"}
        begun = time.perf_counter()
        answer = self.call("POST", f"/api/tasks/{task['id']}/complete", APPROVE, headers)
        self.times.append((time.perf_counter() - begun) * 1000)
        return answer

    def call(self, method: str, path: str, body: object, headers: Mapping[str, str]) -> tuple[int, Any]:
        """A request on the kept connection. Raises one of CUT_OFF when the server is away."""
        if self._connection is None:
            self._connection = http.client.HTTPConnection("127.0.0.1", self.settings.port, timeout=30)
        try:
            content = json.dumps(body).encode()
            self._connection.request(method, path, content, {**headers, "Content-Type": "application/json"})
            answer = self._connection.getresponse()
            return answer.status, json.loads(answer.read() or b"null")
        except (*CUT_OFF, json.JSONDecodeError):
            self._connection.close()
            self._connection = None
            raise

    def close(self) -> None:
        """Let the connection go; the next call makes a new one."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _token(self, person: str) -> str:
        if person not in self._tokens:
            credentials = {"username": person, "password": DEMO_PASSWORD}
            _, answer = self.call("POST", "/api/token", credentials, {})
            self._tokens[person] = answer["access_token"]
        return self._tokens[person]


def opened(task: Any) -> dict[str, str]:
    """A task a verb has returned."""
    return {"id": task.id, "element": task.element, "unit": task.unit, "role": task.roles[0]}


def seen(item: Mapping[str, Any]) -> dict[str, str]:
    """A task the API has shown."""
    role, _, unit = item["candidateGroups"][0].partition("@")
    return {"id": item["id"], "element": item["taskDefinitionKey"], "unit": unit, "role": role}
