"""Roles: the closed list of ``roles.yaml``, and who is qualified to act in one.

Knows neither sessions nor passwords; what a signed-in person may see is decided elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from service.policy import strict_yaml
from service.policy.reader import Reader
from service.registry.model import RoleInUnit

_UNITS = ("school", "authority", "system")


@dataclass(frozen=True, kw_only=True)
class Role:
    """One role; ``second`` marks the one that approves what the first prepared."""

    name: str
    label: str
    unit: str
    second: bool = False
    must_be_filed: bool = False
    clauses: tuple[str, ...] = ()


@dataclass(frozen=True)
class Roles:
    """The closed list."""

    roles: Mapping[str, Role]

    @classmethod
    def load(cls, content: bytes, file: str) -> Roles:
        """Read ``roles.yaml``."""
        top = Reader(strict_yaml.load(content, file), file, 1, "文件")
        roles: dict[str, Role] = {}
        for row in top.tables("roles"):
            role = _read(row)
            if role.name in roles:
                raise row.bad(f"角色“{role.name}”已经有了", "role", "删去一处")
            roles[role.name] = role
        top.done()
        return cls(roles)

    def in_units(self, kind: str) -> tuple[str, ...]:
        """Names of the roles a unit of this kind has."""
        return tuple(role.name for role in self.roles.values() if role.unit == kind)

    def qualified(self, assignment: RoleInUnit, on: date) -> bool:
        """Whether the person may act in the role on that day: active and, where asked, trained and filed."""
        role = self.roles.get(assignment.role)
        if role is None or not assignment.active:
            return False
        return not role.must_be_filed or (_by(assignment.trained, on) and _by(assignment.filed, on))

    def qualified_people(self, assignments: Iterable[RoleInUnit], unit: str, on: date) -> frozenset[str]:
        """The different persons qualified for one role or another of a unit."""
        return frozenset(one.person for one in assignments if one.unit == unit and self.qualified(one, on))


def _by(day: date | None, on: date) -> bool:
    return day is not None and day <= on


def _read(row: Reader) -> Role:
    role = Role(
        name=row.text("role"),
        label=row.text("label"),
        unit=row.choice("unit", _UNITS),
        second=row.flag("second", False),
        must_be_filed=row.flag("must_be_filed", False),
        clauses=row.texts("clauses", ()),
    )
    row.done()
    return role
