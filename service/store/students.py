"""A student as the rules on personal data see one: the record, its place, and who has to do with it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, text

_STUDENT = text(
    """
    with recursive above as (
        select u.id, u.parent, u.run_by from unit u join enrolment e on e.school = u.id and e.student = :student
        union
        select u.id, u.parent, u.run_by from above join unit u on u.id in (above.parent, above.run_by)
    )
    select s.id, s.name, e.school, u.name as school_name, u.county, e.stage, e.grade, e.status, e.number_class,
           array(select id from above where id <> e.school) as authorities,
           array(select p.unit from case_ c join case_party p on p.case_number = c.number
                 where c.student = :student and c.closed_at is null) as parties
    from student s join enrolment e on e.student = s.id join unit u on u.id = e.school where s.id = :student
    """
)


@dataclass(frozen=True, kw_only=True)
class StudentRow:
    """``authorities`` are the school's, upwards; ``parties`` the units with a part in one of the running cases."""

    id: str
    name: str
    school: str
    school_name: str
    county: str
    stage: str
    grade: int
    status: str
    number_class: str
    authorities: frozenset[str]
    parties: frozenset[str]

    def known_to(self, units: Iterable[str]) -> frozenset[str]:
        """Those of the units that have to do with the student: the school, its authorities, parties to a case."""
        return frozenset(units) & ({self.school} | self.authorities | self.parties)


def student(connection: Connection, student_id: str) -> StudentRow | None:
    """One student with a record."""
    row = connection.execute(_STUDENT, {"student": student_id}).mappings().first()
    if row is None:
        return None
    sets = {name: frozenset(row[name]) for name in ("authorities", "parties")}
    return StudentRow(**{**row, **sets})
