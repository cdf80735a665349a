"""Who is asking: Basic, Bearer, roles of today, and what is remembered for how long."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

import argon2
import jwt
import pytest
from argon2 import PasswordHasher

from service.api import accounts, memory
from tests.api.conftest import SECRET, OpenDesk, set_clock
from tests.api.desk import HEAD, PASSWORD, REGISTRAR, SCHOOL, Desk


def token(desk: Desk, who: str = HEAD) -> str:
    answer = desk.call("", "POST", "/api/token", json={"username": who, "password": PASSWORD})
    assert answer.status_code == 200
    assert answer.json["token_type"] == "Bearer"
    return str(answer.json["access_token"])


def me(desk: Desk, header: str) -> Any:
    return desk.client.get("/api/me", headers={"Authorization": header})


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Basic",
        "Basic !!!",
        "Basic Og==",  # an empty name and an empty password
        "Basic AAAA",
        "Basic /////w==",
        "Bearer",
        "Bearer x",
        "Bearer a.b.c",
        "Digest username=x",
        "Basic " + "A" * 5000,
        "Bearer " + "A" * 5000,
    ],
)
def test_without_valid_credentials_one_is_asked_for_them(desk: Desk, header: str) -> None:
    answer = desk.client.get("/api/me", headers={"Authorization": header} if header else {})
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Basic realm=")
    assert answer.json["code"] == "unauthenticated"


@pytest.mark.parametrize(
    ("name", "password"), [(HEAD, "wrong"), ("no_such_person", PASSWORD), ("", ""), ("a\0b", "c")]
)
def test_a_wrong_name_and_a_wrong_password_look_the_same(desk: Desk, name: str, password: str) -> None:
    answer = desk.client.get("/api/me", auth=(name, password))
    assert answer.status_code == 401
    assert "用户名或密码不正确" in answer.json["detail"]


def test_a_person_learns_who_he_is(desk: Desk) -> None:
    assert desk.get(HEAD, "/api/me") == {
        "id": HEAD,
        "username": HEAD,
        "name": "方红霞",
        "roles": [
            {
                "role": "head",
                "unit": SCHOOL,
                "unit_name": "长安区第一小学",
                "group": f"head@{SCHOOL}",
                "acting_for": "",
            }
        ],
        "powers": [],
        "substitutions": [],
    }
    assert desk.get("admin", "/api/me")["powers"] == ["admin"]


def test_a_token_stands_for_the_password(desk: Desk) -> None:
    answer = me(desk, f"Bearer {token(desk)}")
    assert answer.status_code == 200
    assert answer.json["id"] == HEAD


def claims(**changes: Any) -> dict[str, Any]:
    now = datetime.now(UTC)
    return {"sub": HEAD, "mark": "", "iat": now, "exp": now + timedelta(hours=1), **changes}


def mark_of(desk: Desk, who: str) -> str:
    ((stored,),) = desk.sql("select password_hash from person where id = %s", who)
    return hashlib.sha256(stored.encode()).hexdigest()[:16]


def test_a_token_made_right_is_taken(desk: Desk) -> None:
    """So that the refusals below are for what they name, and for nothing else."""
    made = jwt.encode(claims(mark=mark_of(desk, HEAD)), SECRET, algorithm="HS256")
    assert me(desk, f"Bearer {made}").status_code == 200


@pytest.mark.parametrize(
    ("key", "algorithm", "content"),
    [
        ("another secret, also long enough to sign", "HS256", claims()),
        (SECRET, "HS512", claims()),
        (SECRET, "HS256", claims(exp=datetime.now(UTC) - timedelta(seconds=1))),
        (SECRET, "HS256", claims(mark="the mark of an old password")),
        (SECRET, "HS256", {"sub": HEAD}),
        (SECRET, "HS256", claims(sub="nobody")),
        ("", "none", claims()),
    ],
)
def test_a_token_that_is_not_quite_right_is_refused(
    desk: Desk, key: str, algorithm: str, content: dict[str, Any]
) -> None:
    content = {**content, "mark": content.get("mark") or mark_of(desk, HEAD)}
    made = jwt.encode(content, key or None, algorithm=algorithm)
    assert me(desk, f"Bearer {made}").status_code == 401


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds on the clock of what is remembered; set by hand."""
    seconds = [0.0]
    monkeypatch.setattr(memory.time, "monotonic", lambda: seconds[0])
    return seconds


def test_a_changed_password_counts_within_seconds_and_ends_tokens(fresh_desk: Desk, now: list[float]) -> None:
    desk = fresh_desk
    old = token(desk)
    assert desk.get(HEAD, "/api/me")["id"] == HEAD
    desk.sql("update person set password_hash = %s where id = %s", PasswordHasher().hash("new"), HEAD)
    now[0] += accounts.PERSON_SECONDS + 1
    assert desk.call(HEAD, "GET", "/api/me").status_code == 401
    assert desk.call(HEAD, "GET", "/api/me", auth=(HEAD, "new")).status_code == 200
    assert me(desk, f"Bearer {old}").status_code == 401


