"""Both ways between clauses and the product: where each is cited, which scenario proves it.

Knows the files and the scenarios; shows nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from service.checks.citations import Citation, citations
from service.checks.inspection import models
from service.checks.rulebook import Rulebook
from service.checks.scenario import Scenario
from service.policy.clauses import Clause


@dataclass(frozen=True, kw_only=True)
class Cited:
    """One place that cites a clause."""

    file: str
    at: Citation


@dataclass(frozen=True, kw_only=True)
class ClauseTrace:
    """One clause: where it lives and what proves it."""

    clause: Clause
    cited: tuple[Cited, ...]
    proven_by: tuple[Scenario, ...]

    @property
    def state(self) -> str:
        """proven (a scenario proves it), cited (it lives in a file only) or open."""
        if self.proven_by:
            return "proven"
        return "cited" if self.cited else "open"


def trace_clauses(book: Rulebook, scenarios: Iterable[Scenario]) -> tuple[ClauseTrace, ...]:
    """Every clause of the catalogue, in its order."""
    cited = _cited(book)
    proven: dict[str, list[Scenario]] = defaultdict(list)
    for scenario in scenarios:
        for clause in scenario.clauses:
            proven[clause].append(scenario)
    return tuple(
        ClauseTrace(
            clause=clause, cited=tuple(cited.get(clause.id, ())), proven_by=tuple(proven.get(clause.id, ()))
        )
        for clause in book.clauses
    )


def unknown_clauses(book: Rulebook, scenarios: Iterable[Scenario]) -> tuple[tuple[Scenario, str], ...]:
    """Ids that scenarios name and the catalogue does not have."""
    return tuple((one, clause) for one in scenarios for clause in one.clauses if clause not in book.clauses)


def _cited(book: Rulebook) -> Mapping[str, list[Cited]]:
    found: dict[str, list[Cited]] = defaultdict(list)
    seen: set[tuple[str, str]] = set()
    for model in models(book):
        key = (model.source.path, model.source.digest)
        if key not in seen:
            seen.add(key)
            for one in citations(model):
                found[one.clause].append(Cited(file=model.source.path, at=one))
    return found
