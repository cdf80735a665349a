"""Frees a PostgreSQL cluster from what a killed postmaster has left: processes, and its pid file.

PostgreSQL refuses to start while the pid in that file is alive, and after a restart of the machine it
may be anybody's. Every process of PostgreSQL works in the cluster's folder: by that it is known.
"""

from __future__ import annotations

import signal
import time
from contextlib import suppress
from pathlib import Path

import psutil

from service.supervisor.child import end_foreign
from service.supervisor.errors import CannotStart

_PATIENCE = 30.0


def free_cluster(cluster: Path) -> None:
    """End a server nobody watches any more, wait for its last sessions, remove the pid file."""
    pid_file = cluster / "postmaster.pid"
    if not pid_file.exists():
        return
    for process in _working_in(cluster):
        if _names(process, cluster):  # the postmaster; its sessions follow it by themselves
            end_foreign(process, signal.SIGINT, _PATIENCE)
    end = time.monotonic() + _PATIENCE
    while _working_in(cluster):
        if time.monotonic() > end:
            raise CannotStart(f"{cluster} 仍被其他 PostgreSQL 进程使用", cure="请先停止该进程")
        time.sleep(0.1)
    pid_file.unlink(missing_ok=True)


def _working_in(folder: Path) -> list[psutil.Process]:
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.NoSuchProcess, psutil.AccessDenied):  # not ours, then
            if process.status() != psutil.STATUS_ZOMBIE and process.cwd() == str(folder):
                found.append(process)
    return found


def _names(process: psutil.Process, folder: Path) -> bool:
    with suppress(psutil.NoSuchProcess):
        return str(folder) in process.cmdline()
    return False
