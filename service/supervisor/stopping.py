"""Ending an installation from another process."""

from __future__ import annotations

import signal
from pathlib import Path

from service.supervisor.child import end_foreign
from service.supervisor.lock import alone, holder
from service.supervisor.records import Records

#: Longer than any child of the supervisor may take.
_PATIENCE = 90.0


def stop(data_dir: Path) -> list[str]:
    """End the supervisor of ``data_dir`` and everything it left running; gives the names of what ended."""
    if not (data_dir / "run").is_dir():
        return []
    ended = []
    supervisor = holder(data_dir)
    if supervisor:
        end_foreign(supervisor, signal.SIGTERM, _PATIENCE)
        ended.append("supervisor")
    with alone(data_dir):
        return ended + Records(data_dir).end_leftovers()
