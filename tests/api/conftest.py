"""A demonstration world behind the API: migrated, seeded and deployed once, then cloned for every test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from flask import Flask

from service.app import create_app
from service.casework.deployments import deploy_folder
from service.casework.installation import office
from service.casework.seeding import seed_demo
from service.settings import Settings
from service.store.db import db
from service.supervisor.postgres import libpq_url
from tests.api.desk import Desk

Clone = Callable[[str], AbstractContextManager[str]]
OpenDesk = Callable[..., AbstractContextManager[Desk]]
START = "2026-09-03 09:00+08"
SECRET = "a secret of tests, long enough for every algorithm that signs with one key"


def application(url: str, folder: Path, **settings: Any) -> Flask:
    """An application over a database; without limits on how often one may ask unless ``settings`` says so."""
    address = url.replace("postgresql://", "postgresql+psycopg://")
    usual = {"demo": True, "secret": SECRET, "upload_limit": 5, "rate_limit": 0, "stranger_limit": 0}
    return create_app(Settings(data_dir=folder, database_url=address, **(usual | settings)))


def set_clock(url: str, moment: str) -> None:
    """Put the business clock anywhere, also back."""
    with psycopg.connect(libpq_url(url), autocommit=True) as connection:
        connection.execute(
            """insert into setting (key, value)
               values ('clock_offset', to_jsonb(extract(epoch from cast(%s as timestamptz) - clock_timestamp())))
               on conflict (key) do update set value = excluded.value""",
            [moment],
        )


@pytest.fixture(scope="session")
def world_template(
    clone_database: Clone, template_database: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """Name of a database with the demonstration world and everything in processes/ deployed."""
    with clone_database(template_database) as url:
        app = application(url, tmp_path_factory.mktemp("template"))
        set_clock(url, START)
        with app.app_context():
            seed_demo(office().shelf.rules)
            deploy_folder(office())
            db.engine.dispose()
        yield url.partition("?")[0].rpartition("/")[2]


@pytest.fixture(scope="module")
def application_of(
    clone_database: Clone, world_template: str, tmp_path_factory: pytest.TempPathFactory
) -> OpenDesk:
    """A function that opens a desk over a database of its own: a context manager."""

    @contextmanager
    def opened(**settings: Any) -> Iterator[Desk]:
        with clone_database(world_template) as url:
            app = application(url, tmp_path_factory.mktemp("data"), **settings)
            yield Desk(app, url)
            with app.app_context():
                db.engine.dispose()

    return opened


@pytest.fixture(scope="module")
def shared_desk(application_of: OpenDesk) -> Iterator[Desk]:
    with application_of() as desk:
        assert desk.deploy_small().status_code == 200
        yield desk


@pytest.fixture
def desk(shared_desk: Desk) -> Desk:
    """People at their desks, over one database for the tests of a module; the small procedure is deployed."""
    return shared_desk


@pytest.fixture
def fresh_desk(application_of: OpenDesk) -> Iterator[Desk]:
    """Like ``desk``, over a database of this test's own, for what changes the world of others; nothing deployed."""
    with application_of() as desk:
        yield desk
