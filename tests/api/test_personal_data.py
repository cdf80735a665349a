"""Numbers of people: encrypted at rest, masked in answers, told whole only by the region's rule, and nowhere else."""

from __future__ import annotations

import logging
from typing import Any

import orjson
import psycopg
import pytest
from psycopg import sql
from werkzeug.test import TestResponse

from service.engine.codec import unpacked
from service.policy import identity
from service.registry.law import Law
from service.registry.world_file import load_world
from service.settings import ROOT
from service.supervisor.postgres import libpq_url
from tests.api.desk import HEAD, REGISTRAR, STRANGER, STUDENT, Desk

WORLD = load_world(ROOT / "processes", Law(ROOT / "processes"))
NUMBERS = {one.id_number for one in WORLD.students.values()}
NUMBERED = [one for one in WORLD.students.values() if one.student_number]
NUMBER = WORLD.students[STUDENT].id_number
PHONE = "13912345678"
OFFICER, RESPONSIBLE = "changan_education.officer", "changan_education.responsible"
NEAR = "changan_g3"  # a student below that authority
REVEAL = {"purpose": "verify_identity", "reason": "家长到校核对"}
NEW_KEY, NEWER_KEY = "ab" * 32, "cd" * 32


def everything_kept(desk: Desk) -> bytes:
    """The whole database as bytes: every row as text, binary columns as they are, states of cases as they read."""
    parts: list[bytes] = []
    with psycopg.connect(libpq_url(desk.url)) as connection:
        columns = connection.execute(
            "select table_name, column_name, data_type from information_schema.columns where table_schema = 'public'"
        ).fetchall()
        for table, column, kind in columns:
            asked = (
                sql.SQL("select {} from {}")
                if kind == "bytea"
                else sql.SQL("select cast({} as text) from {}")
            )
            rows = connection.execute(asked.format(sql.Identifier(column), sql.Identifier(table)))
            found = [row[0] if kind == "bytea" else row[0].encode() for row in rows if row[0] is not None]
            parts += (
                [orjson.dumps(unpacked(one)) for one in found]
                if column == "state" and kind == "bytea"
                else found
            )
    return b"\n".join(parts)


def told(answer: TestResponse) -> tuple[int, Any]:
    return answer.status_code, answer.json


def reveal(desk: Desk, who: str, student: str, **other: str) -> TestResponse:
    return desk.post(who, f"/api/students/{student}/reveal", {**REVEAL, **other})


def last_entry(desk: Desk, verb: str) -> tuple[Any, ...]:
    (entry,) = desk.sql(
        "select actor, student, detail, clauses from journal where verb = %s order by id desc limit 1", verb
    )
    return entry


