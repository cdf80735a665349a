"""Parties of a case (当事单位): a closed list in ``parties.yaml`` that says how each is found.

A party the case has settled stays settled, so a sending school does not change when the record moves. Pure:
works on a snapshot, knows neither forms nor tables.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from service.errors import BadDefinition, Conflict
from service.policy import strict_yaml
from service.policy.reader import Reader
from service.registry.model import Unit
from service.registry.world import Snapshot

SUPERIOR = "superior_of_"
_SOURCES = ("case", "record_school", "authority_of", "superior_of", "place_authority_of", "level_above")
_KINDS = ("school", "authority")


@dataclass(frozen=True, kw_only=True)
class PartyRule:
    """How one party is found: ``source`` and, for those derived from another party, ``of`` and ``level``."""

    name: str
    label: str
    kind: str
    source: str
    of: str = ""
    level: str = ""
    doc: str = ""
    clauses: tuple[str, ...] = ()


class Parties:
    """The closed list."""

    def __init__(self, rules: Mapping[str, PartyRule]) -> None:
        self.rules = rules

    @classmethod
    def load(cls, content: bytes, file: str) -> Parties:
        """Read ``parties.yaml``."""
        top = Reader(strict_yaml.load(content, file), file, 1, "文件")
        rules: dict[str, PartyRule] = {}
        for row in top.tables("parties"):
            rule = _read(row, rules)
            rules[rule.name] = rule
        top.done()
        return cls(rules)

    def known(self, party: str) -> bool:
        """Whether a diagram may name it: a listed party, or the superior of one."""
        return party.removeprefix(SUPERIOR) in self.rules

    def kind(self, party: str) -> str:
        """``school`` or ``authority``: decides which roles a group of this party may have."""
        return "authority" if party.startswith(SUPERIOR) else self.rules[party].kind

    def label(self, party: str) -> str:
        """The Chinese name of the party."""
        rule = self.rules[party.removeprefix(SUPERIOR)]
        return f"{rule.label}的上级主管部门" if party.startswith(SUPERIOR) else rule.label

    def needs_setting(self, party: str) -> bool:
        """Whether only the start or a form field can settle it; the check proves it is set before use."""
        rule = self.rules[party.removeprefix(SUPERIOR)]
        while rule.of:
            rule = self.rules[rule.of]
        return rule.source == "case"

    def find(self, party: str, snapshot: Snapshot) -> Unit | None:
        """The unit, or nothing when the case does not determine it (yet)."""
        if not self.known(party):
            raise BadDefinition(
                f"没有“{party}”这个当事单位", cure=f"可选：{'、'.join(self.rules)}，或 {SUPERIOR}<当事单位>"
            )
        if party in snapshot.case.parties:
            return _unit(snapshot, snapshot.case.parties[party])
        if party.startswith(SUPERIOR):
            return _superior(snapshot, self.find(party.removeprefix(SUPERIOR), snapshot))
        return self._by_rule(self.rules[party], snapshot)

    def resolve(self, party: str, snapshot: Snapshot) -> Unit:
        """The unit; a case that does not determine it is a conflict that says which party is missing."""
        unit = self.find(party, snapshot)
        if unit is None:
            raise Conflict(
                f"尚不能确定{self.label(party)}",
                element=party,
                cure="请先在表单中选定有关单位，或补全单位的上级",
            )
        return unit

    def to_settle(self, snapshot: Snapshot) -> dict[str, str]:
        """Parties a case must write down at its start because the records they rest on will change."""
        rules = [rule for rule in self.rules.values() if rule.source in ("case", "record_school")]
        found = {rule.name: self.find(rule.name, snapshot) for rule in rules}
        return {name: unit.id for name, unit in found.items() if unit is not None}

    def _by_rule(self, rule: PartyRule, snapshot: Snapshot) -> Unit | None:
        if rule.source == "case":
            return None
        if rule.source == "record_school":
            return _unit(snapshot, snapshot.enrolment.school) if snapshot.enrolment else None
        base = self.find(rule.of, snapshot)
        if rule.source == "authority_of":
            return authority_of(snapshot, base) if base else None
        if rule.source == "superior_of":
            return _superior(snapshot, base)
        if rule.source == "place_authority_of":
            return _unit(snapshot, base.parent) if base else None
        return _level_above(snapshot, base, rule.level)


def authority_of(snapshot: Snapshot, unit: Unit) -> Unit | None:
    """The registry authority (学籍主管部门) of a school: who runs it, else its place's."""
    if unit.kind == "authority":
        return unit
    return _unit(snapshot, unit.run_by or unit.parent)


def _superior(snapshot: Snapshot, unit: Unit | None) -> Unit | None:
    if unit is None:
        return None
    return authority_of(snapshot, unit) if unit.kind == "school" else _unit(snapshot, unit.parent)


def _level_above(snapshot: Snapshot, unit: Unit | None, level: str) -> Unit | None:
    while unit is not None and unit.level != level:
        unit = _unit(snapshot, unit.parent)
    return unit


def _unit(snapshot: Snapshot, unit_id: str | None) -> Unit | None:
    """The unit, or the one that took it over."""
    unit = snapshot.units.get(unit_id) if unit_id else None
    while unit is not None and unit.successor:
        unit = snapshot.units.get(unit.successor)
    return unit


def _read(row: Reader, before: Mapping[str, PartyRule]) -> PartyRule:
    name, source = row.text("party"), row.choice("from", _SOURCES)
    if name in before or name.startswith(SUPERIOR):
        raise row.bad(f"当事单位“{name}”已经有了", "party", f"换一个名称；{SUPERIOR}… 由系统自动提供")
    rule = PartyRule(
        name=name,
        label=row.text("label"),
        kind=row.choice("kind", _KINDS),
        source=source,
        of="" if source in ("case", "record_school") else row.choice("of", before),
        level=row.choice("level", ("county", "prefecture", "province")) if source == "level_above" else "",
        doc=row.text("doc", ""),
        clauses=row.texts("clauses", ()),
    )
    row.done()
    return rule
