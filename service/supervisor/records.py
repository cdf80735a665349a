"""The pids an installation has started, kept in DATA_DIR so that a later start finds leftovers.

A pid alone proves nothing: after a kill -9 it may belong to anybody. A leftover is ours only when the
process behind the recorded pid has the recorded command line, and DATA_DIR in it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

from service.supervisor.child import end_foreign


@dataclass(frozen=True, kw_only=True)
class Record:
    """One process as it was started."""

    name: str
    pid: int
    command: list[str]
    stop_signal: int
    patience: float


class Records:
    """The file of records of one installation."""

    def __init__(self, data_dir: Path) -> None:
        self._data_dir = data_dir
        self._file = data_dir / "run" / "children.json"

    def write(self, records: Iterable[Record]) -> None:
        """Replace the file in one piece."""
        aside = self._file.with_suffix(".new")
        aside.write_text(json.dumps([asdict(record) for record in records], ensure_ascii=False))
        aside.rename(self._file)

    def end_leftovers(self) -> list[str]:
        """End what a supervisor that was killed left running; last started, first ended. Gives the names."""
        ended = []
        for record, process in self._alive():
            end_foreign(process, record.stop_signal, record.patience)
            ended.append(record.name)
        self._file.unlink(missing_ok=True)
        return ended

    def _alive(self) -> Iterator[tuple[Record, psutil.Process]]:
        if not self._file.exists():
            return
        for entry in reversed(json.loads(self._file.read_text())):
            record = Record(**entry)
            process = self._ours(record)
            if process:
                yield record, process

    def _ours(self, record: Record) -> psutil.Process | None:
        try:
            process = psutil.Process(record.pid)
            same = process.cmdline() == record.command
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            return None
        return process if same and any(str(self._data_dir) in part for part in record.command) else None
