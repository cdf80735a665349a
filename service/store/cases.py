"""Cases and instances: opening them, and what a start must look up."""

from __future__ import annotations

from datetime import date, datetime

import orjson
from sqlalchemy import Connection, text

from service.registry.model import Unit
from service.store.rows import CaseRow, LockedInstance

_CASE = text(
    """insert into case_ (number, procedure, region, student, started, opened_at, form, started_by)
       values (:number, :procedure, :region, :student, :started, :now, cast(:form as jsonb), :by)"""
)
_INSTANCE = text(
    """insert into instance (id, case_number, definition, region, state, started_at)
       values (:id, :case_number, :definition, :region, :state, :now)"""
)


def lock_student(connection: Connection, student: str) -> bool:
    """Serialise the starts of one student."""
    found = connection.execute(text("select 1 from student where id = :id for update"), {"id": student})
    return found.first() is not None


def record_of(connection: Connection, student: str) -> tuple[str | None, str | None]:
    """Stage and school of a student's record; nothing where there is none."""
    sql = text("select stage, school from enrolment where student = :id")
    row = connection.execute(sql, {"id": student}).first()
    return (row.stage, row.school) if row is not None else (None, None)


def unit(connection: Connection, unit_id: str) -> Unit | None:
    row = connection.execute(text("select * from unit where id = :id"), {"id": unit_id}).mappings().first()
    return Unit(**{**row, "stages": frozenset(row["stages"])}) if row is not None else None


def next_number(connection: Connection, county: str, on: date) -> str:
    """A new case number (受理编号): place, day, serial."""
    serial = connection.execute(text("select nextval('case_serial')")).scalar_one()
    return f"{county}-{on:%Y%m%d}-{serial:06d}"


def authority_of_region(connection: Connection, region: str) -> str | None:
    """The authority whose own area a region is; the nation has none."""
    sql = text(
        "select id from unit where kind = 'authority' and county = :region and successor is null order by id"
    )
    found: str | None = connection.execute(sql, {"region": region}).scalar()
    return found


def insert_case(connection: Connection, case: CaseRow, by: str) -> None:
    connection.execute(
        _CASE,
        {
            "number": case.number,
            "procedure": case.procedure,
            "region": case.region,
            "student": case.student,
            "started": case.started,
            "now": case.now,
            "form": orjson.dumps(dict(case.form)).decode(),
            "by": by,
        },
    )


def open_sides(connection: Connection, case_number: str) -> list[str]:
    """Instances of a case that still run, in the order they are to be locked."""
    sql = text("select id from instance where case_number = :number and status = 'active' order by id")
    return list(connection.execute(sql, {"number": case_number}).scalars())


def insert_instance(connection: Connection, instance: LockedInstance, now: datetime) -> None:
    connection.execute(
        _INSTANCE,
        {
            "id": instance.id,
            "case_number": instance.case_number,
            "definition": instance.definition,
            "region": instance.region,
            "state": instance.state,
            "now": now,
        },
    )


def release_student(connection: Connection, case: CaseRow) -> None:
    """Take away a case's lock on a record."""
    connection.execute(
        text(
            "update enrolment set lock_kind = null, lock_case = null"
            " where student = :student and lock_case = :number"
        ),
        {"student": case.student, "number": case.number},
    )