def test_a_person_who_left_is_out_within_seconds(fresh_desk: Desk, now: list[float]) -> None:
    assert fresh_desk.get(HEAD, "/api/me")["id"] == HEAD
    fresh_desk.sql("update person set active = false where id = %s", HEAD)
    now[0] += accounts.PERSON_SECONDS + 1
    assert fresh_desk.call(HEAD, "GET", "/api/me").status_code == 401


def test_a_verified_password_is_not_hashed_again_for_a_minute(
    fresh_desk: Desk, now: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed = []
    verify = PasswordHasher.verify

    def counting(self: PasswordHasher, stored: str, password: str) -> bool:
        hashed.append(password)
        return verify(self, stored, password)

    monkeypatch.setattr(PasswordHasher, "verify", counting)
    for _ in range(5):
        fresh_desk.get(HEAD, "/api/me")
    assert len(hashed) == 1
    now[0] += accounts.PASSWORD_SECONDS + 1
    fresh_desk.get(HEAD, "/api/me")
    assert len(hashed) == 2


def test_a_name_nobody_has_costs_as_much_as_a_wrong_password(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    parameters = []
    verify = PasswordHasher.verify

    def watching(self: PasswordHasher, stored: str, password: str) -> bool:
        parameters.append(argon2.extract_parameters(stored))
        return verify(self, stored, password)

    monkeypatch.setattr(PasswordHasher, "verify", watching)
    for name in ("nobody_of_this_name", HEAD):
        assert desk.client.get("/api/me", auth=(name, "wrong")).status_code == 401
    assert len(parameters) == 2
    assert parameters[0] == parameters[1]


@pytest.mark.parametrize("column", ["trained", "filed"])
@pytest.mark.parametrize("day", ["null", "date '2026-09-04'"])
def test_a_registrar_who_is_not_trained_and_filed_today_has_no_role(
    application_of: OpenDesk, column: str, day: str
) -> None:
    with application_of() as desk:
        desk.sql(f"update unit_role set {column} = {day} where person = %s", REGISTRAR)
        assert desk.get(REGISTRAR, "/api/me")["roles"] == []
        desk.deploy_small()
        assert desk.start().status_code == 403


REGISTRARS = """
    start begin form=small_start
    user fill groups=registrar@receiving_school form=small_decision name=学籍管理员办理 doc=MOE2016-3.1-a
    end granted
    begin -> fill -> granted
"""


def test_who_stops_being_filed_in_the_middle_of_a_claim_cannot_complete(
    application_of: OpenDesk, now: list[float]
) -> None:
    with application_of() as desk:
        assert desk.deploy_small(REGISTRARS).status_code == 200
        task = desk.begin().task
        assert desk.post(REGISTRAR, f"/engine-rest/task/{task}/claim").status_code == 204
        desk.sql("update unit_role set filed = null where person = %s", REGISTRAR)
        now[0] += accounts.PERSON_SECONDS + 1
        assert desk.complete(REGISTRAR, task, decision="approve").status_code == 404
        assert desk.get(REGISTRAR, "/engine-rest/task") == []
        desk.sql(
            """insert into unit_role (person, role, unit, trained, filed)
               values (%s, 'registrar', %s, '2026-01-01', '2026-01-01')""",
            HEAD,
            SCHOOL,
        )
        now[0] += accounts.PERSON_SECONDS + 1
        assert desk.complete(HEAD, task, decision="approve").status_code == 409, "still held"
        taken = desk.post(HEAD, f"/api/tasks/{task}/hand-over", {"to": HEAD, "reason": "原经办人未备案"})
        assert taken.status_code in (200, 204), taken.json
        assert desk.complete(HEAD, task, decision="approve").status_code == 204


def test_a_colleague_who_may_go_on_keeps_the_task(application_of: OpenDesk, now: list[float]) -> None:
    with application_of() as desk:
        assert desk.deploy_small().status_code == 200
        task = desk.begin().task
        assert desk.post(HEAD, f"/engine-rest/task/{task}/claim").status_code == 204
        desk.sql("insert into unit_role (person, role, unit) values (%s, 'head', %s)", REGISTRAR, SCHOOL)
        now[0] += accounts.PERSON_SECONDS + 1
        path, body = f"/api/tasks/{task}/hand-over", {"to": REGISTRAR, "reason": "抢单"}
        assert desk.post(REGISTRAR, path, body).json["winner"] == "方红霞"
        desk.sql("update person set active = false where id = %s", HEAD)
        assert desk.post(REGISTRAR, path, body).status_code in (200, 204)


def test_roles_follow_the_business_day(application_of: OpenDesk) -> None:
    with application_of() as desk:
        desk.sql("update unit_role set filed = date '2026-09-04' where person = %s", REGISTRAR)
        set_clock(desk.url, "2026-09-04 00:00+08")
        assert [one["role"] for one in desk.get(REGISTRAR, "/api/me")["roles"]] == ["registrar"]


def test_a_memory_forgets_the_oldest_when_it_is_full() -> None:
    kept: memory.Memory[int, int] = memory.Memory(60)
    for number in range(memory.MOST + 5):
        kept.put(number, number)
    assert kept.get(4) is None
    assert kept.get(5) == 5
    kept.clear()
    assert kept.get(5) is None
