"""Keeps the children's logs small: copies a large one aside and empties it.

The children append, so emptying is safe while they write.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

_LARGE = 10 * 1024 * 1024
_KEPT = 3


def rotate(folder: Path, *, large: int = _LARGE) -> None:
    """Rotate every log in ``folder`` that has grown too large."""
    for log in folder.glob("*.log"):
        if log.stat().st_size > large:
            for number in range(_KEPT, 1, -1):
                older = log.with_name(f"{log.name}.{number - 1}")
                if older.exists():
                    older.rename(log.with_name(f"{log.name}.{number}"))
            shutil.copy2(log, log.with_name(f"{log.name}.1"))
            os.truncate(log, 0)


def tail(log: Path, lines: int = 15) -> str:
    """The last lines of a log, for a message."""
    if not log.exists():
        return ""
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])
