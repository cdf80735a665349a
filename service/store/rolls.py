"""Lists of students and units, and what a student's record has been through."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Row, text

from service.store.listing import Listing, Page, Wanted

# The units asked for and everything below them: an authority sees the schools of its place and those it runs.
_BELOW = """(with recursive below as (
        select id from unit where id = any(:units)
        union select u.id from unit u join below on u.parent = below.id or u.run_by = below.id
    ) select id from below)"""

_OF_RECORD = ("stage", "grade", "class_no", "status", "number_class", "in_case")
STUDENTS = Listing(
    columns="""e.student as id, s.name, e.school, u.name as school_name, u.county, e.stage, e.grade, e.class_no,
        e.status, e.number_class, e.problem_flag, e.sanction, e.lock_kind, e.lock_case, e.place_of_study""",
    source="enrolment e left join student s on s.id = e.student left join unit u on u.id = e.school",
    conditions={
        "visible": f"e.school in {_BELOW}",
        "id": "e.student = :id",
        "name": "s.name = :name",
        "name_like": "s.name like :name_like",
        "school": "e.school = :school",
        "stage": "e.stage = :stage",
        "grade": "e.grade = :grade",
        "class_no": "e.class_no = :class_no",
        "status": "e.status = :status",
        "number_class": "e.number_class = :number_class",
        "in_case": "e.lock_case is not null",
    },
    orders={"name": "s.name", "grade": "e.grade", "school": "e.school", "status": "e.status"},
    key="e.student",
    default="e.school, e.grade, e.class_no",
)

# Of a whole county: school after school, each read in its order off an index, only as far as the page reaches.
# ``offset 0`` keeps the planner from reading all schools at once.
_BY_SCHOOL = replace(
    STUDENTS,
    source=f"""(select id from {_BELOW} i_ order by id) b_ cross join lateral (
        select * from enrolment x where x.school = b_.id order by x.grade, x.class_no, x.student offset 0) e""",  # noqa: S608  (a constant)
    conditions={"visible": "true", **{name: STUDENTS.conditions[name] for name in _OF_RECORD}},
    orders={"school": "b_.id"},
    default="b_.id, e.grade, e.class_no",
    rows=STUDENTS,
)


def students_of(wanted: Wanted, page: Page) -> Listing:
    """The list that finds these students soonest: ``visible`` are the units asked for and those below them."""
    by_school = "visible" in wanted and not page.sort and _BY_SCHOOL.conditions.keys() >= wanted.keys()
    return _BY_SCHOOL if by_school else STUDENTS


UNITS = Listing(
    columns="""u.id, u.name, u.kind, u.level, u.county, u.parent, p.name as parent_name, u.run_by,
        r.name as run_by_name, u.school_type, u.ownership, u.school_system, u.stages, u.successor""",
    source="unit u left join unit p on p.id = u.parent left join unit r on r.id = u.run_by",
    conditions={
        "id": "u.id = :id",
        "kind": "u.kind = :kind",
        "name": "u.name = :name",
        "name_like": "u.name like :name_like",
        "county": "u.county = :county",
        "level": "u.level = :level",
        "stage": ":stage = any(u.stages)",
        "under": "u.parent = :under or u.run_by = :under",
    },
    orders={"name": "u.name", "county": "u.county"},
    key="u.id",
    default="u.county, u.kind",
)

_BELONGS = text(f"select 1 from unit where id = :unit and id in {_BELOW}")  # noqa: S608  (a constant)
_STAFF = text(
    """select p.id, p.name, r.role, r.trained, r.filed, r.active and p.active as active
       from unit_role r join person p on p.id = r.person where r.unit = :unit order by r.role, p.id limit 200"""
)
_CLASSES = text(
    "select grade, number, size, cap from school_class where unit = :unit order by grade, number limit 500"
)
_MOVES = text(
    """select m."on", m.from_unit, f.name as from_name, m.to_unit, t.name as to_name, m.case_number
       from record_move m join unit f on f.id = m.from_unit join unit t on t.id = m.to_unit
       where m.student = :student order by m."on", m.id limit 200"""
)
_SUSPENSIONS = text(
    """select since, until, ended, ground, case_number from suspension_period where student = :student
       order by since, id limit 200"""
)
_CASES = text(
    """select c.number, c.procedure, c.opened_at, c.closed_at, c.outcome, c.outcome_name,
              (select d.name from instance i join definition d on d.id = i.definition
                where i.case_number = c.number order by i.started_at, i.id limit 1) as procedure_name
       from case_ c where c.student = :student and (:every or exists (
             select from case_party p where p.case_number = c.number and p.unit = any(:units)))
       order by c.opened_at, c.number limit 200"""
)


def belongs(connection: Connection, unit: str, units: Sequence[str]) -> bool:
    """Whether a unit is one of these or below them."""
    return connection.execute(_BELONGS, {"unit": unit, "units": list(units)}).first() is not None


def staff(connection: Connection, unit: str) -> Sequence[Row[Any]]:
    """Who holds which role, qualified or not."""
    return connection.execute(_STAFF, {"unit": unit}).all()


def classes(connection: Connection, unit: str) -> Sequence[Row[Any]]:
    """A school's classes with their sizes."""
    return connection.execute(_CLASSES, {"unit": unit}).all()


def moves(connection: Connection, student: str) -> Sequence[Row[Any]]:
    """Where the record went, oldest first."""
    return connection.execute(_MOVES, {"student": student}).all()


def suspensions(connection: Connection, student: str) -> Sequence[Row[Any]]:
    """Periods of suspension, oldest first."""
    return connection.execute(_SUSPENSIONS, {"student": student}).all()


def cases(connection: Connection, student: str, units: Sequence[str], every: bool) -> Sequence[Row[Any]]:
    """Cases about the student: ``every`` one, or those in which one of the units has a part."""
    return connection.execute(_CASES, {"student": student, "units": list(units), "every": every}).all()
