"""Fixtures every test may use: a real PostgreSQL and a real Valkey, started when first asked for.

``postgres_url`` and ``redis_url`` belong to this test process alone (a database and a Redis number of
its own); ``database`` is an empty, migrated database for one test, cloned from a template.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest
from psycopg import sql

from service.settings import Settings
from tests import servers

if TYPE_CHECKING:
    from service.casework.context import Office

_FOLDER = pytest.StashKey[Path]()
_TEMPLATE = "template_xueji"


def pytest_configure(config: pytest.Config) -> None:
    """The process the user started owns the folder; the workers of pytest-xdist are told of it."""
    worker = getattr(config, "workerinput", None)
    if worker is not None:
        config.stash[_FOLDER] = Path(worker["servers"])
        return
    # Not below pytest's own temporary folder: PostgreSQL, run by another account for root, may not enter it.
    config.stash[_FOLDER] = Path(tempfile.mkdtemp(prefix="xueji-test-"))


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: pytest.Item) -> None:
    """Tell a worker of pytest-xdist where the servers of its session lie."""
    node.workerinput["servers"] = str(node.config.stash[_FOLDER])  # type: ignore[attr-defined]
    node.workerinput["session"] = os.getpid()  # type: ignore[attr-defined]


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        servers.end(config.stash[_FOLDER])


@pytest.fixture(scope="session")
def server_addresses(pytestconfig: pytest.Config) -> dict[str, str]:
    """Addresses of the session's servers, as their administrator."""
    session = getattr(pytestconfig, "workerinput", {}).get("session", os.getpid())
    return servers.addresses(pytestconfig.stash[_FOLDER], session)


@pytest.fixture(scope="session")
def worker_number(pytestconfig: pytest.Config) -> int:
    """0 without pytest-xdist, else 1, 2, …"""
    name: str = getattr(pytestconfig, "workerinput", {}).get("workerid", "gw-1")
    return int(name.removeprefix("gw")) + 1


@pytest.fixture(scope="session")
def postgres_url(server_addresses: dict[str, str], worker_number: int) -> Iterator[str]:
    """An empty database of this test process, without tables."""
    with _new_database(server_addresses["postgres"], f"worker_{worker_number}") as url:
        yield url


@pytest.fixture(scope="session")
def redis_url(server_addresses: dict[str, str], worker_number: int) -> str:
    """A Redis number of this test process."""
    return f"{server_addresses['redis'].rpartition('/')[0]}/{worker_number}"


@pytest.fixture(scope="session")
def template_database(server_addresses: dict[str, str], worker_number: int) -> Iterator[str]:
    """Name of a migrated database nobody is connected to."""
    from service.store.migrate import upgrade  # noqa: PLC0415  only tests with tables need the store

    name = f"{_TEMPLATE}_{worker_number}"
    with _new_database(server_addresses["postgres"], name) as url:
        upgrade(url)
        yield name


@pytest.fixture(scope="session")
def clone_database(server_addresses: dict[str, str], worker_number: int) -> Callable[[str], object]:
    """A function ``clone(template)``: a context manager whose value is the URL of a fresh copy."""
    numbers = count(1)

    def clone(template: str) -> object:
        return _new_database(server_addresses["postgres"], f"test_{worker_number}_{next(numbers)}", template)

    return clone


@pytest.fixture
def database(clone_database: Callable[[str], object], template_database: str) -> Iterator[str]:
    """URL of a migrated database that belongs to one test."""
    with clone_database(template_database) as url:  # type: ignore[attr-defined]
        yield url


@pytest.fixture(scope="session")
def ready_template(server_addresses: dict[str, str], worker_number: int) -> Iterator[str]:
    """Name of a database with the demonstration world and everything in processes/ deployed."""
    from service.bootstrap import STEPS  # noqa: PLC0415  only tests with tables need the service

    name = f"ready_xueji_{worker_number}"
    with _new_database(server_addresses["postgres"], name) as url:
        settings = settings_of(url)
        for step in STEPS:
            step.run(settings)
        yield name


@pytest.fixture
def ready_settings(clone_database: Callable[[str], object], ready_template: str) -> Iterator[Settings]:
    """Settings of a test's own database, ready to work."""
    with clone_database(ready_template) as url:  # type: ignore[attr-defined]
        yield settings_of(url)


@pytest.fixture
def office(ready_settings: Settings) -> Iterator[Office]:
    """An office over a test's own database, inside its application."""
    from service.casework import installation  # noqa: PLC0415

    with installation.at_work(ready_settings) as found:
        yield found


def settings_of(url: str) -> Settings:
    """Settings of a demonstration on a database."""
    return Settings(data_dir=Path(tempfile.gettempdir()), database_url=url, demo=True, secret="test" * 16)


@contextmanager
def _new_database(maintenance_url: str, name: str, template: str = "template0") -> Iterator[str]:
    names = {"name": sql.Identifier(name), "template": sql.Identifier(template)}
    _command(maintenance_url, sql.SQL("create database {name} template {template}").format(**names))
    try:
        yield maintenance_url.replace("/postgres?", f"/{name}?").removesuffix("/postgres")
    finally:
        _command(maintenance_url, sql.SQL("drop database {name} with (force)").format(**names))


def _command(url: str, statement: sql.Composed) -> None:
    from service.supervisor.postgres import libpq_url  # noqa: PLC0415

    with psycopg.connect(libpq_url(url), autocommit=True) as connection:
        connection.execute(statement)
