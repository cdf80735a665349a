"""How measurements are told: tables, and bars that say whether a promise is kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.table import Table


class Report:
    """Collects tables and bars and prints them as they come."""

    def __init__(self) -> None:
        self.console = Console(width=120)
        self.missed: list[str] = []
        self._bars: list[tuple[str, str, str, bool]] = []

    def table(self, title: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        table = Table(title=title, title_justify="left")
        for position, column in enumerate(columns):
            table.add_column(column, justify="left" if position == 0 else "right")
        for row in rows:
            table.add_row(*row)
        self.console.print(table)

    def bar(self, name: str, value: float, bound: float, unit: str, *, most: bool = False) -> None:
        """One promise: at least ``bound``, or at most with ``most``."""
        kept = value <= bound if most else value >= bound
        if not kept:
            self.missed.append(name)
        sign = "≤" if most else "≥"
        self._bars.append((name, f"{value:.3g} {unit}", f"{sign} {bound:g} {unit}", kept))

    def close(self) -> int:
        """Print the bars; 1 when one is missed."""
        rows = [(name, value, bound, "yes" if kept else "NO") for name, value, bound, kept in self._bars]
        self.table("what must be reached", ("promise", "measured", "bound", "kept"), rows)
        return 1 if self.missed else 0
