"""What builders of random processes share: the dice, the lines so far, names, and the parts blocks are made of."""

from __future__ import annotations

import random
from dataclasses import dataclass, field


@dataclass
class Lines:
    """A sketch that is being written."""

    dice: random.Random
    lines: list[str] = field(default_factory=list)
    count: int = 0

    def name(self, kind: str) -> str:
        self.count += 1
        return f"{kind}{self.count}"

    def scope(self, depth: int, *, top: bool = False) -> None:
        """A level: start, blocks, end."""
        raise NotImplementedError

    def sequence(self, depth: int) -> tuple[str, str]:
        """Some blocks one after another; the first node and the last."""
        raise NotImplementedError

    def bounded(self, name: str) -> tuple[str, str]:
        """An event on the edge of an activity."""
        raise NotImplementedError
