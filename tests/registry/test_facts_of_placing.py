"""Facts of a transfer whose receiving school an authority has yet to choose."""

from __future__ import annotations

from dataclasses import replace

import pytest

from service.registry.case_records import CaseRecords
from tests.registry.desk import Desk

G3, G6 = "徐汇区第一小学三年级在校生", "徐汇区第一初级中学六年级在校生"


def at_the_district(case: CaseRecords, **parties: str) -> CaseRecords:
    """The same case with these parties settled besides."""
    case.see(replace(case.case, parties={**case.case.parties, **parties}))
    return case


def test_the_district_tells_stage_and_grade_before_a_school_is_chosen(desk: Desk) -> None:
    case = at_the_district(desk.case(G6), receiving_authority="pudong_education")
    assert case.fact("receiving_stage") == "junior"
    assert case.fact("receiving_initial_grade") is True
    assert case.fact("receiving_graduating_grade") is False
    assert case.fact("class_places") is None


def test_without_any_receiving_side_nothing_is_known(desk: Desk) -> None:
    case = desk.case(G6)
    names = ("receiving_stage", "receiving_initial_grade", "receiving_grade_offered", "receiving_school_name")
    assert [case.fact(name) for name in names] == [None] * 4
    assert case.fact("receiving_school_in_district") is None


def test_the_grade_asked_for_is_that_of_the_record_unless_the_form_says_otherwise(desk: Desk) -> None:
    assert desk.case(G3).fact("receiving_grade") == 3
    assert desk.case(G3, number="other", requested_grade=4).fact("receiving_grade") == 4


@pytest.mark.parametrize(
    ("school", "inside", "offered"),
    [
        ("pudong_first_primary", True, True),
        ("pudong_first_middle", True, False),
        ("xuhui_second_primary", False, True),
        ("shanghai_sports", True, True),  # run by the city, but it lies in the district
    ],
)
def test_a_district_places_in_its_own_schools_that_have_the_grade(
    desk: Desk, school: str, inside: bool, offered: bool
) -> None:
    case = at_the_district(desk.case(G3), receiving_authority="pudong_education", receiving_school=school)
    assert case.fact("receiving_school_in_district") is inside
    assert case.fact("receiving_grade_offered") is offered


def test_a_school_that_starts_must_keep_the_record(desk: Desk) -> None:
    case = desk.case(G3)
    assert case.fact("record_at_sending_school") is True
    assert (
        at_the_district(case, sending_school="xuhui_second_primary").fact("record_at_sending_school") is False
    )


def test_the_place_of_study_is_told_by_the_school_s_name(desk: Desk) -> None:
    assert desk.case(G3, "浦东新区特殊教育学校").fact("receiving_school_name") == "浦东新区特殊教育学校"


@pytest.mark.parametrize(
    ("school", "first", "last"),
    [("pudong_first_primary", 1, 5), ("changan_first_primary", 1, 6), ("shanghai_sports", 1, 9)],
)
def test_which_grades_a_school_has_follows_from_its_school_system(
    desk: Desk, school: str, first: int, last: int
) -> None:
    case = at_the_district(desk.case(G3), receiving_authority="pudong_education", receiving_school=school)
    assert (case.fact("receiving_first_grade"), case.fact("receiving_last_grade")) == (first, last)


def test_without_a_school_no_grade_is_known(desk: Desk) -> None:
    case = at_the_district(desk.case(G3), receiving_authority="pudong_education")
    assert (case.fact("receiving_first_grade"), case.fact("receiving_last_grade")) == (None, None)
