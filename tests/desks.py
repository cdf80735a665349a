"""The desk of scenarios on the real thing: HTTP, roles, PostgreSQL. The same scenarios, word for word."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any

import psycopg
from flask import Flask
from sqlalchemy import text
from werkzeug.test import TestResponse

from service.casework.installation import office
from service.casework.messages import deliver_outbox
from service.casework.occasions import open_due
from service.casework.self_starts import arm
from service.casework.timers import fire_due
from service.checks.desk import Look, Who
from service.checks.scenario import NONE
from service.clock import ZONE
from service.engine import Trace
from service.errors import Problem, XuejiError
from service.policy.regions import NATIONAL
from service.policy.values import Value
from service.registry.counter import GUARDIAN
from service.store.db import transaction
from service.store.definitions import current
from service.store.progress import read_clock

PASSWORD = "demo"
_RECORD = """
    select e.status, e.lock_kind, u.name as school, e.grade, e.flags, p.since, p.until, e.place_of_study
    from enrolment e join unit u on u.id = e.school
         left join suspension_period p on p.student = e.student and p.ended is null
    where e.student = %s
"""
_TOLD = """
    select payload ->> 'text' from outbox where case_number = %s and kind = 'notify' order by id desc limit 1
"""
_LAST_CASE = (
    "select number, student from case_ where student = any(%s) or procedure = %s and student is null "
    "order by opened_at desc, number desc limit 1"
)


class Answered(XuejiError):
    """An error as the API told it."""

    def __init__(self, answer: TestResponse) -> None:
        told = answer.get_json(force=True)
        problems = [
            Problem(
                message=one["message"],
                where=one.get("where", ""),
                file=one.get("file", ""),
                clauses=tuple(one.get("clauses", ())),
            )
            for one in told.get("errors", ())
        ]
        super().__init__(told["detail"], clauses=told.get("clauses", ()), problems=problems)
        self.code, self.status = told["code"], told["status"]  # type: ignore[misc]


class Tokens:
    """Tokens of people, fetched once: they are good for every copy of the database."""

    def __init__(self) -> None:
        self._tokens: dict[str, str] = {}

    def of(self, app: Flask, who: str) -> str:
        if who not in self._tokens:
            answer = app.test_client().post("/api/token", json={"username": who, "password": PASSWORD})
            assert answer.status_code == HTTPStatus.OK, answer.get_data(as_text=True)
            self._tokens[who] = answer.json["access_token"]
        return self._tokens[who]


class HttpDesk:
    """Plays a scenario through the API; looks at records no route shows yet in the tables."""

    def __init__(self, app: Flask, tables: psycopg.Connection, now: datetime, tokens: Tokens) -> None:
        self.app, self.tables, self.tokens = app, tables, tokens
        self.client = app.test_client()
        self.number = self.student = self.alone = self.starter = ""
        self.students: list[str] = []  # whom the scenario speaks of, the one named last at the end
        self._began = self._now = now

    @property
    def now(self) -> datetime:
        """The instant asked for; the real clock has run on a little since."""
        return self._now

    def trail(self) -> tuple[Trace, ...]:
        return ()

    def watch(self, student: str) -> None:
        self.students.append(student)
        self.go_on()

    def deploy(self, procedure: str, region: str) -> None:
        """As if what is in force had been deployed now: its clocks are counted from here."""
        self.alone = procedure
        with self.app.app_context(), transaction() as connection:
            now, _ = read_clock(connection)
            row = current(connection, procedure, None if region == NATIONAL else region, now.date())
            assert row is not None, f"{procedure} is not deployed in {region}"
            connection.execute(text("delete from start_event where definition = :id"), {"id": row.id})
            arm(office(), connection, row, office().shelf.compiled(connection, row), now)
        self.go_on()

    def broadcast(self, signal: str, region: str, variables: Mapping[str, Value]) -> None:
        tenant = {} if region == NATIONAL else {"tenantId": region}
        body = {"name": signal, "variables": _variables(variables), **tenant}
        self.call("operator", "POST", "/engine-rest/signal", json=body)
        self.go_on()

    def start(self, who: Who, procedure: str, form: Mapping[str, Value]) -> None:
        self.students.append(who.student)
        self.starter = who.by
        given = _variables({"student": who.student, **form})
        if who.message:
            body: dict[str, Any] = {"messageName": who.message, "processVariables": given}
            self.call(who.by, "POST", "/engine-rest/message", json=body)
        else:
            path = f"/engine-rest/process-definition/key/{procedure}/start"
            self.call(who.by, "POST", path, json={"variables": given})
        self.go_on()

    def complete(self, task: str, by: str, form: Mapping[str, Value]) -> None:
        found = [one["id"] for one in self.case()["tasks"] if one["path"] == task]
        identifier = found[0] if found else "none-0"
        path = f"/engine-rest/task/{identifier}/complete"
        self.call(by, "POST", path, json={"variables": _variables(form)})
        self.go_on()

    def send(self, message: str, by: str, variables: Mapping[str, Value]) -> None:
        if by == GUARDIAN:
            self.recall()
            return
        body = {"messageName": message, "businessKey": self.number, "processVariables": _variables(variables)}
        self.call(by, "POST", "/engine-rest/message", json=body)
        self.go_on()

    def recall(self) -> None:
        """The guardian gets a code from the school that started the case, and takes it back with it."""
        code = self.call(self.starter, "POST", f"/api/cases/{self.number}/guardian-code").json["code"]
        body = {"number": self.number, "code": code, "reason": "不办了"}
        answer = self.client.post("/api/guardian/recall", json=body)
        if answer.status_code >= HTTPStatus.BAD_REQUEST:
            raise Answered(answer)
        self.go_on()

    def go_on(self) -> None:
        """Messages between the sides of a case go out, and what is due starts: what the worker does by itself."""
        with self.app.app_context():
            fire_due(office())
            deliver_outbox(office())
            open_due(office())
        self.look_up()

    def look_up(self) -> None:
        """The case started last, by a person or by the system."""
        row = self.tables.execute(_LAST_CASE, [self.students, self.alone]).fetchone()
        self.number, self.student = row or ("", self.students[-1] if self.students else "")

    def wait_until(self, moment: datetime) -> None:
        if moment != self._now:
            told = moment.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "+0800"
            self.call("admin", "PUT", "/api/clock", json={"now": told})
            self._now = moment
            self.look_up()

    def look(self) -> Look:
        case = self.case() if self.number else {"tasks": (), "outcome": NONE}
        entries = [one for one in self.bulletin() if one["case"] == self.number]
        row = self.tables.execute(_RECORD, [self.student]).fetchone()
        words = self.tables.execute(_TOLD, [self.number]).fetchone()
        status, lock, school, grade, flags, since, until, place = row or ("", "", "", 0, (), None, None, "")
        return Look(
            tasks=tuple(sorted(one["path"] for one in case["tasks"])),
            due={one["path"]: _moment(one["due"]) for one in case["tasks"]},
            overdue=tuple(sorted(f"{one['party']}/{one['step']}" for one in entries)),
            bulletin=tuple(sorted({one["unit_name"] for one in entries if one["published"]})),
            outcome=case["outcome"] or "",
            status=status,
            case_lock=lock or "",
            school=school,
            grade=grade,
            flags=tuple(sorted(flags)),
            suspended_since=since,
            suspended_until=until,
            place=place,
            told=words[0] if words else "",
        )

    def case(self) -> dict[str, Any]:
        found: dict[str, Any] = self.call("admin", "GET", f"/api/cases/{self.number}").json
        return found

    def bulletin(self) -> Iterator[dict[str, Any]]:
        month = self._began.replace(day=1)
        while month <= self._now:
            yield from self.call("admin", "GET", f"/api/bulletin?month={month:%Y-%m}").json
            month = month.replace(year=month.year + month.month // 12, month=month.month % 12 + 1)

    def call(self, who: str, method: str, path: str, **options: Any) -> TestResponse:
        headers = {"Authorization": f"Bearer {self.tokens.of(self.app, who)}"}
        answer = self.client.open(path, method=method, headers=headers, **options)
        if answer.status_code >= HTTPStatus.BAD_REQUEST:
            raise Answered(answer)
        return answer


def _variables(values: Mapping[str, Value]) -> dict[str, Any]:
    return {name: {"value": value} for name, value in values.items()}


def _moment(told: str | None) -> datetime | None:
    return datetime.strptime(told, "%Y-%m-%dT%H:%M:%S.%f%z").astimezone(ZONE) if told else None
