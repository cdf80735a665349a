"""The catalogue of operative clauses: one file a regulation, each clause with a stable id.

It knows ids, texts and parameters of clauses; it must not know diagrams or how a clause is applied.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import MappingProxyType

from service.errors import BadDefinition, NotFound
from service.policy.reader import Reader

# Deliberately wide: a mistyped id must be found and reported as unknown, not passed over.
CLAUSE_ID = re.compile(r"(?<![A-Za-z0-9])[A-Z]{2,8}[0-9]{4}-[A-Za-z0-9]+(?:[.-][A-Za-z0-9]+)*")

_KINDS = frozenset(
    {
        "actor",
        "confidentiality",
        "gate",
        "material",
        "notification",
        "record",
        "sanction",
        "status-change",
        "step-order",
        "timer",
        "window",
    }
)
_MODALITIES = frozenset({"must", "must_not", "may", "in_principle", "definition"})
_HOMES = frozenset(
    {
        "diagram",
        "decision_table",
        "calendar",
        "scheduler",
        "role_directory",
        "form",
        "record_store",
        "access_control",
        "report",
    }
)


@dataclass(frozen=True, kw_only=True)
class Regulation:
    """The header of a catalogue file."""

    id: str
    title: str
    issuer: str
    number: str
    region: str
    in_force_from: date
    in_force_until: date | None


@dataclass(frozen=True, kw_only=True)
class Clause:
    """One operative rule. ``doc`` is the regulation's id, ``lines`` where the rule stands in its text."""

    id: str
    region: str
    doc: str
    article: str
    lines: str
    procedure: str
    kind: str
    modality: str
    where: str
    applies_to: tuple[str, ...]
    rule_zh: str
    rule_en: str
    params: Mapping[str, object]
    overrides: tuple[str, ...]
    relates: tuple[str, ...]
    conflicts: tuple[str, ...]


def ids_in(text: str) -> tuple[str, ...]:
    """The clause ids a text mentions, in order, each once."""
    return tuple(dict.fromkeys(CLAUSE_ID.findall(text)))


class Clauses:
    """All clauses of all regulations, by id."""

    def __init__(self, regulations: Iterable[Regulation], clauses: Iterable[Clause]) -> None:
        self.regulations: Mapping[str, Regulation] = MappingProxyType({one.id: one for one in regulations})
        self._clauses = {one.id: one for one in clauses}

    @classmethod
    def load(cls, folder: Path) -> Clauses:
        """Read every catalogue file of a folder and check that they fit together."""
        regulations: list[Regulation] = []
        clauses: dict[str, Clause] = {}
        for path in sorted(folder.glob("*.yaml")):
            regulation, entries = _read(path, f"{folder.name}/{path.name}")
            regulations.append(regulation)
            clauses.update(entries)
        _check_links(clauses, folder.name)
        return cls(regulations, clauses.values())

    def get(self, clause_id: str) -> Clause:
        """The clause of an id."""
        try:
            return self._clauses[clause_id]
        except KeyError:
            cure = "核对条款编号，或在 processes/clauses/ 中登记这一条"
            raise NotFound(f"没有编号为“{clause_id}”的条款", cure=cure) from None

    def __contains__(self, clause_id: object) -> bool:
        return clause_id in self._clauses

    def __iter__(self) -> Iterator[Clause]:
        return iter(self._clauses.values())

    def __len__(self) -> int:
        return len(self._clauses)


def _read(path: Path, file: str) -> tuple[Regulation, dict[str, Clause]]:
    reader = Reader.of_file(path, file)
    regulation = _regulation(reader.table("regulation"), path.stem)
    clauses: dict[str, Clause] = {}
    for entry in reader.tables("clauses"):
        clause = _clause(entry, regulation)
        if clause.id in clauses:
            raise entry.bad(f"条款“{clause.id}”出现了两次", "id", "删去其中一条，或改用新的编号")
        clauses[clause.id] = clause
    reader.done()
    return regulation, clauses


def _regulation(reader: Reader, stem: str) -> Regulation:
    regulation = Regulation(
        id=reader.text("id"),
        title=reader.text("title"),
        issuer=reader.text("issuer"),
        number=reader.text("number", default=""),
        region=reader.text("region"),
        in_force_from=reader.day("in_force_from"),
        in_force_until=reader.day_or_none("in_force_until"),
    )
    reader.done()
    if regulation.id != stem:
        raise reader.bad(f"文件名与 id“{regulation.id}”不一致", "id", f"文件应名为 {regulation.id}.yaml")
    return regulation


def _clause(reader: Reader, regulation: Regulation) -> Clause:
    clause_id = reader.text("id")
    if not CLAUSE_ID.fullmatch(clause_id) or not clause_id.startswith(f"{regulation.id}-"):
        raise reader.bad(f"条款编号“{clause_id}”写法不对", "id", f"写成 {regulation.id}-条号-小写字母")
    params = reader.table("params")
    clause = Clause(
        id=clause_id,
        region=regulation.region,
        doc=regulation.id,
        article=reader.text("article"),
        lines=reader.text("lines"),
        procedure=reader.text("procedure"),
        kind=reader.choice("kind", _KINDS),
        modality=reader.choice("modality", _MODALITIES),
        where=reader.choice("where", _HOMES),
        applies_to=reader.texts("applies_to"),
        rule_zh=reader.text("rule_zh"),
        rule_en=reader.text("rule_en"),
        params=MappingProxyType(params.data),
        overrides=reader.texts("overrides"),
        relates=reader.texts("relates"),
        conflicts=reader.texts("conflicts"),
    )
    reader.done()
    return clause


def _check_links(clauses: Mapping[str, Clause], folder: str) -> None:
    for clause in clauses.values():
        file = f"{folder}/{clause.doc}.yaml"
        for other in (*clause.overrides, *clause.relates, *clause.conflicts):
            if other not in clauses:
                cure = "改正编号，或登记那一条"
                raise BadDefinition(f"提到了不存在的条款“{other}”", file=file, element=clause.id, cure=cure)
        for other in clause.conflicts:
            if clause.id not in clauses[other].conflicts:
                cure = f"在“{other}”的 conflicts 中写上“{clause.id}”"
                raise BadDefinition(f"与“{other}”的矛盾只记了一边", file=file, element=clause.id, cure=cure)
