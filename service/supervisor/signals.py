"""Signals of the supervisor: being asked to end, and waiting without missing a child's death."""

from __future__ import annotations

import os
import select
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType, TracebackType

_END = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


class Shutdown(BaseException):
    """Somebody asked us to end. Not an Exception: no handler of errors shall swallow it."""


class Signals:
    """While entered, a request to end is remembered, and raised only where it may interrupt.

    Between starting a child and noting its pid it may not, or the child would be lost.
    """

    def __enter__(self) -> Signals:
        self.requested = False
        self._interruptible = False
        self._reader, self._writer = os.pipe()
        os.set_blocking(self._reader, False)
        os.set_blocking(self._writer, False)
        self._before_fd = signal.set_wakeup_fd(self._writer, warn_on_full_buffer=False)
        self._before = {number: signal.signal(number, self._request) for number in _END}
        self._before[signal.SIGCHLD] = signal.signal(signal.SIGCHLD, lambda number, frame: None)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(self._before_fd)
        os.close(self._reader)
        os.close(self._writer)

    def _request(self, number: int, frame: FrameType | None) -> None:
        self.requested = True
        if self._interruptible:
            self._interruptible = False
            raise Shutdown

    @contextmanager
    def interruptible(self) -> Iterator[None]:
        """A stretch that a request to end breaks off."""
        self._interruptible = True
        try:
            if self.requested:
                raise Shutdown
            yield
        finally:
            self._interruptible = False

    def wait(self, seconds: float) -> None:
        """Sleep, but not through a signal."""
        if select.select([self._reader], [], [], seconds)[0]:
            while True:
                try:
                    os.read(self._reader, 4096)
                except BlockingIOError:
                    return
