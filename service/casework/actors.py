"""Who is acting: a person with roles in units, or the system itself."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from service.errors import Forbidden
from service.registry import counter

SYSTEM_ID = "system"
_KEEPERS = frozenset({"admin", "operator"})


@dataclass(frozen=True, kw_only=True)
class Actor:
    """``roles`` holds (role, unit id) of the roles the person may use today; ``powers`` the system roles.

    ``standing_in`` says of those that are not the person's own whose they are: (role, unit id, who is away).
    """

    id: str
    username: str
    name: str
    roles: frozenset[tuple[str, str]] = frozenset()
    powers: frozenset[str] = field(default=frozenset())
    standing_in: frozenset[tuple[str, str, str]] = frozenset()

    @property
    def units(self) -> frozenset[str]:
        return frozenset(unit for _, unit in self.roles)

    @property
    def own_roles(self) -> frozenset[tuple[str, str]]:
        """Without those of people who are away."""
        return self.roles - {(role, unit) for role, unit, _ in self.standing_in}

    def acting_for(self, roles: Collection[str], unit: str | None) -> str:
        """Whom the person stands in for when acting in one of these roles of a unit; empty when in an own one."""
        if any((role, unit) in self.own_roles for role in roles):
            return ""
        return next(
            (absent for role, of, absent in sorted(self.standing_in) if role in roles and of == unit), ""
        )

    @property
    def sees_everything(self) -> bool:
        """Operators and administrators keep the whole running."""
        return bool(self.powers & _KEEPERS)

    def require(self, *powers: str) -> None:
        """Raises Forbidden unless the person has one of these system roles."""
        if not self.powers & set(powers):
            raise Forbidden("没有权限进行此操作", cure="请联系系统管理员授权")


GUARDIAN = Actor(id=counter.GUARDIAN, username=counter.GUARDIAN, name="监护人")
SYSTEM = Actor(id=SYSTEM_ID, username=SYSTEM_ID, name="系统")
