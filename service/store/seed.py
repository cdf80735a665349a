"""Puts a world (units, people, students) into empty places of the tables; what is there stays."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects.postgresql import insert

from service.registry.model import Suspension, Unit
from service.registry.world_data import WorldData, WorldStudent
from service.store import models, personal
from service.store import numbers as student_numbers


def seed(connection: Connection, world: WorldData, password_hash: str) -> int:
    """Insert what is missing; the number of people added. All of them get the same password."""
    _insert(connection, models.Unit, (_unit(unit) for unit in _parents_first(world.units)))
    _insert(connection, models.SchoolClass, (_plain(item) for item in world.classes))
    people = [{**_plain(item.person), "password_hash": password_hash} for item in world.people.values()]
    added = _insert(connection, models.Person, people)
    _insert(
        connection, models.UnitRole, (_plain(role) for item in world.people.values() for role in item.roles)
    )
    new = _insert_students(connection, world)
    for student in world.students.values():
        if student.student.id in new:
            _history(connection, student)
    return added


def _insert_students(connection: Connection, world: WorldData) -> set[str]:
    rows = [_plain(item.student) for item in world.students.values()]
    if not rows:
        return set()
    statement = insert(_table(models.Student)).on_conflict_do_nothing().returning(_table(models.Student).c.id)
    new = {row.id for row in connection.execute(statement, rows)} if rows else set()
    _insert(connection, models.Enrolment, (_enrolment(item) for item in world.students.values()))
    numbers = ((item.student.id, "id_number", item.id_number) for item in world.students.values())
    personal.keep(connection, numbers)
    held = [
        (one.student.id, one.enrolment.number_class, one.student_number or "")
        for one in world.students.values()
    ]
    student_numbers.keep(connection, (one for one in held if one[0] in new))
    return new


def _history(connection: Connection, item: WorldStudent) -> None:
    _insert(
        connection,
        models.SuspensionPeriod,
        (
            {**_plain(period), "student": item.student.id, "next_look": _next_look(period)}
            for period in item.suspensions
        ),
    )
    school = item.enrolment.school
    _insert(
        connection,
        models.RecordMove,
        (
            {
                "student": item.student.id,
                "from_unit": school,
                "to_unit": school,
                "on": day,
                "case_number": f"before-{item.student.id}-{day}",
            }
            for day in item.transfers
        ),
    )


def _next_look(period: Suspension) -> date | None:
    """The first day on which a running period is over."""
    return period.until + timedelta(days=1) if period.until and not period.ended else None


def _insert(connection: Connection, model: Any, rows: Iterable[Mapping[str, Any]]) -> int:
    values = list(rows)
    if not values:
        return 0
    return connection.execute(insert(_table(model)).on_conflict_do_nothing(), values).rowcount


def _table(model: Any) -> Table:
    table: Table = model.__table__
    return table


def _plain(thing: Any) -> dict[str, Any]:
    return {name: getattr(thing, name) for name in thing.__dataclass_fields__}


def _unit(unit: Unit) -> dict[str, Any]:
    return {**_plain(unit), "stages": sorted(unit.stages)}


def _enrolment(item: WorldStudent) -> dict[str, Any]:
    values = {**_plain(item.enrolment), "student": item.student.id, "flags": sorted(item.enrolment.flags)}
    lock = values.pop("case_lock")
    return {**values, "lock_kind": lock.kind if lock else None, "lock_case": lock.case if lock else None}


def _parents_first(units: Mapping[str, Unit]) -> list[Unit]:
    """Units in an order in which every reference points backwards."""
    ordered: dict[str, Unit] = {}

    def place(unit: Unit) -> None:
        for other in (unit.parent, unit.run_by, unit.successor):
            if other and other not in ordered:
                place(units[other])
        ordered.setdefault(unit.id, unit)

    for unit in units.values():
        place(unit)
    return list(ordered.values())
