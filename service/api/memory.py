"""A small memory with a term: what is kept longer than its seconds is gone. Shared by threads."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from typing import Generic, TypeVar

Key = TypeVar("Key")
Thing = TypeVar("Thing")

MOST = 1000


class Memory(Generic[Key, Thing]):
    """Keeps up to ``MOST`` things; the one kept longest makes room."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._kept: OrderedDict[Key, tuple[float, Thing]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Key) -> Thing | None:
        """What is remembered, or None."""
        found = self._kept.get(key)
        return found[1] if found is not None and time.monotonic() < found[0] else None

    def put(self, key: Key, thing: Thing) -> None:
        """Remember a thing from now on."""
        with self._lock:
            self._kept.pop(key, None)
            self._kept[key] = (time.monotonic() + self._seconds, thing)
            while len(self._kept) > MOST:
                self._kept.popitem(last=False)

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._kept.clear()
