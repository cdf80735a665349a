"""Student numbers as kept: one row each, sealed; the present one has no end. It must not know who may see them.

A number is found by its keyed digest, so that nobody is given another's (一人一号).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, text

from service.errors import Conflict
from service.ids import new_id
from service.registry.changes import IssueNumber
from service.registry.numbers import NATIONAL, NONE
from service.store import personal
from service.store.vault import vault

TABLE = "student_number"
_FACTS = text("select birth_date from student where id = :student")
_SERIAL = text("select nextval('student_number_serial')")
_READ = text(
    """select id, student, scheme, kind, sealed, since, until, clauses from student_number
       where student = any(:students) order by student, scheme, since nulls first, id"""
)
_OWNER = text("select student from student_number where scheme = :scheme and blind = :blind limit 1")
_DONE = text(
    """select from student_number
       where student = :student and scheme = :scheme and kind = :kind and case_number = :case"""
)
_PRESENT = text(
    "select blind from student_number where student = :student and scheme = :scheme and until is null for update"
)
_END = text(
    "update student_number set until = :on where student = :student and scheme = :scheme and until is null"
)
_ADD = text(
    """insert into student_number (id, student, scheme, kind, sealed, blind, since, clauses, case_number)
       values (:id, :student, :scheme, :kind, :sealed, :blind, :since, :clauses, :case)"""
)
_CLASS = text("update enrolment set number_class = :kind where student = :student")
_PAGE = text(
    "select id, scheme, sealed, blind from student_number where id > :after order by id limit :limit for update"
)
_BLIND = text("update student_number set blind = :blind where id = :id")


@dataclass(frozen=True, kw_only=True)
class NumberHeld:
    """One number a student has or had: from the day ``since`` (unknown of old records) to the day ``until``."""

    scheme: str
    kind: str
    number: str
    since: date | None
    until: date | None
    clauses: tuple[str, ...]


def issue(connection: Connection, change: IssueNumber) -> None:
    """Compose the number and keep it; the present one of its kind ends. The very same number changes nothing,
    nor does a case that has done so before.

    Raises ActionRefused without the identity number it needs, Conflict when the number is another student's.
    """
    key = {"student": change.student, "scheme": change.scheme}
    if connection.execute(_DONE, {**key, "kind": change.kind, "case": change.case}).first() is not None:
        return
    number = change.pattern.compose(_parts(connection, change))
    blind = vault().index(number, change.scheme)
    owner = connection.execute(_OWNER, {"scheme": change.scheme, "blind": blind}).scalar()
    if owner not in (None, change.student):
        raise Conflict(
            "编出的学籍号已属于另一名学生", cure="请核对身份证号，或按问题学籍处理", clauses=("MOE2013-5-a",)
        )
    present = connection.execute(_PRESENT, key).scalar()
    if present is not None and bytes(present) == blind:
        return
    connection.execute(_END, {**key, "on": change.on})
    row = _row(change.student, change.scheme, change.kind, number)
    connection.execute(
        _ADD, {**row, "since": change.on, "clauses": list(change.clauses), "case": change.case}
    )
    if change.scheme == NATIONAL:
        connection.execute(_CLASS, {"student": change.student, "kind": change.kind})


def keep(connection: Connection, numbers: Iterable[tuple[str, str, str]]) -> None:
    """Keep (student, class, number) of students who come with one; how they came by it is not known."""
    rows = [
        {**_row(student, NATIONAL, kind, number), "since": None, "clauses": [], "case": ""}
        for student, kind, number in numbers
        if kind != NONE
    ]
    if rows:
        connection.execute(_ADD, rows)


def read(connection: Connection, student: str) -> tuple[NumberHeld, ...]:
    """Every number of a student, each scheme's present one last. Raises Unreadable."""
    return tuple(
        NumberHeld(
            scheme=row.scheme,
            kind=row.kind,
            number=vault().open(bytes(row.sealed), _about(row.id)).decode(),
            since=row.since,
            until=row.until,
            clauses=tuple(row.clauses),
        )
        for row in connection.execute(_READ, {"students": [student]})
    )


def reindex(connection: Connection, after: str, limit: int) -> tuple[str | None, int]:
    """Make digests anew where the index key has changed: the row to go on after (None at the end), how many."""
    rows: Sequence[object] = connection.execute(_PAGE, {"after": after, "limit": limit}).all()
    changed = 0
    for row in rows:
        number = vault().open(bytes(row.sealed), _about(row.id)).decode()  # type: ignore[attr-defined]
        blind = vault().index(number, row.scheme)  # type: ignore[attr-defined]
        if blind != bytes(row.blind):  # type: ignore[attr-defined]
            connection.execute(_BLIND, {"id": row.id, "blind": blind})  # type: ignore[attr-defined]
            changed += 1
    return (rows[-1].id if len(rows) == limit else None), changed  # type: ignore[attr-defined]


def _parts(connection: Connection, change: IssueNumber) -> dict[str, str]:
    born = connection.execute(_FACTS, {"student": change.student}).scalar_one()
    return {
        "id_number": personal.read(connection, [change.student]).get(change.student, {}).get("id_number", ""),
        "county": change.county,
        "birth": f"{born:%Y%m%d}",
        "year": f"{change.on:%Y}",
        "serial": f"{connection.execute(_SERIAL).scalar_one():06d}",
    }


def _row(student: str, scheme: str, kind: str, number: str) -> dict[str, object]:
    identifier = new_id()
    return {
        "id": identifier,
        "student": student,
        "scheme": scheme,
        "kind": kind,
        "sealed": vault().seal(number.encode(), _about(identifier)),
        "blind": vault().index(number, scheme),
    }


def _about(identifier: str) -> str:
    return f"{TABLE}/{identifier}"