def test_planted_numbers_are_nowhere_in_database_logs_and_answers(
    fresh_desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    desk = fresh_desk
    answers: list[TestResponse] = []

    def call(who: str, method: str, path: str, **options: Any) -> TestResponse:
        answers.append(desk.call(who, method, path, **options))
        return answers[-1]

    form = {"reason": "household_moved", "materials": ["household_register"], "guardian_phone": PHONE}
    variables = {name: {"value": value} for name, value in {"student": STUDENT, **form}.items()}
    start = {"json": {"variables": variables}, "headers": {"Idempotency-Key": "planted"}}
    began = call(REGISTRAR, "POST", "/engine-rest/process-definition/key/transfer/start", **start)
    assert began.status_code == 200, began.get_data(as_text=True)
    instance, case = began.json["id"], began.json["businessKey"]
    (task,) = desk.get("admin", "/engine-rest/task", processInstanceId=instance)
    path = f"/engine-rest/task/{task['id']}"
    for each in ("", "/form-variables", "/variables", "/form"):
        call(HEAD, "GET", f"{path}{each}")
    urged = {"message": f"请联系 {PHONE}，号码 {NUMBER}，学籍号 G{NUMBER}"}
    assert call(REGISTRAR, "POST", f"/api/cases/{case}/urge", json=urged).status_code == 200
    note = {"variables": {"decision": {"value": "reject"}, "note": {"value": f"号码是 {NUMBER}"}}}
    refused = call(HEAD, "POST", f"{path}/complete", json=note)
    assert refused.status_code == 422
    call(HEAD, "POST", f"{path}/complete", json={"variables": {"decision": {"value": "approve"}}})
    for each in (f"/api/cases/{case}", f"/api/students/{STUDENT}/personal", "/engine-rest/history/task"):
        call(
            REGISTRAR,
            "GET",
            each,
            query_string={} if "history" not in each else {"processInstanceId": instance},
        )
    call(REGISTRAR, "POST", f"/api/students/{STUDENT}/reveal", json={**REVEAL, "reason": f"核对 {NUMBER}"})

    spoken = b"\n".join(one.get_data() for one in answers) + caplog.text.encode()
    kept = everything_kept(desk)
    assert b"PRIMARY" not in kept  # what was read are rows
    assert STUDENT.encode() in kept
    assert b'"reason":"household_moved"' in kept, "states are read, not only their compressed bytes"
    assert [one for one in NUMBERS | {PHONE} if one.encode() in spoken + kept] == []
    assert len(spoken) > 5_000


def test_an_answer_with_whole_numbers_is_repeated_from_a_sealed_copy(desk: Desk) -> None:
    body, headers = REVEAL, {"Idempotency-Key": "whole"}
    path = f"/api/students/{NEAR}/reveal"
    first, second = (desk.call(OFFICER, "POST", path, json=body, headers=headers) for _ in range(2))
    assert first.json == second.json
    assert first.json["id_number"] == WORLD.students[NEAR].id_number
    assert second.headers["Idempotent-Replayed"] == "true"
    assert first.json["id_number"].encode() not in everything_kept(desk)
    assert desk.sql("select count(*) from journal where verb = 'reveal' and student = %s", NEAR) == [(1,)]


def test_masked_numbers_do_not_tell_the_rest(desk: Desk) -> None:
    shown = desk.get(OFFICER, f"/api/students/{NEAR}/personal")
    number = WORLD.students[NEAR].id_number
    assert shown["id_number"] == f"{number[:2]}{'*' * 14}{number[-2:]}"
    assert shown["student_number"] == f"L{number[:2]}{'*' * 14}{number[-2:]}"
    assert identity.masked(PHONE, "guardian_phone") == "139******78"
    assert identity.masked("short", "id_number") == "*****"


def test_seeing_a_number_whole_is_journaled_with_purpose_and_clauses(desk: Desk) -> None:
    assert reveal(desk, OFFICER, NEAR, reason="补录学籍时核对").json["student_number"].startswith("L1301")
    actor, student, detail, clauses = last_entry(desk, "reveal")
    assert (actor, student, clauses) == (OFFICER, NEAR, ["MOE2013-25-a", "MOE2013-N4"])
    assert detail == {"purpose": "verify_identity", "reason": "补录学籍时核对"}


@pytest.mark.parametrize(
    ("who", "other", "status"),
    [
        (STRANGER, {}, 404),
        (REGISTRAR, {}, 404),  # of another school, without a case
        ("admin", {}, 404),
        (RESPONSIBLE, {}, 200),
        ("shijiazhuang_education.officer", {}, 200),
        ("hebei_education.officer", {}, 200),
        (OFFICER, {"purpose": "curiosity"}, 422),
        (OFFICER, {"reason": "看"}, 422),
        (OFFICER, {"reason": "核对 11010519491231002X"}, 422),
    ],
)
def test_who_sees_a_number_whole(desk: Desk, who: str, other: dict[str, str], status: int) -> None:
    assert reveal(desk, who, NEAR, **other).status_code == status


def test_a_head_may_look_but_not_see_the_whole(desk: Desk) -> None:
    head = "changan_third_primary.head"
    assert desk.get(head, f"/api/students/{NEAR}/personal")["name"] == WORLD.students[NEAR].student.name
    answer = reveal(desk, head, NEAR)
    assert (answer.status_code, answer.json["clauses"]) == (403, ["MOE2013-25-a", "MOE2013-N4"])


# The rules of three places, read from their files: student, who, what is asked, status, clauses.
XINXIANG, SHANGHAI = (
    "changyuan_g5",
    next(
        one.student.id
        for one in WORLD.students.values()
        if WORLD.units[one.enrolment.school].county[:2] == "31"
    ),
)


def authority(student: str) -> str:
    return str(WORLD.units[WORLD.students[student].enrolment.school].parent)


RELEASE = {"recipient": "某研究机构", "reason": "教育研究"}


@pytest.mark.parametrize(
    ("student", "body", "status", "clauses"),
    [
        (NEAR, RELEASE, 422, []),
        (NEAR, {**RELEASE, "document": "长教〔2026〕7号"}, 200, ["MOE2013-25-b"]),
        (XINXIANG, {**RELEASE, "document": "新教〔2026〕7号"}, 422, ["XX2018-31"]),
        (SHANGHAI, RELEASE, 200, ["SH2017-47-b"]),
    ],
)
def test_giving_data_out_follows_the_regions_rule(
    desk: Desk, student: str, body: dict[str, str], status: int, clauses: list[str]
) -> None:
    who = f"{authority(student)}.responsible"
    answer = desk.post(who, f"/api/students/{student}/release", body)
    assert answer.status_code == status, answer.json
    if status == 200:
        assert last_entry(desk, "release") == (who, student, {"document": "", **body}, clauses)
    else:
        assert answer.json["clauses"] == clauses
        assert "id_number" not in answer.json


def test_only_the_authority_gives_data_out(desk: Desk) -> None:
    path, body = f"/api/students/{NEAR}/release", {**RELEASE, "document": "长教〔2026〕7号"}
    assert desk.post("changan_third_primary.head", path, body).status_code == 403
    assert desk.post(OFFICER, path, body).status_code == 403
    assert desk.post(RESPONSIBLE, path, body).status_code == 200


def test_a_place_that_bars_outsiders_has_no_purpose_for_them(desk: Desk) -> None:
    who = f"{authority(XINXIANG)}.officer"
    answer = reveal(desk, who, XINXIANG, purpose="assist_investigation")
    assert answer.status_code == 422
    assert "assist_investigation" not in answer.json["errors"][0]["message"]
    assert reveal(desk, who, XINXIANG).status_code == 200


@pytest.mark.parametrize(
    ("student", "body", "status"),
    [
        (XINXIANG, {"applicant": "guardian", "materials": ["guardian_identity_proof"]}, 422),
        (XINXIANG, {"applicant": "student", "materials": []}, 422),
        (
            XINXIANG,
            {"applicant": "guardian", "materials": ["guardian_identity_proof", "student_household_register"]},
            200,
        ),
        (NEAR, {"applicant": "student"}, 200),
        (NEAR, {"applicant": "landlord"}, 422),
    ],
)
def test_a_query_is_answered_by_the_regions_rule(
    desk: Desk, student: str, body: dict[str, Any], status: int
) -> None:
    who = f"{WORLD.students[student].enrolment.school}.registrar"
    answer = desk.post(who, f"/api/students/{student}/query", {**body, "reason": "监护人查询"})
    assert answer.status_code == status, answer.json
    if status == 200:
        assert answer.json["id_number"] == WORLD.students[student].id_number
        assert last_entry(desk, "guardian_query")[0] == who


def test_a_student_is_found_by_number_and_name_together(desk: Desk) -> None:
    path, name = "/api/students/find", WORLD.students[STUDENT].student.name
    right = desk.post(STRANGER, path, {"id_number": f" {NUMBER[:6]} {NUMBER[6:]}", "name": name})
    assert told(right) == (200, {"student": STUDENT})
    assert desk.post(STRANGER, path, {"id_number": NUMBER, "name": "别人"}).status_code == 404
    assert desk.post(STRANGER, path, {"id_number": NUMBER[:-1] + "0", "name": name}).status_code == 422
    assert desk.post("admin", path, {"id_number": NUMBER, "name": name}).status_code == 403
    assert desk.sql("select count(*) from journal where verb = 'find_student' and actor = %s", STRANGER) == [
        (2,)
    ]


def test_what_is_sealed_for_one_student_does_not_open_for_another(fresh_desk: Desk) -> None:
    fresh_desk.sql(
        """update personal_data p set sealed = o.sealed from personal_data o
           where p.student = %s and o.student = %s""",
        NEAR,
        STUDENT,
    )
    answer = reveal(fresh_desk, OFFICER, NEAR)
    assert (answer.status_code, answer.json["code"]) == (500, "unreadable")
    assert NUMBER not in answer.get_data(as_text=True)
