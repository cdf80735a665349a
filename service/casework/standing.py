"""What a person may be today: their own qualified roles, and those of others they stand in for (代理)."""

from __future__ import annotations

from dataclasses import dataclass

from service.registry import substitution
from service.registry.roles import Roles
from service.store.people import AccountRow

Held = frozenset[tuple[str, str]]  # (role, unit)
StandingIn = frozenset[tuple[str, str, str]]  # (role, unit, the person who is away)


@dataclass(frozen=True, kw_only=True)
class Standing:
    """``roles`` holds both; ``standing_in`` says for whom those are held that are not the person's own."""

    roles: Held
    own: Held
    standing_in: StandingIn


def of(roles: Roles, row: AccountRow) -> Standing:
    """The standing of a person on the business day their row was read."""
    qualified = [one for one in row.roles if roles.qualified(one, row.today)]
    own = frozenset((one.role, one.unit) for one in qualified if one.unit)
    others = frozenset(
        (one.role, one.unit, one.absent)
        for one in row.stands_in
        if (one.role, one.unit) not in own
        and one.holds(row.today)
        and substitution.fit(roles, row.roles, one.role, one.unit, row.today)
    )
    return Standing(roles=own | {(role, unit) for role, unit, _ in others}, own=own, standing_in=others)
