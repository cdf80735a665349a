"""One picture of the registry for one case, in one statement."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Connection

from service.registry.model import (
    CaseLock,
    CaseView,
    Enrolment,
    RoleInUnit,
    SchoolClass,
    Student,
    Suspension,
    Unit,
)
from service.registry.world import Returning, Snapshot
from service.store import wire

_SNAPSHOT = """
    with recursive seed as (
        select unnest(cast(%(units)s as text[])) as id
        union select school from enrolment where student = %(student)s
    ), tree as (
        select u.* from unit u join seed on seed.id = u.id
        union
        select up.* from tree join unit up on up.id in (tree.parent, tree.run_by, tree.successor)
    ), schools as (
        select id from tree where kind = 'school'
    )
    select
        (select json_agg(tree) from tree) as units,
        (select to_json(s) from student s where s.id = %(student)s) as student,
        (select to_json(e) from enrolment e where e.student = %(student)s) as enrolment,
        (select json_agg(c) from school_class c where c.unit in (select id from schools)) as classes,
        (select json_agg(json_build_object('unit', e.school, 'grade', e.grade, 'until',
                (select max(p.until) from suspension_period p where p.student = e.student and p.ended is null)))
           from enrolment e where e.status = 'suspended' and e.school in (select id from schools)) as returning,
        (select json_agg(m.on order by m.on) from record_move m where m.student = %(student)s) as moves,
        (select json_agg(c.number) from case_ c
          where c.student = %(student)s and c.closed_at is null and c.number <> %(number)s) as others,
        (select json_agg(p order by p.since) from suspension_period p where p.student = %(student)s) as suspensions,
        (select json_agg(r) from unit_role r join person on person.id = r.person
          where r.unit in (select id from tree) and r.active and person.active) as people
"""


class _Row(NamedTuple):
    """The columns of the picture, in their order; what is not there is None."""

    units: list[dict[str, Any]] | None
    student: dict[str, Any] | None
    enrolment: dict[str, Any] | None
    classes: list[dict[str, Any]] | None
    returning: list[dict[str, Any]] | None
    moves: list[str] | None
    others: list[str] | None
    suspensions: list[dict[str, Any]] | None
    people: list[dict[str, Any]] | None


class RegistryTables:
    """The registry's questions, answered from the tables of one transaction."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def snapshot(self, case: CaseView) -> Snapshot:
        """The present state, read afresh."""
        values = {"units": sorted(set(case.parties.values())), "student": case.student, "number": case.number}
        row = _Row(*(wire.one(self.connection, _SNAPSHOT, values) or ()))
        return Snapshot(
            case=case,
            units={unit["id"]: _unit(unit) for unit in row.units or ()},
            student=_student(row.student),
            enrolment=_enrolment(row.enrolment),
            classes=tuple(SchoolClass(**item) for item in row.classes or ()),
            returning=tuple(
                Returning(unit=item["unit"], grade=item["grade"], until=_day(item["until"]))
                for item in row.returning or ()
            ),
            transfers=tuple(date.fromisoformat(day) for day in row.moves or ()),
            other_cases=tuple(row.others or ()),
            suspensions=tuple(_suspension(item) for item in row.suspensions or ()),
            people=tuple(_role(item) for item in row.people or ()),
        )


def _unit(row: dict[str, Any]) -> Unit:
    return Unit(**{**row, "stages": frozenset(row["stages"])})


def _student(row: dict[str, Any] | None) -> Student | None:
    if row is None:
        return None
    return Student(id=row["id"], name=row["name"], birth_date=date.fromisoformat(row["birth_date"]))


def _enrolment(row: dict[str, Any] | None) -> Enrolment | None:
    if row is None:
        return None
    values = {name: row[name] for name in Enrolment.__dataclass_fields__ if name in row}
    lock = CaseLock(kind=row["lock_kind"], case=row["lock_case"]) if row["lock_case"] else None
    return Enrolment(**{**values, "flags": frozenset(row["flags"]), "case_lock": lock})


def _suspension(row: dict[str, Any]) -> Suspension:
    return Suspension(
        stage=row["stage"],
        since=date.fromisoformat(row["since"]),
        until=_day(row["until"]),
        ended=_day(row["ended"]),
        ground=row["ground"],
    )


def _role(row: dict[str, Any]) -> RoleInUnit:
    return RoleInUnit(
        person=row["person"],
        role=row["role"],
        unit=row["unit"],
        trained=_day(row["trained"]),
        filed=_day(row["filed"]),
        active=row["active"],
    )


def _day(text_: str | None) -> date | None:
    return date.fromisoformat(text_) if text_ else None
