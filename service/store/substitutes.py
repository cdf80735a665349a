"""Substitutes in the tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, text

from service.store.listing import Listing

SUBSTITUTES = Listing(
    columns="""s.id, s.absent, a.name as absent_name, s.substitute, b.name as substitute_name, s.role, s.unit,
        u.name as unit_name, s.since, s.until, s.reason, s.granted_by, s.granted_at""",
    source="""substitute s join person a on a.id = s.absent join person b on b.id = s.substitute
        join unit u on u.id = s.unit""",
    conditions={
        "id": "s.id = :id",
        "standing": "s.revoked_at is null",
        "visible": "s.absent = :person or s.substitute = :person or s.unit = any(:units)",
        "concerns": "s.absent = :concerns or s.substitute = :concerns",
        "unit": "s.unit = :unit",
        "from": "s.until >= :from",
    },
    orders={"since": "s.since"},
    key="s.id",
    default="s.since",
)

_HOLDER = text(
    "select 1 from unit_role where person = :absent and role = :role and unit = :unit and active for update"
)
_OVERLAP = text(
    """select 1 from substitute where absent = :absent and role = :role and unit = :unit and revoked_at is null
       and since <= :until and until >= :since limit 1"""
)
_INSERT = text(
    """insert into substitute (id, absent, substitute, role, unit, since, until, reason, granted_by)
       values (:id, :absent, :substitute, :role, :unit, :since, :until, :reason, :granted_by)"""
)
_REVOKE = text(
    "update substitute set revoked_at = clock_timestamp() where id = :id and revoked_at is null returning id"
)


def lock_holder(connection: Connection, values: Mapping[str, Any]) -> bool:
    """Serialise the grants for one role of one person; False when the person does not hold it."""
    return connection.execute(_HOLDER, dict(values)).first() is not None


def overlaps(connection: Connection, values: Mapping[str, Any]) -> bool:
    """Whether somebody stands in already on one of the days."""
    return connection.execute(_OVERLAP, dict(values)).first() is not None


def insert(connection: Connection, values: Mapping[str, Any]) -> None:
    connection.execute(_INSERT, dict(values))


def revoke(connection: Connection, substitute: str) -> bool:
    """False when it was revoked before."""
    return connection.execute(_REVOKE, {"id": substitute}).first() is not None
