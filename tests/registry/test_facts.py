"""What diagrams and tables may ask about a case."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest

from service.policy.values import Value
from service.registry.model import CaseLock, Suspension
from tests.registry.desk import TERM_ONE, TERM_TWO, Desk, at

G5 = "长垣实验小学五年级在校生"


@pytest.mark.parametrize(
    ("student", "fact", "value"),
    [
        (G5, "stage", "primary"),
        (G5, "compulsory", True),
        (G5, "grade", 5),
        (G5, "graduating_grade", False),
        (G5, "initial_grade", False),
        (G5, "status", "in_school"),
        (G5, "sanction", "none"),
        (G5, "number_class", "G"),
        (G5, "problem_flag", "clear"),
        (G5, "vocational", False),
        (G5, "running_case", False),
        (G5, "suspension_count", 0),
        (G5, "suspended_since", None),
        ("六年级学生", "graduating_grade", True),
        ("记过处分学生", "sanction", "demerit"),
        ("问题学籍学生", "problem_flag", "locked"),
        ("在办业务学生", "running_case", True),
        ("新星民办小学四年级在校生", "number_class", "L"),
        ("河滩教学点二年级在校生", "flags", ["left_behind"]),
        ("休学学生", "status", "suspended"),
        ("休学学生", "suspension_count", 1),
        ("休学学生", "suspended_since", "2026-03-02"),
        ("休学学生", "suspended_until", "2027-03-01"),
        ("休学学生", "suspension_ground", "illness"),
        ("休学学生", "suspended_days", 365),
        ("休学学生", "suspended_days_illness", 365),
        ("休学学生", "consecutive_suspensions", 1),
        (G5, "suspension_ground", None),
        (G5, "suspended_days", 0),
        (G5, "consecutive_suspensions", 0),
        (G5, "record_locked", False),
        ("在办业务学生", "record_locked", True),
        ("长垣市第一初级中学八年级在校生", "stage", "junior"),
        ("长垣市第一初级中学毕业生", "status", "graduated"),
        ("石家庄市职业高中高一在校生", "vocational", True),
        ("石家庄市职业高中高一在校生", "compulsory", False),
        ("石家庄市职业高中高一在校生", "initial_grade", True),
        ("临夏市第一小学一年级在校生", "initial_grade", True),
    ],
)
def test_a_record_answers_for_its_student(desk: Desk, student: str, fact: str, value: Value) -> None:
    assert desk.case(student).fact(fact) == value


@pytest.mark.parametrize(
    ("student", "initial", "graduating", "stage"),
    [
        ("徐汇区第一小学五年级在校生", False, True, "primary"),
        ("徐汇区第一初级中学六年级在校生", True, False, "junior"),
        ("六年级学生", False, True, "primary"),
    ],
)
def test_five_four_and_six_three_differ_in_grades_five_and_six(
    desk: Desk, student: str, initial: bool, graduating: bool, stage: str
) -> None:
    case = desk.case(student)
    assert case.fact("initial_grade") is initial
    assert case.fact("graduating_grade") is graduating
    assert case.fact("stage") == stage


@pytest.mark.parametrize(
    ("student", "to", "same"),
    [
        (G5, "长垣实验小学", "school authority county city province"),
        ("红旗小学三年级在校生", "满额小学", "authority county city province central"),
        ("红旗小学三年级在校生", "新乡市特殊教育学校", "county city province central"),
        ("牧野小学四年级在校生", "红旗小学", "city province central"),
        (G5, "红旗小学", "city province"),
        ("金水区第一小学四年级在校生", "红旗小学", "province"),
        ("邯山区第一小学四年级在校生", "红旗小学", ""),
        ("徐汇区第一小学三年级在校生", "浦东新区第一小学", "city province"),
    ],
)
def test_two_schools_lie_as_near_as_their_places(desk: Desk, student: str, to: str, same: str) -> None:
    case = desk.case(student, to)
    names = {
        "school": "same_school",
        "authority": "same_authority",
        "county": "same_county",
        "city": "same_city",
        "province": "same_province",
        "central": "within_central_urban_area",
    }
    assert {word for word, fact in names.items() if case.fact(fact)} == set(same.split())


def test_without_a_receiving_school_the_authority_says_where_the_student_goes(desk: Desk) -> None:
    case = desk.case("徐汇区第一小学三年级在校生")
    assert case.fact("same_county") is None
    case.see(replace(case.case, parties={**case.case.parties, "receiving_authority": "pudong_education"}))
    assert case.fact("same_county") is False
    assert case.fact("same_city") is True
    assert case.fact("same_school") is None
    assert case.fact("receiving_region") == "310000"


@pytest.mark.parametrize(
    ("student", "to", "receiving", "sending"),
    [
        (G5, "红旗小学", "410700", "410700"),
        ("邯山区第一小学四年级在校生", "红旗小学", "410700", "000000"),
        ("徐汇区第一小学三年级在校生", "临夏市第一小学", "622900", "310000"),
        ("金水区第一小学四年级在校生", "长安区第一小学", "000000", "000000"),
    ],
)
def test_each_side_has_the_region_whose_rules_apply(
    desk: Desk, student: str, to: str, receiving: str, sending: str
) -> None:
    case = desk.case(student, to)
    assert (case.fact("receiving_region"), case.fact("sending_region")) == (receiving, sending)


def test_rules_that_have_ended_no_longer_apply(desk: Desk) -> None:
    last, after = at(2027, 12, 31), at(2028, 1, 1)
    assert desk.case("徐汇区第一小学三年级在校生", now=last).fact("sending_region") == "310000"
    assert desk.case("徐汇区第一小学三年级在校生", now=after).fact("sending_region") == "000000"


@pytest.mark.parametrize(
    ("to", "grade", "places"),
    [
        ("红旗小学", 5, 5),
        ("满额小学", 5, 0),
        ("红旗区第一中学", 8, 5),
        ("新乡市特殊教育学校", 5, 5),
        ("长垣市河滩教学点", 3, 33),
        ("长垣市河滩教学点", 5, 0),
        ("徐汇区第一小学", 5, 5),
        ("长安区第一小学", 5, 5),
    ],
)
def test_places_are_what_the_caps_leave(desk: Desk, to: str, grade: int, places: int) -> None:
    assert desk.case(G5, to, requested_grade=grade).fact("class_places") == places


def test_a_place_is_kept_for_a_student_who_comes_back_this_term(desk: Desk) -> None:
    case = desk.case("河滩教学点二年级在校生", "红旗小学")
    assert case.fact("reserved_places") == 1
    assert case.fact("class_places") == 4


def test_no_place_is_kept_for_one_who_comes_back_in_a_later_term(desk: Desk) -> None:
    def places(now: datetime) -> Value:
        return desk.case("红旗小学三年级在校生", "长垣实验小学", now=now).fact("class_places")

    assert (places(TERM_ONE), places(TERM_TWO)) == (5, 4)


def test_without_a_cap_places_are_unlimited(desk: Desk) -> None:
    classes = tuple(replace(one, cap=None) for one in desk.world.data.classes)
    desk.world = type(desk.world)(replace(desk.world.data, classes=classes))
    assert desk.case(G5, "长安区第一小学").fact("class_places") is None


@pytest.mark.parametrize("asked", [6, 6.0, "6"])
def test_the_grade_asked_for_decides_about_the_receiving_stage(desk: Desk, asked: Value) -> None:
    case = desk.case("徐汇区第一小学五年级在校生", "红旗小学", requested_grade=asked)
    assert case.fact("receiving_stage") == "primary"
    assert case.fact("receiving_graduating_grade") is True
    assert case.fact("receiving_initial_grade") is False


def test_the_same_grade_may_be_another_stage_on_the_other_side(desk: Desk) -> None:
    case = desk.case("六年级学生", "徐汇区第一初级中学")
    assert (case.fact("stage"), case.fact("receiving_stage")) == ("primary", "junior")
    assert case.fact("receiving_initial_grade") is True


@pytest.mark.parametrize(
    ("moved", "now", "count"),
    [
        (date(2026, 9, 2), TERM_ONE, 1),
        (date(2026, 9, 2), TERM_TWO, 0),
        (date(2026, 8, 20), TERM_ONE, 1),
        (date(2026, 8, 20), at(2026, 8, 25), 1),
        (date(2026, 6, 1), TERM_ONE, 0),
        (date(2019, 9, 2), TERM_ONE, 0),
        (date(2026, 9, 4), TERM_ONE, 0),
    ],
)
def test_transfers_count_in_the_term_they_fall_in(desk: Desk, moved: date, now: datetime, count: int) -> None:
    known = desk.world.data.student_called(G5)
    desk.world.students[known.student.id] = replace(known, transfers=(moved,))
    assert desk.case(G5, now=now).fact("transfers_this_term") == count


def test_a_school_that_starts_need_not_keep_the_record(desk: Desk) -> None:
    case = desk.case(G5)
    assert case.fact("record_at_school") is True
    case.see(replace(case.case, parties={**case.case.parties, "school": "hongqi_primary"}))
    assert case.fact("record_at_school") is False


def test_suspensions_of_other_stages_add_up_within_compulsory_education(desk: Desk) -> None:
    known = desk.world.data.student_called("长垣市第一初级中学八年级在校生")
    periods = (
        Suspension(stage="senior", since=date(2020, 3, 2), until=date(2020, 3, 3)),
        Suspension(stage="primary", since=date(2024, 9, 1), until=date(2024, 9, 30), ended=date(2024, 9, 10)),
        Suspension(stage="junior", since=date(2026, 3, 2), until=None, ground="illness"),
    )
    desk.world.students[known.student.id] = replace(known, suspensions=periods)
    case = desk.case("长垣市第一初级中学八年级在校生")
    assert (case.fact("suspended_days"), case.fact("suspended_days_illness")) == (10 + 186, 186)
    assert case.fact("consecutive_suspensions") == 1


def test_another_running_case_counts_and_ones_own_does_not(desk: Desk) -> None:
    first, second = desk.case(G5), desk.case(G5, number="410702-2026-0002")
    assert first.fact("running_case") is True
    desk.world.close_case(second.case.number)
    first.see(first.case)
    assert first.fact("running_case") is False


def test_ones_own_lock_is_no_other_case(desk: Desk) -> None:
    case = desk.case(G5)
    case.work("registry.lock_student", {})
    assert desk.enrolment(G5).case_lock == CaseLock(kind="transfer_out", case=case.case.number)
    assert case.fact("running_case") is False
