"""Which scenarios there are, and playing many of them on the engine alone.

Knows the files of scenarios, not what shows the result.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from service.checks.memory_desk import MemoryDesk
from service.checks.people import Cast
from service.checks.rulebook import Rulebook
from service.checks.runner import Played, play
from service.checks.scenario import Scenario
from service.checks.scenario_file import load_scenarios, scenario_files
from service.errors import NotFound


def gather(
    book: Rulebook, files: Collection[Path] = (), *, regions: Collection[str] = (), words: str = ""
) -> list[Scenario]:
    """Scenarios of these files and regions (all, if none are named) with these words in their names."""
    known = list(scenario_files(book.law.regions))
    if files:
        known = _named(known, files)
    return [
        scenario
        for code, path in known
        if not regions or code in regions
        for scenario in load_scenarios(book.processes, path, code)
        if words in scenario.name
    ]


def play_all(book: Rulebook, scenarios: Iterable[Scenario]) -> Iterator[Played]:
    """Play each on a fork of the world of its own."""
    cast = Cast(book)
    for scenario in scenarios:
        yield play(scenario, MemoryDesk(book, scenario.at), cast, book.calendar(scenario.region))


def _named(known: list[tuple[str, Path]], files: Collection[Path]) -> list[tuple[str, Path]]:
    """The files asked for, with the region each lies in."""
    by_path = {path.resolve(): code for code, path in known}
    for path in files:
        if path.resolve() not in by_path:
            cure = "场景文件放在 processes/ 或地区文件夹里，名为 <业务>.scenarios.yaml"
            raise NotFound(f"没有场景文件 {path}", cure=cure)
    return [(by_path[path.resolve()], path) for path in files]
