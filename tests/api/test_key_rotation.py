"""Keys of personal data rotate beside normal work: old ones read, new ones write, and everybody is found again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from service.casework import keys
from service.store.db import db
from tests.api.conftest import OpenDesk, application
from tests.api.desk import STRANGER, STUDENT, Desk
from tests.api.test_personal_data import (
    NEAR,
    NEW_KEY,
    NEWER_KEY,
    NUMBER,
    NUMBERED,
    NUMBERS,
    OFFICER,
    WORLD,
    last_entry,
    reveal,
)


@pytest.fixture
def reopen(tmp_path: Any) -> Iterator[Callable[..., Desk]]:
    """The same database under other keys; every application is closed at the end."""
    opened: list[Desk] = []

    def again(desk: Desk, **keys: str) -> Desk:
        opened.append(Desk(application(desk.url, tmp_path, **keys), desk.url))
        return opened[-1]

    yield again
    for one in opened:
        with one.app.app_context():
            db.engine.dispose()


def test_keys_rotate_and_old_ones_read_until_then(
    application_of: OpenDesk, reopen: Callable[..., Desk]
) -> None:
    with application_of() as desk:
        desk.deploy_small()
        desk.begin()
        later = reopen(desk, data_keys=f"b:{NEW_KEY}")
        assert reveal(later, OFFICER, NEAR).json["id_number"] == WORLD.students[NEAR].id_number
        with later.app.app_context():
            changed = keys.rotate()
            assert changed["personal_data"] == len(NUMBERS)
            assert changed["submission"] == 1
            assert set(keys.rotate().values()) == {0}
        newest = reopen(desk, data_keys=f"c:{NEWER_KEY},b:{NEW_KEY}")
        assert reveal(newest, OFFICER, NEAR).status_code == 200
        assert last_entry(newest, "rotate_keys")[2]["key"] == "b"
        lost = reveal(reopen(desk, data_keys=f"c:{NEWER_KEY}"), OFFICER, NEAR)
        assert (lost.status_code, lost.json["code"]) == (500, "unreadable")


def test_a_new_index_key_finds_again_after_rotating(
    application_of: OpenDesk, reopen: Callable[..., Desk]
) -> None:
    with application_of() as desk:
        other = reopen(desk, index_key=NEW_KEY)
        body = {"id_number": NUMBER, "name": WORLD.students[STUDENT].student.name}
        assert other.post(STRANGER, "/api/students/find", body).status_code == 404
        with other.app.app_context():
            assert keys.rotate()["digests"] == len(NUMBERS) + len(NUMBERED)
        assert other.post(STRANGER, "/api/students/find", body).status_code == 200
