"""Errors of every kind have one shape, and tell nothing of the inside."""

from __future__ import annotations

import logging
import threading
import time
from pathlib import Path
from typing import Any

import psycopg
import pytest
from flask import Response
from sqlalchemy.exc import OperationalError

from service.api.access import PUBLIC, allow
from service.errors import Conflict, Problem
from service.store import failures
from service.supervisor.postgres import libpq_url
from tests.api.conftest import application
from tests.api.desk import HEAD, REGISTRAR, Desk

MEMBERS = {"type", "title", "status", "detail", "message", "code", "clauses", "errors", "instance"}


def check(answer: Any, status: int, kind: str, code: str) -> dict[str, Any]:
    assert answer.status_code == status, answer.get_data(as_text=True)
    assert answer.mimetype == "application/problem+json"
    body: dict[str, Any] = answer.json
    assert set(body) >= MEMBERS
    assert (body["status"], body["type"], body["code"]) == (status, kind, code)
    assert body["detail"]
    assert body["message"].startswith(body["detail"].partition("\n")[0])
    return body


def test_the_errors_of_the_router(desk: Desk) -> None:
    check(desk.call("", "GET", "/nowhere"), 404, "NotFoundException", "not_found")
    wrong = desk.call(HEAD, "PATCH", "/engine-rest/task")
    check(wrong, 405, "RestException", "method_not_allowed")
    assert "GET" in wrong.headers["Allow"]


def test_the_errors_of_a_body(desk: Desk) -> None:
    path = "/engine-rest/message"

    def send(data: bytes, kind: str = "application/json") -> Any:
        return desk.call(HEAD, "POST", path, data=data, content_type=kind)

    body = check(send(b"{"), 400, "InvalidRequestException", "bad_request")
    assert "JSON" in body["detail"]
    check(send(b'{"messageName": "x"}', "text/plain"), 415, "RestException", "unsupported_media_type")
    check(send(b" " * (2 << 20)), 413, "RestException", "request_entity_too_large")
    body = check(send(b'{"messageName": 1, "other": 2}'), 400, "InvalidRequestException", "bad_request")
    assert [one["where"] for one in body["errors"]] == ["messageName", "other"]


def test_camundas_types(desk: Desk) -> None:
    check(desk.call("", "GET", "/api/me"), 401, "AuthenticationException", "unauthenticated")
    check(desk.deploy_small(tenant_id="410700", who=HEAD), 403, "AuthorizationException", "forbidden")
    check(desk.call(HEAD, "GET", "/engine-rest/task/none"), 404, "InvalidRequestException", "not_found")
    message = {"messageName": "nobody waits for this"}
    check(desk.post("admin", "/engine-rest/message", message), 409, "RestException", "conflict")


def add(desk: Desk, path: str, error: Exception) -> None:
    def view() -> Response:
        raise error

    desk.app.add_url_rule(path, path, allow(PUBLIC)(view))


def test_an_error_of_ours_keeps_all_it_knows(fresh_desk: Desk) -> None:
    problem = Problem(
        message="重名", where="b", file="a.bpmn", line=3, cure="改名", clauses=("MOE2016-3.1-a",)
    )
    error = Conflict(
        "不行", file="a.bpmn", element="x", line=7, cure="改掉", clauses=["C1"], problems=[problem],
        details={"winner": "某人", "more": 1},
    )  # fmt: skip
    add(fresh_desk, "/fails", error)
    body = check(fresh_desk.call("", "GET", "/fails"), 409, "TaskAlreadyClaimedException", "conflict")
    assert body["detail"] == "a.bpmn:7:x：不行。改掉"
    assert body["message"] == "a.bpmn:7:x：不行。改掉\n  - a.bpmn:3:b：重名。改名"
    assert (body["file"], body["element"], body["line"], body["cure"]) == ("a.bpmn", "x", 7, "改掉")
    assert (body["winner"], body["more"], body["clauses"]) == ("某人", 1, ["C1"])
    (told,) = body["errors"]
    assert told == {
        "where": "b", "message": "重名", "file": "a.bpmn", "line": 3, "element": "b", "cure": "改名",
        "clauses": ["MOE2016-3.1-a"],
    }  # fmt: skip


