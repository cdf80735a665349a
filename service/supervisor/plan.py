"""What an installation consists of: servers, preparations, programs."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

#: Waits until a child answers; it is given a function that tells whether the child still lives.
Ready = Callable[[Callable[[], bool]], None]


@dataclass(frozen=True, kw_only=True)
class ChildSpec:
    """A process to start, and how to end it.

    Its command line must contain DATA_DIR: by that a leftover is recognised.
    """

    name: str
    title: str
    command: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    popen_options: Mapping[str, object] = field(default_factory=dict)
    ready: Ready | None = None
    stop_signal: int = signal.SIGTERM
    patience: float = 20.0
    """Seconds to end in order before it is killed with everything it started."""


@dataclass(frozen=True, kw_only=True)
class Server(ChildSpec):
    """A child that others need: it answers before the next is started and is ended after all programs."""

    prepare: Callable[[], None]


@dataclass(frozen=True, kw_only=True)
class Plan:
    """The whole installation, in the order of its start."""

    data_dir: Path
    servers: tuple[Server, ...] = ()
    preparations: tuple[ChildSpec, ...] = ()
    """Run one after the other; each must end well before the next."""
    programs: tuple[ChildSpec, ...] = ()
    listens: tuple[str, int] | None = None
    """Must be free before anything is started."""
    announce: Callable[[], str] = lambda: ""
    """Called when everything runs; gives the line for the user."""
    withdraw: Callable[[], None] = lambda: None
    """Called before the end."""


def python_command(data_dir: Path, module: str, *arguments: str) -> tuple[str, ...]:
    """A Python program as a child; -X puts DATA_DIR into its command line without any other effect."""
    return (sys.executable, "-X", f"xueji={data_dir}{os.sep}", "-m", module, *arguments)
