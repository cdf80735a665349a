"""Both ways between clauses and the product: where each is cited, which scenario proves it, why one is not proven.

A scenario proves a clause when it names it and passed an element, flow or row that cites it; where only a process as a
whole cites it, a run of the process; where no diagram and no table does (a form or a data file does), naming it is all
there is. Knows files and played scenarios; shows nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from service.checks.citations import Citation, citations, of_lines
from service.checks.inspection import models
from service.checks.rulebook import Rulebook
from service.checks.runner import Played
from service.checks.scenario import Scenario
from service.checks.unproven import Unproven, load_duties
from service.policy.clauses import Clause

Place = tuple[str, str]  # a file's path, an element, flow or row in it


@dataclass(frozen=True, kw_only=True)
class Cited:
    """One place that cites a clause; ``walkable`` where a running case can pass it, ``whole`` where it is a process."""

    file: str
    at: Citation
    walkable: bool
    whole: bool = False

    @property
    def place(self) -> Place:
        return self.file, self.at.element


@dataclass(frozen=True, kw_only=True)
class ClauseTrace:
    """One clause: where it lives, what proves it, what names it without passing there, why it is not proven.

    ``due`` is one that has to be proven or listed with the reason why not.
    """

    clause: Clause
    cited: tuple[Cited, ...]
    proven_by: tuple[Scenario, ...]
    named_by: tuple[Scenario, ...]
    due: bool = False
    unproven: Unproven | None = None

    @property
    def state(self) -> str:
        """proven, cited (it lives in a file only) or open."""
        if self.proven_by:
            return "proven"
        return "cited" if self.cited else "open"


def trace_clauses(book: Rulebook, played: Iterable[Played]) -> tuple[ClauseTrace, ...]:
    """Every clause of the catalogue, in its order."""
    cited = _cited(book)
    proven: dict[str, list[Scenario]] = defaultdict(list)
    named: dict[str, list[Scenario]] = defaultdict(list)
    for one in played:
        walked = _walked(book, one)
        for clause in one.scenario.clauses:
            holds = one.failure is None and _proves(cited.get(clause, ()), walked)
            (proven if holds else named)[clause].append(one.scenario)
    duties = load_duties(book)
    return tuple(
        ClauseTrace(
            clause=clause,
            cited=tuple(cited.get(clause.id, ())),
            proven_by=tuple(proven.get(clause.id, ())),
            named_by=tuple(named.get(clause.id, ())),
            due=duties.due(clause),
            unproven=duties.unproven.get(clause.id),
        )
        for clause in book.clauses
    )


def unknown_clauses(book: Rulebook, scenarios: Iterable[Scenario]) -> tuple[tuple[Scenario, str], ...]:
    """Ids that scenarios name and the catalogue does not have."""
    return tuple((one, clause) for one in scenarios for clause in one.clauses if clause not in book.clauses)


def _proves(cited: Collection[Cited], walked: Collection[Place]) -> bool:
    walkable = [one for one in cited if one.walkable]
    places = [one.place for one in walkable if not one.whole] or [one.place for one in walkable]
    return not places or any(place in walked for place in places)


def _walked(book: Rulebook, played: Played) -> set[Place]:
    """Everything a scenario passed: processes, elements, flows and rows, each in the file it was drawn in."""
    found: set[Place] = set()
    for step in played.trail:
        files = book.home(step.digest).files
        found.update((files[step.file].path, name) for name in (step.process, step.element))
        if step.kind == "decision":
            table = book.by_digest(step.digest, step.process).decisions[step.element]
            found.update((files[table.file].path, rule) for rule in step.rules)
    return found


def _cited(book: Rulebook) -> Mapping[str, list[Cited]]:
    found: dict[str, list[Cited]] = defaultdict(list)
    seen: set[Place] = set()
    for model in models(book):
        key = (model.source.path, model.source.digest)
        if key not in seen:
            seen.add(key)
            wholes = {process.id for process in model.processes}
            for one in citations(model):
                place = Cited(
                    file=model.source.path,
                    at=one,
                    walkable=model.kind != "form",
                    whole=one.element in wholes,
                )
                found[one.clause].append(place)
    for cited in _in_data(book):
        found[cited.at.clause].append(cited)
    return found


def _in_data(book: Rulebook) -> Iterator[Cited]:
    """What the data files of the nation and of the regions cite: windows, terms, class sizes, statuses, regions."""
    for region in book.regions:
        for path in sorted(region.folder.glob("*.yaml")) if region.folder else ():
            if not path.name.endswith(".scenarios.yaml") and path.name not in _NO_LAW:
                label = str(path.relative_to(book.processes.parent))
                for one in of_lines(path.read_bytes()):
                    yield Cited(file=label, at=one, walkable=False)


_NO_LAW = ("world.yaml", "overlays.yaml", "unproven_clauses.yaml")
