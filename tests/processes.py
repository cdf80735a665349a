"""Looking at and waiting for processes in tests of the supervisor."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import psutil


def processes_in(folder: Path) -> list[psutil.Process]:
    """Every process that names ``folder`` in its command line or works in it."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.NoSuchProcess, psutil.AccessDenied):
            named = any(str(folder) in part for part in process.cmdline())
            if process.status() != psutil.STATUS_ZOMBIE and (
                named or Path(process.cwd()).is_relative_to(folder)
            ):
                found.append(process)
    return found


def eventually(condition: Callable[[], object], seconds: float = 15.0) -> None:
    """Wait until the condition holds; fail when it does not in time."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"not within {seconds} seconds"
        time.sleep(0.05)
