"""Progress for the person who typed the command: one line a step, with its time."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console

console = Console(highlight=False, soft_wrap=True)


@contextmanager
def step(title: str) -> Iterator[None]:
    """Tell that a step is done and how long it took; a step that fails says so."""
    started = time.monotonic()
    try:
        with console.status(title):
            yield
    except BaseException:
        console.print(f"[red]✗[/] {title}")
        raise
    console.print(f"[green]✓[/] {title} [dim]{time.monotonic() - started:.1f} 秒[/]")
