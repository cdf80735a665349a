"""What the scenarios walked: every sequence flow of every diagram, every row of every table in force.

A file counts once for each content, whichever region's scenario walked it. Runs nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from service.checks.rulebook import Rulebook
from service.engine import Definition, Trace
from service.engine.decisions import Decision
from service.policy.library import Bundle
from service.policy.shelves import Source

Place = tuple[str, str]  # digest of a file's content, flow id or decision/row id


@dataclass(frozen=True, kw_only=True)
class Spot:
    """A flow or a row: ``what`` says it in a person's words."""

    id: str
    what: str
    line: int = 0


@dataclass(frozen=True, kw_only=True)
class FileCoverage:
    """One file in force and which of its spots no scenario walked."""

    path: str
    kind: str  # flow or row
    total: int
    missed: tuple[Spot, ...]

    @property
    def walked(self) -> int:
        return self.total - len(self.missed)


class Coverage:
    """Gathers what was walked and sets it against all there is."""

    def __init__(self, book: Rulebook) -> None:
        self._book = book
        self._walked: set[Place] = set()

    def add(self, trail: Iterable[Trace]) -> None:
        """What one scenario walked."""
        for step in trail:
            if step.kind == "flow":
                self._walked.add((self._digest(step, step.file), step.element))
            elif step.kind == "decision":
                table = self._book.by_digest(step.digest, step.process).decisions[step.element]
                digest = self._digest(step, table.file)
                self._walked.update((digest, f"{step.element}/{rule}") for rule in step.rules)

    def report(self, regions: Collection[str] = ()) -> tuple[FileCoverage, ...]:
        """Every diagram and table in force; only those that lie in these regions' folders if any are named."""
        found: dict[str, FileCoverage] = {}
        for bundle in (bundle for one in self._book.regions for bundle in self._book.bundles(one.code)):
            for source in bundle.files.values():
                wanted = not regions or source.region in regions
                if wanted and source.digest not in found and not source.name.endswith(".form"):
                    found[source.digest] = self._of(bundle, source)
        return tuple(sorted(found.values(), key=lambda one: one.path))

    def _of(self, bundle: Bundle, source: Source) -> FileCoverage:
        spots = list(self._spots(bundle, source))
        missed = tuple(spot for spot in spots if (source.digest, spot.id) not in self._walked)
        kind = "flow" if source.name.endswith(".bpmn") else "row"
        return FileCoverage(path=source.path, kind=kind, total=len(spots), missed=missed)

    def _spots(self, bundle: Bundle, source: Source) -> Iterator[Spot]:
        if source.name.endswith(".bpmn"):
            for definition in self._book.definitions(bundle, source.name):
                yield from _flows(definition)
        else:
            for decision in self._book.decisions(source).values():
                yield from _rows(decision)

    def _digest(self, step: Trace, file: str) -> str:
        return self._book.home(step.digest).files[file].digest


def _flows(definition: Definition) -> Iterator[Spot]:
    scopes = [definition.process.scope, *(node.body for node in definition.nodes.values() if node.body)]
    names = {node.id: node.name or node.id for node in definition.nodes.values()}
    for scope in scopes:
        for flow in scope.flows.values():
            label = f"“{flow.name}”" if flow.name else ""
            way = f"{names.get(flow.source, flow.source)} → {names.get(flow.target, flow.target)}"
            yield Spot(id=flow.id, what=f"{way}{label}", line=flow.line)


def _rows(decision: Decision) -> Iterator[Spot]:
    for rule in decision.rules:
        what = f"{decision.name} 第 {rule.number} 行 {rule.description}".rstrip()
        yield Spot(id=f"{decision.id}/{rule.id}", what=what, line=rule.line)
