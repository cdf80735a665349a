"""Naming a substitute (代理) for somebody who is away, and ending it before its time.

By the person themself, by the head of the unit, or by the head of its superior. The substitute needs the same
qualification; four eyes count both of them (``four_eyes.doers``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection

from service.casework.actors import Actor
from service.casework.context import Office
from service.errors import Conflict, Forbidden, Invalid, NotFound
from service.ids import new_id
from service.registry import substitution
from service.registry.model import Unit
from service.registry.substitution import Substitution
from service.store import cases, people
from service.store import substitutes as rows
from service.store.db import transaction
from service.store.listing import Page
from service.store.notes import note
from service.store.people import AccountRow
from service.store.progress import read_clock
from service.store.rows import NewEntry


@dataclass(frozen=True, kw_only=True)
class Wish:
    """Who shall stand in for whom; people by id or username, ``absent`` empty for oneself."""

    substitute: str
    role: str
    unit: str
    since: date
    until: date
    absent: str = ""
    reason: str = ""


def grant(office: Office, actor: Actor, wish: Wish) -> Mapping[str, Any]:
    """Name a substitute; the row of ``SUBSTITUTES``.

    Raises NotFound, Forbidden (not theirs to name, not allowed in the region, not qualified), Invalid, Conflict.
    """
    with transaction() as connection:
        today = read_clock(connection)[0].date()
        unit = cases.unit(connection, wish.unit)
        if unit is None:
            raise NotFound("没有这个单位", cure="请核对单位")
        absent = _person(connection, wish.absent or actor.id)
        _check_may(office, actor, absent.id, wish.role, unit)
        planned = Substitution(
            absent=absent.id,
            substitute=_person(connection, wish.substitute).id,
            role=wish.role,
            unit=unit.id,
            since=wish.since,
            until=wish.until,
        )
        substitution.check(office.shelf.rules.law.substitution(unit.county, today), planned, today)
        _check_fit(office, connection, planned)
        return _write(connection, actor, planned, wish.reason)


def _write(connection: Connection, actor: Actor, planned: Substitution, reason: str) -> Mapping[str, Any]:
    values = {**vars(planned), "id": new_id(), "reason": reason, "granted_by": actor.id}
    if not rows.lock_holder(connection, values):
        raise Invalid("被代理人没有这个角色", cure="请核对角色和单位")
    if rows.overlaps(connection, values):
        raise Conflict("这段时间已有代理人", cure="请先撤销原来的代理，或改期")
    rows.insert(connection, values)
    _note(connection, actor, "grant_substitute", values)
    found = rows.SUBSTITUTES.one(connection, {"id": values["id"]})
    if found is None:
        raise NotFound("没有这项代理", cure="请刷新列表")
    return found


def revoke(office: Office, actor: Actor, substitute: str) -> None:
    """End it now; by whoever could name it, or by the substitute."""
    with transaction() as connection:
        row = rows.SUBSTITUTES.one(connection, {"id": substitute, "standing": {}})
        unit = cases.unit(connection, row["unit"]) if row is not None else None
        if row is None or unit is None:
            raise NotFound("没有这项代理，或已经撤销", cure="请刷新列表")
        if row["substitute"] != actor.id:
            _check_may(office, actor, row["absent"], row["role"], unit)
        if not rows.revoke(connection, substitute):
            raise Conflict("这项代理刚刚被撤销", cure="请刷新列表")
        _note(connection, actor, "revoke_substitute", row)


def listed(actor: Actor, page: Page, wanted: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """Those that stand and concern the person or the person's units."""
    seen = {} if actor.sees_everything else {"visible": {"person": actor.id, "units": sorted(actor.units)}}
    with transaction() as connection:
        return rows.SUBSTITUTES.find(connection, {"standing": {}, **wanted, **seen}, page)


def of_person(connection: Connection, person: str, today: date) -> Sequence[Mapping[str, Any]]:
    """Those from today on in which the person stands in or is stood in for."""
    return rows.SUBSTITUTES.find(
        connection, {"standing": {}, "concerns": person, "from": today}, Page(limit=100)
    )


def _person(connection: Connection, name: str) -> AccountRow:
    row = people.account(connection, "id", name) or people.account(connection, "username", name)
    if row is None or not row.active:
        raise Invalid("没有这个人员", cure="请核对人员 id 或用户名")
    return row


def _check_may(office: Office, actor: Actor, absent: str, role: str, unit: Unit) -> None:
    """Roles one only stands in for give no right to name others."""
    if actor.id == absent and (role, unit.id) in actor.own_roles:
        return
    if not substitution.may_grant(office.shelf.rules.law.roles, actor.own_roles, unit):
        cure = "请由本人、本单位负责人或上级主管部门负责人指定"
        raise Forbidden("您不能为此人指定代理人", cure=cure)


def _check_fit(office: Office, connection: Connection, planned: Substitution) -> None:
    """On the first day: who is not qualified then could not do anything."""
    row = _person(connection, planned.substitute)
    roles = office.shelf.rules.law.roles
    if not substitution.fit(roles, row.roles, planned.role, planned.unit, max(planned.since, row.today)):
        known = roles.roles.get(planned.role)
        raise Forbidden(
            f"{row.name}不具备代理该角色的资格",
            cure="请选择已培训、备案并在岗的人员",
            clauses=known.clauses if known else (),
        )


def _note(connection: Connection, actor: Actor, verb: str, row: Mapping[str, Any]) -> None:
    detail = {name: str(row[name]) for name in ("absent", "substitute", "role", "unit", "since", "until")}
    note(connection, NewEntry(actor=actor.id, verb=verb, detail={**detail, "substitution": row["id"]}))
