"""The two commands of a newcomer, as far as a test can go: make run as a whole, and what make installs."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import tomllib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import psycopg
import pytest
import requests

from service.settings import ROOT
from service.supervisor.ports import free_port
from service.supervisor.postgres import libpq_url
from tests.processes import eventually, processes_in


class Installation:
    """``make run`` over a data folder of its own."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.makes: list[subprocess.Popen[str]] = []

    def start(self) -> subprocess.Popen[str]:
        outside = {"DATABASE_URL", "REDIS_URL", "MAKEFLAGS", "MAKELEVEL"}
        environment = {name: value for name, value in os.environ.items() if name not in outside}
        make = subprocess.Popen(
            ["make", "--silent", "run"],
            cwd=ROOT,
            env=environment | {"DATA_DIR": str(self.data_dir), "PORT": str(self.port)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.makes.append(make)
        eventually(lambda: make.poll() is not None or self._announced(), seconds=60)
        assert make.poll() is None, make.communicate()[0]
        return make

    def _announced(self) -> bool:
        return (self.data_dir / "run" / "installation.json").exists()

    def pid(self, name: str) -> int:
        records = json.loads((self.data_dir / "run" / "children.json").read_text())
        return next(int(record["pid"]) for record in records if record["name"] == name)

    def healthy(self) -> bool:
        with suppress(requests.RequestException):
            return requests.get(f"{self.url}/health", timeout=5).ok
        return False

    def database_answers(self) -> bool:
        address = json.loads((self.data_dir / "run" / "installation.json").read_text())["database_url"]
        with suppress(psycopg.OperationalError), psycopg.connect(libpq_url(address)) as connection:
            return connection.execute("select 1").fetchone() == (1,)
        return False

    def close(self) -> None:
        for process in processes_in(self.data_dir):
            process.kill()
        for make in self.makes:
            make.kill()
            make.wait()
            assert make.stdout
            make.stdout.close()


@pytest.fixture
def installation() -> Iterator[Installation]:
    folder = Path(tempfile.mkdtemp(prefix="xueji-install-"))
    installation = Installation(folder)
    yield installation
    installation.close()
    shutil.rmtree(folder)


def test_make_run_survives_deaths_and_ends_without_a_trace(installation: Installation) -> None:
    make = installation.start()
    assert installation.healthy()

    postgres, web = installation.pid("postgres"), installation.pid("web")
    os.kill(postgres, signal.SIGKILL)
    os.kill(web, signal.SIGKILL)
    eventually(
        lambda: postgres != installation.pid("postgres") and web != installation.pid("web"), seconds=30
    )
    eventually(lambda: installation.healthy() and installation.database_answers(), seconds=60)

    for process in psutil.Process(make.pid).children():
        process.kill()
    make.communicate(timeout=15)
    assert installation.healthy(), "what a killed supervisor leaves goes on"

    (installation.data_dir / "run" / "installation.json").unlink()
    make = installation.start()
    assert installation.healthy()
    make.send_signal(signal.SIGTERM)
    output, _ = make.communicate(timeout=40)
    assert output.count(installation.url) == 1
    assert "遗留的进程" in output
    assert processes_in(installation.data_dir) == []
    assert not installation.healthy()


def test_make_run_names_a_port_that_is_taken(installation: Installation) -> None:
    with socket.create_server(("127.0.0.1", installation.port)), pytest.raises(AssertionError) as failure:
        installation.start()
    assert f"端口 {installation.port}（127.0.0.1）已被其他程序占用" in str(failure.value)


PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def test_every_dependency_says_why_it_is_there_and_has_a_locked_version() -> None:
    locked = {_name(line) for line in (ROOT / "requirements.lock").read_text().splitlines()}
    extras = PROJECT["optional-dependencies"].values()
    wanted = [*PROJECT["dependencies"], *(item for extra in extras for item in extra)]
    assert {_name(item) for item in wanted} <= locked
    lines = (ROOT / "pyproject.toml").read_text().splitlines()
    for item in wanted:
        place = next(number for number, line in enumerate(lines) if line.strip().startswith(f'"{item}"'))
        above = next(line for line in reversed(lines[:place]) if not line.strip().startswith('"'))
        assert above.strip().startswith("#"), item


def test_the_lock_holds_exact_versions_and_no_addresses() -> None:
    for line in (ROOT / "requirements.lock").read_text().splitlines():
        assert re.fullmatch(r"[\w.-]+==[\w.+!]+", line), line


def _name(requirement: str) -> str:
    return re.sub(r"[-_.]+", "-", re.split(r"[^\w.-]", requirement)[0]).lower()
