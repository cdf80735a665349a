"""The servers of one test session: PostgreSQL and Valkey in a temporary folder.

Run as a program it is the guard of these servers: it starts them, writes their addresses to ready.json
and stays until the test session is gone, however the session ends, kill -9 included. Then it ends
them and removes the folder. The processes of pytest-xdist share one guard.
"""

from __future__ import annotations

import fcntl
import json
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType

import psutil

from service.supervisor.postgres import Postgres
from service.supervisor.valkey import Valkey

READY = "ready.json"

#: Keeps the guard's handle: Python warns of a child whose handle is dropped while it runs.
_started: list[subprocess.Popen[bytes]] = []


def addresses(folder: Path, session: int) -> dict[str, str]:
    """The addresses of the servers in ``folder``; whoever asks first starts them."""
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / READY).exists():
            _start_guard(folder, session)
    answer: dict[str, str] = json.loads((folder / READY).read_text())
    return answer


def _start_guard(folder: Path, session: int) -> None:
    with (folder / "guard.log").open("ab") as log:
        guard = subprocess.Popen(
            [sys.executable, "-m", "tests.servers", str(folder), str(session)],
            cwd=Path(__file__).parents[1],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    _started.append(guard)
    while not (folder / READY).exists():
        if guard.poll() is not None:
            raise RuntimeError(f"the test servers did not start:\n{(folder / 'guard.log').read_text()}")
        time.sleep(0.02)


def end(folder: Path) -> None:
    """End the servers, if there are any, and remove the folder."""
    if (folder / READY).exists():
        guard = psutil.Process(int(json.loads((folder / READY).read_text())["guard"]))
        guard.terminate()
        guard.wait(30)
    shutil.rmtree(folder, ignore_errors=True)


class Guard:
    """Two servers and the session they serve."""

    def __init__(self, folder: Path, session: int) -> None:
        self.folder = folder
        self.session = psutil.Process(session)
        self.postgres = Postgres.inside(folder, durable=False)
        self.valkey = Valkey(data_dir=folder, durable=False)
        self.children: list[subprocess.Popen[bytes]] = []

    def run(self) -> None:
        """Start, announce, wait for the end of the session, stop."""
        try:
            self._start()
            urls = {"postgres": self.postgres.url("postgres"), "redis": self.valkey.url}
            aside = self.folder / f"{READY}.new"
            aside.write_text(json.dumps(urls | {"guard": str(psutil.Process().pid)}))
            aside.rename(self.folder / READY)
            while self.session.is_running() and self.session.status() != psutil.STATUS_ZOMBIE:
                time.sleep(0.5)
        finally:
            self._stop()

    def _start(self) -> None:
        self.postgres.prepare()
        self.valkey.prepare()
        options = self.postgres.account.popen_options()
        postgres = subprocess.Popen(
            self.postgres.command(),
            cwd="/",
            env=self.postgres.environment(),
            start_new_session=True,
            **options,
        )
        self.children.append(postgres)
        valkey = subprocess.Popen(self.valkey.command(), start_new_session=True)
        self.children.append(valkey)
        self.postgres.wait_ready(seconds=30, alive=lambda: postgres.poll() is None)
        self.valkey.wait_ready(seconds=30, alive=lambda: valkey.poll() is None)

    def _stop(self) -> None:
        for child in self.children:
            child.send_signal(signal.SIGINT)  # for PostgreSQL: end all sessions, then stop
        for child in self.children:
            child.wait(20)
        shutil.rmtree(self.folder, ignore_errors=True)


def _leave(number: int, frame: FrameType | None) -> None:
    raise SystemExit(0)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, _leave)
    Guard(Path(sys.argv[1]), int(sys.argv[2])).run()
