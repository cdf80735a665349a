"""Guessing passwords, sessions of browsers, changing a password, single sign-on."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from service.api import memory
from service.api.context import services
from service.api.limits import Limits, TooMany
from service.app import create_app
from service.casework import housekeeping
from service.store.attempts import FREE, MOST_NAMES
from service.store.db import db
from tests.api import provider
from tests.api.conftest import OpenDesk
from tests.api.desk import HEAD, PASSWORD, REGISTRAR, Desk

SITE = "http://localhost"


@pytest.fixture(scope="module")
def wide_desk(application_of: OpenDesk) -> Iterator[Desk]:
    with application_of() as desk:
        yield desk


def guess(desk: Desk, who: str, password: str = "wrong", address: str = "10.0.0.1") -> Any:
    place = {"REMOTE_ADDR": address}
    return desk.client.get("/api/me", auth=(who, password), environ_overrides=place)


def test_guessing_locks_the_name_for_that_address_only(wide_desk: Desk) -> None:
    desk = wide_desk
    assert [guess(desk, HEAD).status_code for _ in range(FREE)] == [401] * FREE
    locked = guess(desk, HEAD, PASSWORD)
    assert (locked.status_code, locked.json["code"]) == (429, "locked_out")
    assert 50 <= int(locked.headers["Retry-After"]) <= 60
    assert guess(desk, HEAD, PASSWORD, "10.0.0.2").status_code == 200
    assert desk.sql("select actor, detail->>'address' from journal where verb = 'lock_out'") == [
        (HEAD, "10.0.0.1")
    ]


def test_a_lock_ends_and_the_next_is_longer(wide_desk: Desk) -> None:
    desk, place = wide_desk, "10.0.1.1"
    for _ in range(FREE):
        guess(desk, REGISTRAR, address=place)
    pass_time = "update sign_in_attempt set locked_until = now() - interval '1s' where address = %s"
    desk.sql(pass_time, place)
    assert guess(desk, REGISTRAR, address=place).status_code == 401
    assert int(guess(desk, REGISTRAR, address=place).headers["Retry-After"]) > 60
    desk.sql(pass_time, place)
    assert guess(desk, REGISTRAR, PASSWORD, place).status_code == 200
    kept = desk.sql(
        "select failures, locked_until, username like '%%registrar%%' from sign_in_attempt where address = %s",
        place,
    )
    assert kept == [(0, None, False)]


def test_one_password_on_many_names_locks_the_address_for_names_it_does_not_know(wide_desk: Desk) -> None:
    desk, place = wide_desk, "10.0.3.1"
    known, other = "analyst", "operator"
    assert guess(desk, known, PASSWORD, place).status_code == 200
    codes = [guess(desk, f"person{number}", "123456", place).status_code for number in range(MOST_NAMES)]
    assert codes == [401] * MOST_NAMES
    locked = guess(desk, other, PASSWORD, place)
    assert (locked.status_code, locked.json["code"]) == (429, "locked_out")
    assert 3000 < int(locked.headers["Retry-After"]) <= 3600
    assert guess(desk, known, "wrong", place).status_code == 401
    assert guess(desk, known, PASSWORD, place).status_code == 200
    assert guess(desk, other, PASSWORD, "10.0.3.2").status_code == 200


def test_one_machine_of_ipv6_is_one_address_however_many_it_has(wide_desk: Desk) -> None:
    codes = [
        guess(wide_desk, "nobody6", address=f"2001:db8::{number}").status_code for number in range(FREE + 1)
    ]
    assert codes == [401] * FREE + [429]


def test_guesses_sent_at_once_are_no_more_than_guesses_one_by_one(application_of: OpenDesk) -> None:
    with application_of() as desk, ThreadPoolExecutor(16) as pool:
        codes = list(pool.map(lambda _: guess(Desk(desk.app, desk.url), HEAD).status_code, range(16)))
    assert (codes.count(401), codes.count(429)) == (FREE, 16 - FREE)


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        (None, 200),
        ("http://localhost", 200),
        ("file://", 200),  # Camunda Modeler
        ("https://evil.example", 403),
        ("http://localhost.evil.example", 403),
        ("null", 403),
    ],
)
def test_another_sites_page_changes_nothing_with_a_remembered_password(
    wide_desk: Desk, origin: str | None, status: int
) -> None:
    headers = {"Origin": origin} if origin else {}
    assert wide_desk.call(HEAD, "POST", "/engine-rest/task", json={}, headers=headers).status_code == status
    assert wide_desk.call(HEAD, "GET", "/engine-rest/task", headers=headers).status_code == 200


def test_names_nobody_has_are_locked_alike(wide_desk: Desk) -> None:
    codes = [guess(wide_desk, "nobody_at_all", address="10.0.2.1").status_code for _ in range(FREE + 1)]
    assert codes == [401] * FREE + [429]


def test_addresses_open_to_strangers_are_limited(application_of: OpenDesk) -> None:
    with application_of(stranger_limit=5) as desk:
        codes = [desk.client.post("/api/token", json={}).status_code for _ in range(12)]
    assert set(codes) == {400, 429}
    assert codes[0] == 400


def test_a_person_is_limited_and_a_dead_redis_keeps_nobody_out(redis_url: str) -> None:
    limits = Limits(redis_url, 3, 2)
    for _ in range(3):
        limits.check_person("busy")
    limits.check_person("another")
    with pytest.raises(TooMany):
        limits.check_person("busy")
    Limits("redis://127.0.0.1:1/0", 1, 1).check_person("x")
    Limits("", 0, 0).check_person("x")


def sign_in(desk: Desk, who: str = HEAD, password: str = PASSWORD) -> Any:
    return desk.client.post("/api/session", json={"username": who, "password": password})


def test_a_session_needs_its_token_for_every_change(application_of: OpenDesk) -> None:
    with application_of() as desk:
        opened = sign_in(desk)
        assert opened.status_code == 200
        cookie = opened.headers["Set-Cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
        assert desk.client.get("/api/me").json["id"] == HEAD
        assert desk.client.post("/engine-rest/task", json={}).status_code == 403
        right = {"X-CSRF-Token": opened.json["csrf_token"]}
        assert desk.client.post("/engine-rest/task", json={}, headers=right).status_code == 200
        assert (
            desk.client.post("/engine-rest/task", json={}, headers={"X-CSRF-Token": "ü"}).status_code == 403
        )
        assert desk.client.delete("/api/session", headers=right).status_code == 204
        assert desk.client.get("/api/me").status_code == 401


def test_signing_out_ends_a_stolen_cookie_and_no_other(application_of: OpenDesk) -> None:
    with application_of() as desk:
        opened = sign_in(desk)
        thief, elsewhere = Desk(desk.app, desk.url), Desk(desk.app, desk.url)
        thief.client.set_cookie("xueji", opened.headers["Set-Cookie"].partition("=")[2].partition(";")[0])
        assert thief.client.get("/api/me").json["id"] == HEAD, "as long as the session lasts, it is one"
        assert "Set-Cookie" not in thief.client.get("/api/me").headers, "using it makes it last no longer"
        assert sign_in(elsewhere).status_code == 200
        right = {"X-CSRF-Token": opened.json["csrf_token"]}
        assert desk.client.delete("/api/session", headers=right).status_code == 204
        again = Desk(desk.app, desk.url)
        again.client.set_cookie("xueji", opened.headers["Set-Cookie"].partition("=")[2].partition(";")[0])
        for client in (thief.client, again.client):
            assert client.get("/api/me").status_code == 401
            assert client.post("/engine-rest/task", json={}, headers=right).status_code == 401
        assert elsewhere.client.get("/api/me").status_code == 200, (
            "another session of the same person goes on"
        )
        ((digest,),) = desk.sql("select id from ended_session")
        assert len(digest) == 64, "nobody who reads the table can make a cookie of it"
        desk.sql("update ended_session set until = now() - interval '1 second'")
        with desk.app.app_context():
            housekeeping.expire_requests()
        assert desk.sql("select id from ended_session") == []


def test_programs_cost_no_look_at_sessions(application_of: OpenDesk) -> None:
    with application_of() as desk:
        desk.sql("drop table ended_session")
        assert desk.get(HEAD, "/api/me")["id"] == HEAD


def test_a_changed_password_ends_sessions_and_tokens(
    application_of: OpenDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    with application_of() as desk:
        token = {"X-CSRF-Token": sign_in(desk).json["csrf_token"]}
        change = {"old": PASSWORD, "new": "a longer password"}
        wrong = desk.client.post("/api/password", json={**change, "old": "x"}, headers=token)
        assert wrong.status_code == 401
        for weak in ("short", f"xx{HEAD}xx"):
            answer = desk.client.post("/api/password", json={**change, "new": weak}, headers=token)
            assert answer.status_code == 422
        assert desk.client.post("/api/password", json=change, headers=token).status_code == 204
        monkeypatch.setattr(memory, "time", memory.time)
        assert desk.client.get("/api/me").status_code == 401, "the session is over"
        assert sign_in(desk, password="a longer password").status_code == 200
        assert desk.sql("select actor from journal where verb = 'change_password'") == [(HEAD,)]


@pytest.fixture
def single(application_of: OpenDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A desk whose installation trusts a provider that has just verified the head."""
    monkeypatch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")
    with application_of() as desk, provider.running(HEAD, f"{SITE}/api/oidc/callback") as found:
        with desk.app.app_context():
            base = services().settings
        settings = replace(
            base,
            site_url=SITE,
            oidc_issuer=found.issuer,
            oidc_client_id=provider.CLIENT_ID,
            oidc_client_secret=provider.CLIENT_SECRET,
        )
        app = create_app(settings)
        yield Desk(app, desk.url), found
        with app.app_context():
            db.engine.dispose()


