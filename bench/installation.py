"""An installation of its own for a measurement: started like ``make run`` does, in a folder that goes afterwards."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from service.bootstrap import STEPS
from service.settings import Settings
from service.supervisor.postgres import Postgres

READY_SECONDS = 90


@contextmanager
def installation(*, demo: bool = True) -> Iterator[Settings]:
    """A running installation with durable PostgreSQL; yields its settings."""
    folder = Path(tempfile.mkdtemp(prefix="xueji-bench-"))
    folder.chmod(0o755)
    port = _free_port()
    variables = {
        "DATA_DIR": str(folder),
        "PORT": str(port),
        "XUEJI_DEMO": str(int(demo)),
        "XUEJI_RATE_LIMIT": "0",
        "XUEJI_STRANGER_LIMIT": "0",
    }
    env = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
    with (folder / "supervisor.txt").open("w") as log:
        process = subprocess.Popen(
            [str(Path(sys.executable).with_name("xueji")), "run"],
            env={**env, **variables},
            stdout=log,
            stderr=log,
        )
        try:
            _wait(process, f"http://127.0.0.1:{port}/health", folder)
            yield _settings(variables)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def database() -> Iterator[Settings]:
    """Only the durable PostgreSQL, migrated, with demonstration data and everything deployed: no worker interferes."""
    folder = Path(tempfile.mkdtemp(prefix="xueji-bench-"))
    folder.chmod(0o755)
    server = Postgres.inside(folder)
    server.prepare()
    with (folder / "postgres.txt").open("w") as log:
        process = subprocess.Popen(
            server.command(),
            stdout=log,
            stderr=log,
            cwd="/",
            env=server.environment(),
            **server.account.popen_options(),
        )
        try:
            server.wait_ready(seconds=READY_SECONDS, alive=lambda: process.poll() is None)
            settings = Settings(data_dir=folder, database_url=server.url(), demo=True, secret="measured" * 8)
            for step in STEPS:
                step.run(settings)
            yield settings
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(60)
            shutil.rmtree(folder, ignore_errors=True)


def _settings(variables: dict[str, str]) -> Settings:
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        return replace(Settings.of_running(), demo=True)
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _wait(process: subprocess.Popen[bytes], url: str, folder: Path) -> None:
    end = time.monotonic() + READY_SECONDS
    while time.monotonic() < end:
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(url, timeout=1):  # noqa: S310  loopback
                if any((folder / "run").glob("installation.json")):
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise SystemExit(f"the installation did not start:\n{(folder / 'supervisor.txt').read_text()[-3000:]}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
