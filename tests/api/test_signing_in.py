"""Guessing passwords, sessions of browsers, changing a password, single sign-on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import requests

from service.api import memory
from service.api.context import services
from service.api.limits import Limits, TooMany
from service.app import create_app
from service.store.attempts import FREE
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
    assert desk.sql("select 1 from sign_in_attempt where address = %s", place) == []


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


def test_without_a_provider_there_is_no_single_sign_on(wide_desk: Desk) -> None:
    assert wide_desk.client.get("/api/oidc/login").status_code == 404
