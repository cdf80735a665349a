"""Looking up students and units, within one's right: a school its own students, an authority those of its schools,
everybody else only the student of a running case in which they have a part. No identity number is in any answer here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from service.casework.actors import Actor
from service.clock import ZONE
from service.errors import NotFound
from service.store import rolls as rows
from service.store import students
from service.store.db import transaction
from service.store.listing import Page


@dataclass(frozen=True, kw_only=True)
class Turn:
    """One turn in the life of a record; ``case`` is the case it rests on, if there was one."""

    on: date
    kind: str
    what: str
    case: str = ""


def students_found(actor: Actor, wanted: Mapping[str, Any], page: Page) -> Sequence[Mapping[str, Any]]:
    """Students of one's own school, or of the schools below one's authority."""
    with transaction() as connection:
        asked = {**wanted, **_visible(actor)}
        return rows.students_of(asked, page).find(connection, asked, page)


def students_counted(actor: Actor, wanted: Mapping[str, Any]) -> int:
    """How many that are."""
    with transaction() as connection:
        return rows.STUDENTS.count(connection, {**wanted, **_visible(actor)})


def _visible(actor: Actor) -> dict[str, Any]:
    return {} if actor.sees_everything else {"visible": {"units": sorted(actor.units)}}


def student(actor: Actor, student_id: str) -> Mapping[str, Any]:
    """One student the person's units have to do with, as ``STUDENTS`` shows it. Raises NotFound."""
    with transaction() as connection:
        known = students.student(connection, student_id)
        if known is None or not (actor.sees_everything or known.known_to(actor.units)):
            raise _no_student()
        row = rows.STUDENTS.one(connection, {"id": student_id})
    if row is None:
        raise _no_student()
    return row


def turns(actor: Actor, student_id: str) -> list[Turn]:
    """What the record has been through, oldest first. Whoever has only a case sees that case alone. Raises NotFound."""
    with transaction() as connection:
        known = students.student(connection, student_id)
        if known is None or not (actor.sees_everything or known.known_to(actor.units)):
            raise _no_student()
        keeps = actor.sees_everything or bool(actor.units & ({known.school} | known.authorities))
        found = [
            turn
            for case in rows.cases(connection, student_id, sorted(actor.units), keeps)
            for turn in _of_case(case)
        ]
        if keeps:
            found += [_of_move(row) for row in rows.moves(connection, student_id)]
            found += [
                turn for row in rows.suspensions(connection, student_id) for turn in _of_suspension(row)
            ]
    return sorted(found, key=lambda turn: turn.on)


def _of_case(row: Any) -> list[Turn]:
    name = row.procedure_name or row.procedure
    begun = Turn(on=_day(row.opened_at), kind="case", what=f"发起{name}", case=row.number)
    if row.closed_at is None:
        return [begun]
    end = Turn(
        on=_day(row.closed_at), kind="case", what=f"{name}：{row.outcome_name or '已结束'}", case=row.number
    )
    return [begun, end]


def _of_move(row: Any) -> Turn:
    if row.from_unit == row.to_unit:  # known of from before, without where it came from
        return Turn(on=row.on, kind="move", what=f"学籍转移，现在{row.to_name}")
    what = f"学籍由{row.from_name}转入{row.to_name}"
    return Turn(on=row.on, kind="move", what=what, case=row.case_number)


def _of_suspension(row: Any) -> list[Turn]:
    until = f"，至 {row.until}" if row.until else ""
    begun = Turn(on=row.since, kind="suspension", what=f"休学{until}", case=row.case_number)
    if row.ended is None:
        return [begun]
    return [begun, Turn(on=row.ended, kind="suspension", what="休学结束", case=row.case_number)]


def _day(moment: Any) -> date:
    day: date = moment.astimezone(ZONE).date()
    return day


def _no_student() -> NotFound:
    return NotFound("没有这名学生", cure="请核对学生编号；其他学校的学生须有在办办件才能查看")


def units_found(wanted: Mapping[str, Any], page: Page) -> Sequence[Mapping[str, Any]]:
    """Schools and authorities: everybody who is signed in may know of them."""
    with transaction() as connection:
        return rows.UNITS.find(connection, wanted, page)


def units_counted(wanted: Mapping[str, Any]) -> int:
    """How many that are."""
    with transaction() as connection:
        return rows.UNITS.count(connection, wanted)


def unit(actor: Actor, unit_id: str) -> dict[str, Any]:
    """One unit; its people and classes for itself and those above it. Raises NotFound."""
    with transaction() as connection:
        row = rows.UNITS.one(connection, {"id": unit_id})
        if row is None:
            raise NotFound("没有这个单位", cure="请核对单位的 id")
        inside = actor.sees_everything or rows.belongs(connection, unit_id, sorted(actor.units))
        return {
            **row,
            "people": rows.staff(connection, unit_id) if inside else None,
            "classes": rows.classes(connection, unit_id) if inside else None,
        }
