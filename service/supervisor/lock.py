"""One supervisor a DATA_DIR: a lock that ends with its holder, however that ends."""

from __future__ import annotations

import fcntl
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import psutil

from service.supervisor.errors import CannotStart


@contextmanager
def alone(data_dir: Path) -> Iterator[None]:
    """Hold the lock of ``data_dir`` and leave word who holds it."""
    with _file(data_dir).open("a+") as lock:
        if not _take(lock):
            raise CannotStart(
                f"{data_dir} 已有一个服务在运行",
                cure="请先运行 xueji stop，或用环境变量 DATA_DIR 指定另一个数据目录",
            )
        ourselves = psutil.Process()
        lock.truncate(0)
        lock.write(json.dumps({"pid": ourselves.pid, "command": ourselves.cmdline()}))
        lock.flush()
        yield


def holder(data_dir: Path) -> psutil.Process | None:
    """The process that holds the lock; None when nobody does."""
    with _file(data_dir).open("a+") as lock:
        if _take(lock):
            return None
        lock.seek(0)
        word = json.loads(lock.read())
    process = psutil.Process(word["pid"])
    if process.cmdline() != word["command"]:  # another machine or container shares this folder
        raise CannotStart(f"{data_dir} 的服务不在本机运行", cure="请在运行它的机器上停止它")
    return process


def _take(lock: IO[str]) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _file(data_dir: Path) -> Path:
    return data_dir / "run" / "supervisor.lock"