def come_back(desk: Desk) -> str:
    """Go to the provider and take its answer: the address it sends the browser to."""
    there = desk.client.get("/api/oidc/login")
    assert there.status_code == 302, there.get_data(as_text=True)
    assert "code_challenge_method=S256" in there.location
    answer = requests.get(there.location, allow_redirects=False, timeout=10)
    assert answer.status_code == 302, answer.text
    return answer.headers["Location"].removeprefix(SITE)


def test_single_sign_on_at_a_real_provider(single: Any) -> None:
    desk, _ = single
    back = come_back(desk)
    answer = desk.client.get(back)
    assert answer.status_code == 302, answer.get_data(as_text=True)
    assert desk.client.get("/api/me").json["id"] == HEAD
    assert desk.client.get(back).status_code == 401, "a code counts once"


def test_single_sign_on_of_nobody_we_know(single: Any) -> None:
    desk, found = single
    found.username = "somebody_else"
    answer = desk.client.get(come_back(desk))
    assert (answer.status_code, answer.json["code"]) == (401, "unauthenticated")
    assert desk.client.get("/api/oidc/callback?code=x&state=y").status_code == 401


def test_an_answer_of_the_provider_to_another_question_counts_for_nothing(single: Any) -> None:
    """Somebody else's answer (another state), or one whose token was made for another sign-in (another nonce)."""
    desk, _ = single
    stolen = come_back(desk)
    victim = Desk(desk.app, desk.url)
    assert victim.client.get(stolen).status_code == 401, "the state belongs to another browser"
    come_back(victim)
    with victim.client.session_transaction() as kept:
        (name,) = [key for key in kept if key.startswith("_state_")]
        kept[name]["data"]["nonce"] = "another"
        kept.modified = True
        state = name.rpartition("_")[2]
    code = parse_qs(urlsplit(come_back(desk)).query)["code"][0]
    answer = victim.client.get(f"/api/oidc/callback?code={code}&state={state}")
    assert answer.status_code == 401
    assert victim.client.get("/api/me").status_code == 401


def test_a_session_somebody_put_into_the_browser_is_not_kept_at_sign_in(application_of: OpenDesk) -> None:
    with application_of() as desk:
        first = sign_in(desk, REGISTRAR).json["csrf_token"]
        second = sign_in(desk, HEAD).json["csrf_token"]
        assert first != second
        assert desk.client.get("/api/me").json["id"] == HEAD
        old = desk.client.post("/engine-rest/task", json={}, headers={"X-CSRF-Token": first})
        assert old.status_code == 403


def test_without_a_provider_there_is_no_single_sign_on(wide_desk: Desk) -> None:
    assert wide_desk.client.get("/api/oidc/login").status_code == 404
