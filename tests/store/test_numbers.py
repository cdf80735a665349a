"""Student numbers (学籍号): one for life under a stable key, every change kept, nobody given another's."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import Connection, text

from service.casework.context import Office
from service.errors import Conflict
from service.registry.changes import IssueNumber
from service.registry.errors import ActionRefused
from service.store import numbers, personal
from service.store.changes import apply_change
from service.store.db import transaction
from tests.casework.people import world

L_PUPIL, J_PUPIL = "changan_g3", "qiaoxi_g4"
DAY = date(2027, 3, 8)


def id_of(student: str) -> str:
    return world().students[student].id_number


def issue(office: Office, connection: Connection, student: str, kind: str, **other: Any) -> None:
    law = office.shelf.rules.law
    change = IssueNumber(
        student=student,
        scheme="national",
        kind=kind,
        pattern=law.numbers.classes[kind],
        county="130102",
        on=DAY,
        case=f"case-{kind}-{student}",
        clauses=law.numbers.changes.get(("L", kind), ()),
    )
    apply_change(connection, change if not other else IssueNumber(**{**vars(change), **other}))


def held(connection: Connection, student: str) -> list[tuple[str, str, date | None]]:
    return [(one.kind, one.number, one.until) for one in numbers.read(connection, student)]


def test_a_formal_number_takes_the_place_of_the_temporary_one_which_is_kept(office: Office) -> None:
    with transaction() as connection:
        assert held(connection, L_PUPIL) == [("L", f"L{id_of(L_PUPIL)}", None)]
        issue(office, connection, L_PUPIL, "G")
        issue(office, connection, L_PUPIL, "G")
        assert held(connection, L_PUPIL) == [
            ("L", f"L{id_of(L_PUPIL)}", DAY),
            ("G", f"G{id_of(L_PUPIL)}", None),
        ]
        row = connection.execute(
            text("select number_class from enrolment where student = :s"), {"s": L_PUPIL}
        ).one()
        assert row.number_class == "G"


def test_without_an_identity_number_a_number_of_residence_then_a_formal_one(office: Office) -> None:
    with transaction() as connection:
        identity = id_of(L_PUPIL)
        connection.execute(text("delete from personal_data where student = :s"), {"s": L_PUPIL})
        with pytest.raises(ActionRefused, match="没有身份证号"):
            issue(office, connection, L_PUPIL, "G")
        issue(office, connection, L_PUPIL, "J")
        born = f"{world().students[L_PUPIL].student.birth_date:%Y%m%d}"
        (_, (kind, number, _)) = held(connection, L_PUPIL)
        assert (kind, number[:15]) == ("J", f"J130102{born}")
        personal.put(connection, L_PUPIL, "id_number", identity)
        issue(office, connection, L_PUPIL, "G", case="later")
        assert [kind for kind, _, _ in held(connection, L_PUPIL)] == ["L", "J", "G"]


def test_a_new_identity_number_makes_a_new_formal_number_and_keeps_the_old(office: Office) -> None:
    with transaction() as connection:
        old, new = id_of(J_PUPIL), "130104201702069928"
        issue(office, connection, J_PUPIL, "G")
        assert held(connection, J_PUPIL) == [("G", f"G{old}", None)], "the same number changes nothing"
        personal.put(connection, J_PUPIL, "id_number", new)
        issue(office, connection, J_PUPIL, "G")
        assert held(connection, J_PUPIL) == [("G", f"G{old}", DAY), ("G", f"G{new}", None)]


def test_nobody_is_given_the_number_of_another(office: Office) -> None:
    with transaction() as connection:
        connection.execute(
            text("delete from personal_data where student = :s and kind = 'id_number'"), {"s": J_PUPIL}
        )
        personal.put(connection, L_PUPIL, "id_number", id_of(J_PUPIL))
        with pytest.raises(Conflict, match="另一名学生") as refused:
            issue(office, connection, L_PUPIL, "G")
        assert refused.value.problem.clauses == ("MOE2013-5-a",)


def test_numbers_lie_sealed_and_survive_a_new_index_key(office: Office) -> None:
    with transaction() as connection:
        kept = connection.execute(text("select sealed from student_number")).scalars().all()
        assert kept
        assert not any(id_of(L_PUPIL).encode() in bytes(one) for one in kept)
        assert numbers.reindex(connection, "", 1000) == (None, 0)
        connection.execute(text("update student_number set blind = 'x' where student = :s"), {"s": L_PUPIL})
        assert numbers.reindex(connection, "", 1000) == (None, 1)
