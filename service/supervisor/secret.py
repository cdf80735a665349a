"""Secrets an installation makes for itself the first time and keeps in DATA_DIR."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path


def keep_secret(path: Path, make: Callable[[], str]) -> str:
    """The secret in ``path``; made on first use, readable by its owner only.

    Two processes may ask at once: the secret is written aside and linked to its name, so the one that
    comes second finds a complete file and takes the other's secret.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        aside = path.with_name(f".{path.name}.{os.getpid()}")
        with open(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(make())
        try:
            os.link(aside, path)
        except FileExistsError:
            pass  # the other process was first: its secret counts
        aside.unlink()
    return path.read_text()
