"""Who may stand in for somebody who is away (代理): the region's rule, and who is fit for a role of another.

Pure; knows neither tables nor how a substitute is told apart at work.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from service.errors import Forbidden, Invalid
from service.policy import strict_yaml
from service.policy.reader import Reader
from service.registry.model import RoleInUnit, Unit
from service.registry.roles import Roles


@dataclass(frozen=True, kw_only=True)
class SubstitutionRule:
    """What a region says."""

    roles: frozenset[str]
    longest_days: int
    clauses: tuple[str, ...]

    @classmethod
    def load(cls, content: bytes, file: str) -> SubstitutionRule:
        """Read ``substitution.yaml``. Raises BadDefinition."""
        top = Reader(strict_yaml.load(content, file), file, 1, "文件")
        row = top.table("substitution")
        rule = cls(
            roles=frozenset(row.texts("roles")),
            longest_days=row.integer("longest_days"),
            clauses=row.texts("clauses"),
        )
        row.done()
        top.done()
        return rule


@dataclass(frozen=True, kw_only=True)
class Substitution:
    """``substitute`` does ``role`` of ``unit`` for ``absent`` from the first to the last day, both included."""

    absent: str
    substitute: str
    role: str
    unit: str
    since: date
    until: date

    def holds(self, on: date) -> bool:
        """Whether it is in force that day."""
        return self.since <= on <= self.until


def check(rule: SubstitutionRule, wish: Substitution, today: date) -> None:
    """Raises Forbidden (the region does not allow it), Invalid (days, or the same person)."""
    if wish.role not in rule.roles:
        raise Forbidden("本地区规定该角色不得由他人代办", cure="请由本人办理", clauses=rule.clauses)
    if wish.absent == wish.substitute:
        raise Invalid("代理人不能是本人", cure="请选择另一位有资格的人员")
    if wish.until < wish.since or wish.until < today:
        raise Invalid("代理期间的止日早于起日或今天", cure="请改正起止日期")
    if wish.until - wish.since >= timedelta(days=rule.longest_days):
        raise Invalid(f"代理期间超过 {rule.longest_days} 天", cure="请缩短期间；长期空缺请任命并备案新的人员")


def fit(roles: Roles, held: Iterable[RoleInUnit], role: str, unit: str, on: date) -> bool:
    """Whether a person is qualified for another's role: trained, filed and active in that very role anywhere; or, for
    a role that need not be filed, qualified for some role of the unit itself."""
    qualified = [one for one in held if roles.qualified(one, on)]
    if any(one.role == role for one in qualified):
        return True
    known = roles.roles.get(role)
    return known is not None and not known.must_be_filed and any(one.unit == unit for one in qualified)


def may_grant(roles: Roles, held: Collection[tuple[str, str]], unit: Unit) -> bool:
    """Whether somebody's own roles let them name substitutes in a unit: its head, or the one of its superior."""
    above = {unit.id, unit.parent, unit.run_by}
    return any(roles.roles[role].second and of in above for role, of in held if role in roles.roles)