def test_a_mistake_of_ours_is_a_number_in_the_log(fresh_desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    add(fresh_desk, "/fails", ZeroDivisionError("password=hunter2"))
    with caplog.at_level(logging.ERROR):
        answer = fresh_desk.call("", "GET", "/fails")
    body = check(answer, 500, "RestException", "internal_error")
    assert "hunter2" not in answer.get_data(as_text=True)
    assert "ZeroDivision" not in answer.get_data(as_text=True)
    assert body["reference"] in caplog.text
    assert "ZeroDivisionError" in caplog.text


def test_a_case_that_is_held_by_another_is_worth_another_try(fresh_desk: Desk) -> None:
    desk = fresh_desk
    desk.deploy_small()
    begun = desk.begin()
    with psycopg.connect(libpq_url(desk.url)) as holder:
        holder.execute("select 1 from instance where id = %s for update", [begun.instance])
        since = time.monotonic()
        answer = desk.complete(HEAD, begun.task, decision="approve")
        assert time.monotonic() - since < 10
        assert answer.headers["Retry-After"] == "1"
        check(answer, 503, "RestException", "busy")
    assert desk.complete(HEAD, begun.task, decision="approve").status_code == 204


def test_a_connection_that_was_lost_is_replaced(fresh_desk: Desk) -> None:
    desk = fresh_desk
    assert desk.get(HEAD, "/engine-rest/task") == []
    with psycopg.connect(libpq_url(desk.url), autocommit=True) as other:
        other.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> %s",
            [other.info.backend_pid],
        )
    first = desk.call(HEAD, "GET", "/engine-rest/task")
    assert first.status_code in (200, 503)
    assert desk.get(HEAD, "/engine-rest/task") == []


def test_a_database_that_is_away_is_worth_another_try(tmp_path: Path) -> None:
    app = application("postgresql://nobody@127.0.0.1:1/nothing", tmp_path)
    answer = Desk(app, "").call(HEAD, "GET", "/api/me")
    check(answer, 503, "RestException", "busy")
    assert answer.headers["Retry-After"] == "1"


def test_an_error_nobody_knows_is_not_worth_another_try() -> None:
    error = OperationalError("select", {}, Exception("what?"))
    assert failures.meaning(error) is failures.Meaning.UNKNOWN


def test_six_complete_one_task_at_once(fresh_desk: Desk) -> None:
    desk = fresh_desk
    desk.deploy_small()
    begun = desk.begin()
    desk.get(HEAD, "/api/me")
    answers: list[Any] = []

    def complete() -> None:
        other = Desk(desk.app, desk.url)
        answers.append(other.complete(HEAD, begun.task, decision="approve"))

    threads = [threading.Thread(target=complete) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answer.status_code for answer in answers) == [204, *[409] * 5]
    assert {answer.json["winner"] for answer in answers if answer.status_code == 409} == {"方红霞"}
    assert desk.sql("select count(*) from journal where verb = 'complete'") == [(1,)]
    assert desk.get(REGISTRAR, f"/api/cases/{begun.case}")["outcome"] == "granted"


def test_a_start_that_finds_the_record_taken_tells_the_registrar_what_to_do(fresh_desk: Desk) -> None:
    """Not the analyst's advice to draw an error boundary event: nobody who applies can do that."""
    locking = """
        start begin form=small_start
        work lock topic=registry.lock_student doc=assumed
        user approve groups=head@receiving_school form=small_decision doc=assumed
        end granted
        begin -> lock -> approve -> granted
    """
    assert fresh_desk.deploy_small(locking).status_code == 200
    first = fresh_desk.start()
    assert first.status_code == 200, first.get_data(as_text=True)

    body = check(fresh_desk.start(), 422, "RestException", "refused")

    assert body["detail"].startswith(f"该生的学籍正由办件 {first.json['businessKey']} 占用")
    assert "请待该办件办结或撤回后再办" in body["detail"]
    assert "边界事件" not in body["detail"]
    assert fresh_desk.get("admin", "/engine-rest/incident") == []
