"""School systems (学制): which grades make a stage, read from ``school_systems.yaml``.

A region or a school only names its system; no grade is written in Python.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from service.errors import NotFound
from service.policy import strict_yaml
from service.policy.reader import Reader


@dataclass(frozen=True, kw_only=True)
class SchoolSystem:
    """One system: the first and last grade of every stage, in the order of school life."""

    name: str
    label: str
    stages: Mapping[str, tuple[int, int]]
    clauses: tuple[str, ...] = ()

    def stage_of(self, grade: int) -> str | None:
        """The stage the grade belongs to."""
        return next((name for name, (first, last) in self.stages.items() if first <= grade <= last), None)

    def is_initial(self, grade: int) -> bool:
        """Whether the grade is the first of a stage (起始年级)."""
        return any(grade == first for first, _ in self.stages.values())

    def is_graduating(self, grade: int) -> bool:
        """Whether the grade is the last of a stage (毕业年级)."""
        return any(grade == last for _, last in self.stages.values())


@dataclass(frozen=True)
class SchoolSystems:
    """The closed list, and which stages are compulsory."""

    systems: Mapping[str, SchoolSystem]
    compulsory: frozenset[str]

    @classmethod
    def load(cls, content: bytes, file: str) -> SchoolSystems:
        """Read ``school_systems.yaml``."""
        top = Reader(strict_yaml.load(content, file), file, 1, "文件")
        systems = {system.name: system for system in map(_read, top.tables("systems"))}
        compulsory = frozenset(top.texts("compulsory"))
        top.done()
        return cls(systems, compulsory)

    def get(self, name: str) -> SchoolSystem:
        """The system of this name."""
        if name not in self.systems:
            cure = f"可用：{'、'.join(self.systems)}，或在 school_systems.yaml 中补上"
            raise NotFound(f"没有“{name}”这种学制", cure=cure)
        return self.systems[name]


def _read(row: Reader) -> SchoolSystem:
    stages: dict[str, tuple[int, int]] = {}
    for one in row.tables("stages"):
        stages[one.text("stage")] = (one.integer("first"), one.integer("last"))
        one.done()
    system = SchoolSystem(
        name=row.text("system"), label=row.text("label"), stages=stages, clauses=row.texts("clauses", ())
    )
    row.done()
    return system
