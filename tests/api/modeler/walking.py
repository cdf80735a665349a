"""The walks of docs/elements.md on what is deployed: through HTTP, as the people who would do it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from tests.api.desk import HEAD, REGISTRAR, Desk, start_body

_CASES = """
    select i.id, i.case_number from instance i join definition d on d.id = i.definition
    where d.key = %s order by i.started_at desc limit 1
"""
TENANT = "410700"  # a region of its own: its authority plays the part of the unit


class Walk:
    """One case of one deployed process."""

    def __init__(self, desk: Desk, key: str) -> None:
        self.desk, self.key = desk, key
        self.instance = self.case = ""
        self.values: dict[str, bool] = {}

    def go(self, steps: str) -> str:
        """The open tasks after some steps; ``done`` when the case is over."""
        todo = [step.split() for step in steps.split(";") if step.strip()]
        if not todo or todo[0][0] != "start":
            self.begin()
        for verb, *words in todo:
            getattr(self, f"_{verb}")(*words)
        if not self.instance:
            self.find()
        shown = [one["taskDefinitionKey"] for one in self.tasks()]
        return ",".join(sorted(shown)) or ("done" if self.over() else "")

    def begin(self) -> None:
        started = self.desk.start(key=self.key)
        assert started.status_code == 200, started.get_data(as_text=True)
        self.instance, self.case = started.json["id"], started.json["businessKey"]

    def find(self) -> None:
        """The case that nobody started."""
        ((self.instance, self.case),) = self.desk.sql(_CASES, self.key)

    def tasks(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.desk.get(
            "admin", "/engine-rest/task", processInstanceId=self.instance
        )
        return found

    def over(self) -> bool:
        return bool(self.desk.get("admin", f"/api/cases/{self.case}")["outcome"])

    def _start(self, event: str) -> None:
        """By itself: the message is sent, the hour comes, the signal is heard."""
        if event == "m":
            body = {"messageName": "apply", "processVariables": start_body()["variables"]}
            self._told(self.desk.post(REGISTRAR, "/engine-rest/message", body))
        else:
            self._wait("1")
            heard = {"name": "term_begins", "tenantId": TENANT}
            self._told(self.desk.post("operator", "/engine-rest/signal", heard))

    def _do(self, element: str) -> None:
        for one in self.tasks():
            if one["taskDefinitionKey"] == element:
                self._told(self.desk.complete(HEAD, one["id"], **self.values))
                return
        self._work("complete", {})

    def _fail(self, _element: str, code: str) -> None:
        self._work("bpmnError", {"errorCode": code})

    def _work(self, verb: str, body: dict[str, Any]) -> None:
        wish = {"workerId": "w", "maxTasks": 10, "topics": [{"topicName": "outside", "lockDuration": 1000}]}
        taken = self.desk.post("operator", "/engine-rest/external-task/fetchAndLock", wish).json
        (mine,) = [one["id"] for one in taken if one["processInstanceId"] == self.instance]
        self._told(
            self.desk.post("operator", f"/engine-rest/external-task/{mine}/{verb}", {"workerId": "w", **body})
        )

    def _wait(self, days: str) -> None:
        now = datetime.fromisoformat(self.desk.get("admin", "/api/clock")["now"])
        later = (now + timedelta(days=int(days), minutes=1)).strftime("%Y-%m-%dT%H:%M:%S.000+0800")
        self._told(self.desk.call("admin", "PUT", "/api/clock", json={"now": later}))

    def _message(self, name: str) -> None:
        body = {"messageName": name, "businessKey": self.case}
        self._told(self.desk.post(REGISTRAR, "/engine-rest/message", body))

    def _signal(self, name: str) -> None:
        self._told(self.desk.post("operator", "/engine-rest/signal", {"name": name}))

    def _set(self, name: str) -> None:
        self.values[name] = True
        path = f"/engine-rest/process-instance/{self.instance}/variables/{name}"
        self._told(self.desk.call("admin", "PUT", path, json={"value": True, "type": "Boolean"}))

    def _thrown(self, name: str) -> None:
        rows = self.desk.sql("select 1 from outbox where name = %s and case_number = %s", name, self.case)
        assert rows, f"{name} was not sent"

    @staticmethod
    def _told(answer: Any) -> None:
        assert answer.status_code < 300, answer.get_data(as_text=True)
