"""The registry's share of the law as data: closed lists, school systems, and what a county's region adds.

A data file is looked up like a diagram: the nearest region in force that covers the stage. Knows no case.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from service.errors import BadDefinition
from service.policy import personal_data, strict_yaml
from service.policy.personal_data import PersonalData
from service.policy.reader import Reader
from service.policy.regions import NATIONAL, Region, Regions
from service.registry.materials import MaterialRules
from service.registry.model import Unit
from service.registry.numbers import Numbers, Pattern, load_local
from service.registry.parties import Parties
from service.registry.roles import Roles
from service.registry.statuses import Statuses, Transitions
from service.registry.substitution import SubstitutionRule
from service.registry.systems import SchoolSystem, SchoolSystems

CLASS_CAPS, TRANSITIONS = "class_caps.yaml", "transitions.yaml"
SUBSTITUTION, LOCAL_NUMBER = "substitution.yaml", "local_number.yaml"
# Counties a province administers itself share a prefecture-like prefix but form no city (GB/T 2260).
_PROVINCE_ADMINISTERED = "90"


@dataclass(frozen=True, kw_only=True)
class RegionRules:
    """What one region's folder says about class sizes, changes of status, personal data, substitutes, its number."""

    class_caps: dict[str, int] | None = None
    transitions: Transitions | None = None
    personal: PersonalData | None = None
    substitution: SubstitutionRule | None = None
    local_number: Pattern | None = None


