"""People who sign in, with the roles they hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, text

from service.registry.model import RoleInUnit
from service.registry.substitution import Substitution
from service.store.progress import business

_ACCOUNT = """
    select p.id, p.username, p.name, p.password_hash, p.active, clock_timestamp() as now,
           coalesce((select (value #>> '{}')::float8 from setting where key = 'clock_offset'), 0) as clock_offset,
           (select coalesce(json_agg(r), '[]') from unit_role r where r.person = p.id) as roles,
           (select coalesce(json_agg(s), '[]') from substitute s
              join unit_role r on r.person = s.absent and r.role = s.role and r.unit = s.unit and r.active
             where s.substitute = p.id and s.revoked_at is null) as stands_in
    from person p where p."""
_BY = {"id": text(f"{_ACCOUNT}id = :value"), "username": text(f"{_ACCOUNT}username = :value")}
_SET_PASSWORD = text("update person set password_hash = :hash where id = :id")
_UNITS = text("select id, name, kind, county from unit where id = any(:ids) order by id")


@dataclass(frozen=True, kw_only=True)
class AccountRow:
    """A person with every role, qualified or not, and the business day it was read."""

    id: str
    username: str
    name: str
    password_hash: str
    active: bool
    roles: tuple[RoleInUnit, ...]
    today: date
    stands_in: tuple[Substitution, ...] = ()  # for others, in force or not


def account(connection: Connection, column: str, value: str) -> AccountRow | None:
    """A person by ``id`` or ``username``; one statement."""
    row = connection.execute(_BY[column], {"value": value}).first()
    if row is None:
        return None
    return AccountRow(
        id=row.id,
        username=row.username,
        name=row.name,
        password_hash=row.password_hash,
        active=row.active,
        roles=tuple(_role(item) for item in row.roles),
        today=business(row.now, row.clock_offset).date(),
        stands_in=tuple(_substitution(item) for item in row.stands_in),
    )


def set_password(connection: Connection, person: str, password_hash: str) -> None:
    """From now on this one."""
    connection.execute(_SET_PASSWORD, {"id": person, "hash": password_hash})


def units(connection: Connection, ids: frozenset[str]) -> Sequence[Row[Any]]:
    """Id, name, kind and county of units."""
    return connection.execute(_UNITS, {"ids": sorted(ids)}).all()


def _substitution(item: dict[str, Any]) -> Substitution:
    return Substitution(
        absent=item["absent"],
        substitute=item["substitute"],
        role=item["role"],
        unit=item["unit"],
        since=date.fromisoformat(item["since"]),
        until=date.fromisoformat(item["until"]),
    )


def _role(item: dict[str, Any]) -> RoleInUnit:
    trained, filed = item["trained"], item["filed"]
    return RoleInUnit(
        person=item["person"],
        role=item["role"],
        unit=item["unit"],
        trained=date.fromisoformat(trained) if trained else None,
        filed=date.fromisoformat(filed) if filed else None,
        active=item["active"],
    )
