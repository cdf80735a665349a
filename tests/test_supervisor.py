"""The supervisor over small children: start, order of the end, deaths, leftovers of a kill -9."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from service.settings import ROOT
from service.supervisor.records import Record, Records
from service.supervisor.stopping import stop
from tests.processes import eventually, processes_in
from tests.supervised import sleeper


class Supervised:
    """A data folder and the supervisors a test starts over it."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir
        self.started: list[subprocess.Popen[str]] = []

    def start(self, preparation: str = "pass", *, wait: bool = True) -> subprocess.Popen[str]:
        for flag in self.data_dir.glob("*.up"):
            flag.unlink()
        supervisor = subprocess.Popen(
            [sys.executable, "-m", "tests.supervised", str(self.data_dir), preparation],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.started.append(supervisor)
        if wait:
            eventually(
                lambda: {"base.up", "tame.up", "stubborn.up"} <= {f.name for f in self.data_dir.iterdir()}
            )
        return supervisor

    def pid(self, name: str) -> int:
        records = json.loads((self.data_dir / "run" / "children.json").read_text())
        return next(int(record["pid"]) for record in records if record["name"] == name)

    def children(self) -> list[psutil.Process]:
        return [
            process for process in processes_in(self.data_dir) if "tests.supervised" not in process.cmdline()
        ]

    def close(self) -> None:
        for supervisor in self.started:
            supervisor.kill()
            supervisor.communicate()
        for process in processes_in(self.data_dir):
            process.kill()


@pytest.fixture
def supervised(tmp_path: Path) -> Iterator[Supervised]:
    supervised = Supervised(tmp_path)
    yield supervised
    supervised.close()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_ends_programs_before_servers_and_leaves_nothing(
    supervised: Supervised, number: int
) -> None:
    supervisor = supervised.start()
    supervisor.send_signal(number)
    output, _ = supervisor.communicate(timeout=15)
    assert supervisor.returncode == 0
    assert "everything runs" in output
    assert (supervised.data_dir / "ends").read_text().split() == ["tame", "base"]
    assert supervised.children() == []


def test_every_child_leads_a_session_of_its_own(supervised: Supervised) -> None:
    supervised.start()
    for name in ("base", "tame", "stubborn"):
        assert os.getsid(supervised.pid(name)) == supervised.pid(name)


def test_a_killed_child_is_started_again(supervised: Supervised) -> None:
    supervised.start()
    before = supervised.pid("tame")
    os.kill(before, signal.SIGKILL)
    eventually(lambda: supervised.pid("tame") != before)
    assert len(supervised.children()) == 3


def test_after_a_kill_of_the_supervisor_the_next_one_ends_what_is_left(supervised: Supervised) -> None:
    supervised.start().kill()
    left = {process.pid for process in supervised.children()}
    assert len(left) == 3
    supervised.start()
    now = {process.pid for process in supervised.children()}
    assert len(now) == 3
    assert not left & now


def test_stop_ends_a_running_supervisor_and_everything_of_it(supervised: Supervised) -> None:
    supervisor = supervised.start()
    assert stop(supervised.data_dir) == ["supervisor"]
    supervisor.communicate(timeout=15)
    assert supervised.children() == []
    assert stop(supervised.data_dir) == []


def test_stop_ends_the_leftovers_of_a_killed_supervisor(supervised: Supervised) -> None:
    supervised.start().kill()
    supervised.started[0].wait()
    assert stop(supervised.data_dir) == ["stubborn", "tame", "base"]
    assert supervised.children() == []


def test_a_second_supervisor_is_refused_and_the_first_goes_on(supervised: Supervised) -> None:
    supervised.start()
    second = supervised.start(wait=False)
    output, _ = second.communicate(timeout=15)
    assert second.returncode != 0
    assert "已有一个服务在运行" in output
    assert len(supervised.children()) == 3


def test_a_failed_preparation_ends_the_start_and_the_servers(supervised: Supervised) -> None:
    supervisor = supervised.start("import sys; sys.exit(3)", wait=False)
    output, _ = supervisor.communicate(timeout=15)
    assert supervisor.returncode != 0
    assert "first失败" in output
    assert supervised.children() == []


def test_a_signal_during_a_preparation_ends_everything(supervised: Supervised) -> None:
    begun = supervised.data_dir / "begun"
    preparation = "import pathlib, sys, time; pathlib.Path(sys.argv[1], 'begun').touch(); time.sleep(600)"
    supervisor = supervised.start(preparation, wait=False)
    eventually(begun.exists)
    supervisor.terminate()
    supervisor.communicate(timeout=15)
    assert supervisor.returncode == 0
    assert supervised.children() == []


def test_a_recorded_pid_that_belongs_to_somebody_else_is_left_alone(tmp_path: Path) -> None:
    """The pid was given to another program after the machine's or the container's restart."""
    (tmp_path / "run").mkdir()
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)", str(tmp_path)]) as stranger:
        record = Record(
            name="tame", pid=stranger.pid, command=list(sleeper(tmp_path, "tame")), stop_signal=9, patience=1
        )
        Records(tmp_path).write([record])
        assert Records(tmp_path).end_leftovers() == []
        assert stranger.poll() is None
        stranger.kill()