class Law:
    """Everything about rules that facts, parties and actions ask. Read once, shared by all threads."""

    def __init__(self, processes: Path, regions: Regions | None = None) -> None:
        self.regions = regions or Regions.load(processes)
        self.parties = Parties.load(*_file(processes, "parties.yaml"))
        self.roles = Roles.load(*_file(processes, "roles.yaml"))
        self.statuses = Statuses.load(*_file(processes, "statuses.yaml"))
        self.numbers = Numbers.load(*_file(processes, "number_classes.yaml"))
        self.systems = SchoolSystems.load(*_file(processes, "school_systems.yaml"))
        self.materials = MaterialRules.load(*_file(processes, "materials.yaml"))
        self._rules = {region.code: self._read(region) for region in self.regions.with_folders()}
        self._chain = lru_cache(maxsize=4096)(self.regions.chain)

    def transitions(self, county: str, on: date, stage: str | None) -> Transitions:
        """The changes of status allowed in a place."""
        found = (self._rules[one.code].transitions for one in self.applying(county, on, stage))
        transitions = next((one for one in found if one is not None), None)
        if transitions is None:
            raise BadDefinition("没有全国的学籍状态变化表", file=TRANSITIONS, cure="在 processes/ 中补上")
        return transitions

    def personal(self, county: str, on: date, stage: str | None) -> PersonalData:
        """Who may see, give out and ask for a student's numbers in a place."""
        found = (self._rules[one.code].personal for one in self.applying(county, on, stage))
        rules = next((one for one in found if one is not None), None)
        if rules is None:
            raise BadDefinition(
                "没有全国的个人信息规则", file=personal_data.FILE, cure="在 processes/ 中补上"
            )
        return rules

    def class_cap(self, school: Unit, grade: int, on: date) -> int | None:
        """How many pupils a class of the grade may have; nothing where no rule says."""
        stage = self.stage_at(school, grade)
        found = (self._rules[one.code].class_caps for one in self.applying(school.county, on, stage))
        caps = next((one for one in found if one is not None), {})
        return caps.get(stage) if stage else None

    def substitution(self, county: str, on: date) -> SubstitutionRule:
        """Who may be stood in for in a place, whatever the stage."""
        found = (self._rules[one.code].substitution for one in self.applying(county, on, None))
        rule = next((one for one in found if one is not None), None)
        if rule is None:
            raise BadDefinition("没有全国的代理规定", file=SUBSTITUTION, cure="在 processes/ 中补上")
        return rule

    def local_number(self, county: str, on: date, stage: str | None) -> Pattern | None:
        """How a place composes its own number beside the national one; nothing where it has none."""
        found = (self._rules[one.code].local_number for one in self.applying(county, on, stage))
        return next((one for one in found if one is not None), None)

    def region_of(self, county: str, on: date, stage: str | None) -> str:
        """The region whose folder applies; the nation's code where no nearer one does."""
        return self.applying(county, on, stage)[0].code

    def system_of(self, school: Unit) -> SchoolSystem:
        """The school's own system, else that of the place."""
        return self.systems.get(school.school_system or self._chain(school.county)[0].school_system)

    def stage_at(self, school: Unit, grade: int) -> str | None:
        """The stage a grade belongs to at that school."""
        return self.system_of(school).stage_of(grade)

    def is_initial(self, school: Unit, grade: int) -> bool:
        """Whether the grade begins a stage at that school."""
        return self.system_of(school).is_initial(grade)

    def is_graduating(self, school: Unit, grade: int) -> bool:
        """Whether the grade ends a stage at that school."""
        return self.system_of(school).is_graduating(grade)

    def is_compulsory(self, stage: str) -> bool:
        """Whether the stage is compulsory education."""
        return stage in self.systems.compulsory

    def same_city(self, one: str, other: str) -> bool:
        """Whether two places lie in one prefecture or one municipality."""
        if one == other:
            return True
        return self._city(one) == self._city(other) and one[2:4] != _PROVINCE_ADMINISTERED

    def same_province(self, one: str, other: str) -> bool:
        """Whether two places lie in one province."""
        return self._province(one) == self._province(other)

    def within_central_urban_area(self, one: str, other: str) -> bool:
        """Whether both places belong to the central urban area of one region."""
        return any({one, other} <= region.central_urban_area for region in self._chain(one))

    def _city(self, county: str) -> str:
        """The prefecture, or the municipality whose districts lie right under it."""
        return next(region.code for region in self._chain(county) if region.code.endswith("00"))

    def _province(self, county: str) -> str:
        return next(region.code for region in self._chain(county) if region.code.endswith("0000"))

    def applying(self, county: str, on: date, stage: str | None) -> tuple[Region, ...]:
        """The regions whose folders a place goes by, nearest first; those that do not cover the stage or whose
        rules are not in force that day are passed over."""
        return tuple(
            region
            for region in self._chain(county)
            if region.folder and (region.code == NATIONAL or (region.in_force(on) and region.covers(stage)))
        )

    def _read(self, region: Region) -> RegionRules:
        folder = region.folder
        if folder is None:
            return RegionRules()
        caps, transitions, personal = folder / CLASS_CAPS, folder / TRANSITIONS, folder / personal_data.FILE
        proxy, local = folder / SUBSTITUTION, folder / LOCAL_NUMBER
        return RegionRules(
            class_caps=_class_caps(*_file(folder, CLASS_CAPS)) if caps.is_file() else None,
            transitions=(
                Transitions.load(*_file(folder, TRANSITIONS), self.statuses)
                if transitions.is_file()
                else None
            ),
            personal=PersonalData.load(*_file(folder, personal.name)) if personal.is_file() else None,
            local_number=load_local(*_file(folder, LOCAL_NUMBER)) if local.is_file() else None,
            substitution=SubstitutionRule.load(*_file(folder, SUBSTITUTION)) if proxy.is_file() else None,
        )


def _file(folder: Path, name: str) -> tuple[bytes, str]:
    return (folder / name).read_bytes(), f"{folder.name}/{name}"


def _class_caps(content: bytes, file: str) -> dict[str, int]:
    top = Reader(strict_yaml.load(content, file), file, 1, "文件")
    caps: dict[str, int] = {}
    for row in top.tables("class_caps"):
        caps[row.text("stage")] = row.integer("cap")
        row.texts("clauses")
        row.done()
    top.done()
    return caps
