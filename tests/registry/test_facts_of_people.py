"""Facts about people and units, and what holds for every fact."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from service.registry.facts import FACTS
from service.registry.facts.base import full_years
from tests.registry.desk import TERM_ONE, Desk

G5 = "长垣实验小学五年级在校生"


@pytest.mark.parametrize(
    ("fact", "value"),
    [
        ("receiving_school_kind", "private"),
        ("receiving_school_type", "ordinary"),
        ("sending_school_kind", "public"),
        ("sending_school_type", "special"),
    ],
)
def test_kind_and_type_of_a_school_are_two_things(desk: Desk, fact: str, value: str) -> None:
    case = desk.case(G5, "新星民办小学")
    case.see(replace(case.case, parties={**case.case.parties, "sending_school": "xinxiang_special"}))
    assert case.fact(fact) == value


def test_a_unit_with_one_qualified_person_is_known(desk: Desk) -> None:
    case = desk.case("河滩教学点二年级在校生", "红旗小学")
    assert case.fact("sending_school_one_person") is True
    assert case.fact("receiving_school_one_person") is False
    assert case.fact("receiving_authority_one_person") is False


@pytest.mark.parametrize(
    ("born", "day", "age"),
    [
        (date(2014, 9, 1), date(2026, 8, 31), 11),
        (date(2014, 9, 1), date(2026, 9, 1), 12),
        (date(2016, 2, 29), date(2026, 2, 28), 9),
        (date(2016, 2, 29), date(2026, 3, 1), 10),
    ],
)
def test_a_year_of_age_is_complete_on_the_birthday(born: date, day: date, age: int) -> None:
    assert full_years(born, day) == age


def test_age_and_birth_date_come_from_the_student(desk: Desk) -> None:
    case, student = desk.case(G5), desk.world.data.student_called(G5).student
    assert case.fact("student_birth_date") == student.birth_date.isoformat()
    assert case.fact("student_age") == full_years(student.birth_date, TERM_ONE.date())


def test_every_fact_is_empty_where_the_case_says_nothing(desk: Desk) -> None:
    case = desk.case(G5)
    case.see(replace(case.case, student=None, parties={}))
    assert {name: case.fact(name) for name in FACTS} == dict.fromkeys(FACTS)


def test_a_name_that_is_no_fact_is_a_key_error(desk: Desk) -> None:
    with pytest.raises(KeyError):
        desk.case(G5).fact("shoe_size")


def test_every_fact_says_what_it_is(desk: Desk) -> None:
    kinds = {"string": str, "number": int, "boolean": bool, "date": str, "list": list}
    case = desk.case("休学学生", "红旗小学")
    for name, fact in FACTS.items():
        assert name == fact.name
        assert fact.label_zh
        assert fact.doc
        value = case.fact(name)
        assert value is None or type(value) is kinds[fact.type], name


def test_nothing_is_loaded_until_a_fact_is_asked_and_then_once(desk: Desk) -> None:
    taken: list[str] = []
    take = desk.world.snapshot

    class Counting:
        def snapshot(self, case):  # type: ignore[no-untyped-def]
            taken.append(case.number)
            return take(case)

    case = desk.case(G5, "红旗小学")
    counted = replace(case, registry=Counting())
    assert not taken
    counted.fact("stage")
    counted.fact("class_places")
    counted.party("receiving_authority")
    assert len(taken) == 1
    counted.work("registry.lock_student", {})
    counted.fact("running_case")
    assert len(taken) == 2
