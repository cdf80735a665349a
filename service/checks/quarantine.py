"""Uploads are first read in a process of their own, with limits of size, time and memory.

One warm process a server process, started when first needed and replaced when it had to be ended. Only files it
could read are looked at any further.
"""

from __future__ import annotations

import os
import select
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

import orjson

from service.errors import BadDefinition, TooLarge

LARGEST_FILE = 2 << 20
LARGEST_UPLOAD = 16 << 20
SECONDS = 5.0  # a file; the largest of ours takes some milliseconds
_START_SECONDS = 30.0  # until a new process has loaded what it needs, on a busy machine


@dataclass
class _Worker:
    """The reading process; belongs to the process that started it."""

    pid: int = 0
    child: subprocess.Popen[bytes] | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)

    def ask(self, name: str, content: bytes) -> list[str]:
        """The reader's verdict on a file."""
        with self.lock:
            answer = self._asked(name, content) if self._ready() else None
            if answer is None:
                self.end()
                return ["文件无法在限定的时间和内存内读完", "请把图拆小，并用建模工具重新导出"]
            return answer

    def _ready(self) -> bool:
        """Have a living process of our own that has loaded what it needs."""
        if self.child is not None and self.pid == os.getpid() and self.child.poll() is None:
            return True
        self.end()
        command = [sys.executable, "-m", "service.checks.quarantine_worker"]
        self.child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.pid = os.getpid()
        assert self.child.stdout is not None
        return _line(self.child.stdout.fileno(), _START_SECONDS) is not None

    def _asked(self, name: str, content: bytes) -> list[str] | None:
        assert self.child is not None
        assert self.child.stdin is not None
        assert self.child.stdout is not None
        try:
            self.child.stdin.write(orjson.dumps([name, len(content)]) + b"\n" + content)
            self.child.stdin.flush()
        except OSError:
            return None
        return _line(self.child.stdout.fileno(), SECONDS)

    def end(self) -> None:
        """End the process, whatever it is doing."""
        if self.child is not None and self.pid == os.getpid():
            self.child.kill()
            for stream in (self.child.stdin, self.child.stdout):
                if stream is not None:
                    _close(stream)
            self.child.wait()
        self.child = None


def _close(stream: object) -> None:
    try:
        stream.close()  # type: ignore[attr-defined]
    except OSError:
        return  # what was not yet written goes nowhere any more


def _line(descriptor: int, seconds: float) -> list[str] | None:
    """One answer; None when it does not come in time or the process is gone."""
    deadline, read = time.monotonic() + seconds, b""
    while not read.endswith(b"\n"):
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([descriptor], [], [], left)[0]:
            return None
        part = os.read(descriptor, 1 << 16)
        if not part:
            return None
        read += part
    answer: list[str] = orjson.loads(read)
    return answer


_worker = _Worker()


def screen(files: Mapping[str, bytes]) -> None:
    """Raises TooLarge or BadDefinition for an upload that cannot be read in bounded time and memory."""
    for name, content in files.items():
        if len(content) > LARGEST_FILE:
            raise TooLarge(f"文件超过 {LARGEST_FILE >> 20} MB", file=name, cure="请把流程拆成几个文件")
    if sum(map(len, files.values())) > LARGEST_UPLOAD:
        raise TooLarge(f"上传的文件合计超过 {LARGEST_UPLOAD >> 20} MB", cure="请分几次上传")
    for name, content in files.items():
        answer = _worker.ask(name, content)
        if answer:
            message, cure = answer
            raise BadDefinition(message, file=name, cure=cure)


def dismiss() -> None:
    """End the reading process; the next upload starts another."""
    with _worker.lock:
        _worker.end()
