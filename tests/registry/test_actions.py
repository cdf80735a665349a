"""What the system does to records when a diagram asks for it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from service.errors import BadDefinition
from service.policy.values import Value
from service.registry.actions import ACTIONS, PREFIX
from service.registry.actions.base import ActionContext
from service.registry.changes import LockStudent, MoveEnrolment, RecordOverdue, SetStatus
from service.registry.errors import ActionRefused
from service.registry.model import CaseLock
from tests.registry.desk import TERM_ONE, Desk, at

G5 = "长垣实验小学五年级在校生"
WORK: dict[str, dict[str, Value]] = {
    "registry.lock_student": {},
    "registry.release_student": {},
    "registry.transfer_record": {},
    "registry.pull_record": {},
    "registry.set_in_school": {},
    "registry.set_status": {"status": "abroad", "trigger": "going_abroad"},
    "registry.register_suspension": {"until": "2027-09-02"},
    "registry.flag_no_allocated_place": {},
    "registry.set_flag": {"flag": "offline_transfer"},
    "registry.set_sanction": {"sanction": "warning"},
    "registry.set_place_of_study": {"place": "新乡市特殊教育学校"},
}


@pytest.mark.parametrize("topic", WORK)
def test_doing_it_twice_leaves_what_doing_it_once_leaves(desk: Desk, topic: str) -> None:
    case = desk.case(G5, "红旗小学")
    case.work(topic, WORK[topic])
    once = desk.world.students.copy()
    assert case.work(topic, WORK[topic]) == ()
    assert desk.world.students == once


def test_a_case_holds_the_record_until_it_lets_go(desk: Desk) -> None:
    case = desk.case(G5)
    case.work("registry.lock_student", {"kind": "transfer_out"})
    case.work("registry.lock_student", {"kind": "archive_pull"})
    assert desk.enrolment(G5).case_lock == CaseLock(kind="archive_pull", case=case.case.number)
    case.work("registry.release_student", {})
    assert desk.enrolment(G5).case_lock is None


@pytest.mark.parametrize(
    ("topic", "inputs"),
    [
        ("registry.lock_student", {}),
        ("registry.transfer_record", {}),
        ("registry.pull_record", {}),
        ("registry.set_status", {"status": "abroad", "trigger": "going_abroad"}),
        ("registry.register_suspension", {}),
    ],
)
def test_a_record_held_by_another_case_is_left_alone(
    desk: Desk, topic: str, inputs: dict[str, Value]
) -> None:
    case = desk.case("在办业务学生", "红旗小学")
    with pytest.raises(ActionRefused, match="DEMO-2026-0002") as refusal:
        case.work(topic, inputs)
    assert refusal.value.error_code == "student_locked"


def test_nobody_releases_the_lock_of_another_case(desk: Desk) -> None:
    assert desk.case("在办业务学生").work("registry.release_student", {}) == ()
    assert desk.enrolment("在办业务学生").case_lock is not None


def test_the_record_moves_with_status_and_grade_kept_and_counts_as_a_transfer(desk: Desk) -> None:
    case = desk.case(G5, "红旗小学")
    (move,) = case.work("registry.transfer_record", {})
    assert isinstance(move, MoveEnrolment)
    assert "XX2018-22-d" in move.clauses
    record = desk.enrolment(G5)
    assert (record.school, record.grade, record.class_no) == ("hongqi_primary", 5, 1)
    assert record.status == "in_school"
    assert case.fact("transfers_this_term") == 1
    sizes = {unit: desk.world.class_of(unit, 5, 1) for unit in ("changyuan_primary", "hongqi_primary")}
    assert {unit: one.size for unit, one in sizes.items() if one} == {
        "changyuan_primary": 39,
        "hongqi_primary": 41,
    }


def test_a_student_gone_abroad_stays_abroad_until_the_formalities(desk: Desk) -> None:
    case = desk.case("出国学生", "红旗小学")
    case.work("registry.transfer_record", {})
    assert desk.enrolment("出国学生").status == "abroad"
    (change,) = case.work("registry.set_in_school", {})
    assert isinstance(change, SetStatus)
    assert (change.was, change.clauses) == ("abroad", ("MOE2016-3.2-b",))
    assert case.fact("status") == "in_school"


def test_a_suspended_student_must_resume_first(desk: Desk) -> None:
    with pytest.raises(ActionRefused, match="复学") as refusal:
        desk.case("休学学生", "红旗小学").work("registry.transfer_record", {})
    assert refusal.value.problem.clauses == ("XX2018-24-g", "MOE2016-3.2-c")


def test_a_pull_across_systems_keeps_the_grade_and_changes_the_stage(desk: Desk) -> None:
    case = desk.case("六年级学生", "徐汇区第一初级中学")
    case.work("registry.pull_record", {})
    record = desk.enrolment("六年级学生")
    assert (record.school, record.grade, record.stage) == ("xuhui_first_middle", 6, "junior")


def test_a_grade_agreed_upon_is_the_grade_of_the_new_record(desk: Desk) -> None:
    desk.case("六年级学生", "徐汇区第一小学", requested_grade="5").work("registry.pull_record", {})
    record = desk.enrolment("六年级学生")
    assert (record.grade, record.stage) == (5, "primary")


def test_a_pull_puts_the_student_into_the_grade_the_school_assessed(desk: Desk) -> None:
    case = desk.case("六年级学生", "徐汇区第一小学")
    case.work("registry.pull_record", {"grade": 4})
    assert desk.enrolment("六年级学生").grade == 4


def test_a_graduate_pulled_to_another_province_is_in_school_there(desk: Desk) -> None:
    name = "长垣市第一初级中学毕业生"
    case = desk.case(name, "浦东新区第一高级中学", requested_grade=10)
    case.work("registry.pull_record", {"trigger": "cross_province_after_graduation", "status": "in_school"})
    record = desk.enrolment(name)
    assert (record.status, record.stage, record.grade) == ("in_school", "senior", 10)


def test_a_graduate_does_not_move_by_an_ordinary_transfer(desk: Desk) -> None:
    with pytest.raises(ActionRefused, match="毕业"):
        desk.case("长垣市第一初级中学毕业生", "红旗区第一中学").work("registry.transfer_record", {})


def test_the_smaller_class_takes_the_newcomer_unless_one_is_named(desk: Desk) -> None:
    first = desk.world.data.classes[0]
    school = "hongqi_primary"
    extra = replace(first, unit=school, grade=5, number=2, size=30, cap=None)
    desk.world = type(desk.world)(replace(desk.world.data, classes=(*desk.world.data.classes, extra)))
    named = desk.case(G5, "红旗小学").work("registry.transfer_record", {"class_no": 1})
    desk.world = type(desk.world)(desk.world.data)
    chosen = desk.case(G5, "红旗小学").work("registry.transfer_record", {})
    assert [one.class_no for one in (*named, *chosen) if isinstance(one, MoveEnrolment)] == [1, 2]


@pytest.mark.parametrize(("month", "day", "published"), [(9, 17, True), (8, 3, False), (7, 20, False)])
def test_an_overdue_unit_is_entered_once_and_published_outside_the_holidays(
    desk: Desk, month: int, day: int, published: bool
) -> None:
    case = desk.case(G5, "红旗小学", now=at(2026, month, day))
    case.work("registry.record_overdue", {"party": "receiving_authority"})
    case.work("registry.record_overdue", {"party": "receiving_authority"})
    assert desk.world.bulletin == [
        RecordOverdue(
            unit="hongqi_education",
            party="receiving_authority",
            step="review",
            case=case.case.number,
            on=at(2026, month, day).date(),
            month=f"2026-{month:02}",
            published=published,
        )
    ]


def test_two_steps_of_a_unit_are_two_entries(desk: Desk) -> None:
    case = desk.case(G5, "红旗小学")
    for step in ("review", "approve"):
        case.work("registry.record_overdue", {"party": "receiving_school", "step": step})
    assert [one.step for one in desk.world.bulletin] == ["review", "approve"]


def test_the_guardian_is_told(desk: Desk) -> None:
    case = desk.case(G5)
    case.work("registry.notify_guardian", {"text": "转学已办结"})
    assert [(one.student, one.text) for one in desk.world.notices] == [("changyuan_g5", "转学已办结")]


def test_a_flag_is_set_and_taken_away(desk: Desk) -> None:
    case = desk.case(G5)
    case.work("registry.flag_no_allocated_place", {})
    assert case.fact("flags") == ["no_allocated_place"]
    case.work("registry.set_flag", {"flag": "no_allocated_place", "on": False})
    assert case.fact("flags") == []


def test_without_a_record_an_action_says_so(desk: Desk) -> None:
    case = desk.case(G5)
    case.see(replace(case.case, student=None))
    with pytest.raises(ActionRefused) as refusal:
        case.work("registry.notify_guardian", {"text": "…"})
    assert refusal.value.error_code == "no_record"
    assert case.work("registry.release_student", {}) == ()


def test_an_unknown_topic_or_input_is_refused_with_what_there_is(desk: Desk) -> None:
    case = desk.case(G5)
    with pytest.raises(BadDefinition, match=r"registry\.lock_student"):
        case.work("registry.paint_school", {})
    with pytest.raises(BadDefinition, match="不认识输入“colour”"):
        case.work("registry.lock_student", {"colour": "red"})
    with pytest.raises(BadDefinition, match="缺少输入“party”"):
        case.work("registry.record_overdue", {})


def test_every_action_describes_itself() -> None:
    for topic, action in ACTIONS.items():
        assert topic == action.topic
        assert topic.startswith(PREFIX)
        assert action.label_zh
        assert action.doc_zh
        assert all(one.label_zh for one in action.inputs)


def test_a_lock_change_says_who_holds_it(desk: Desk) -> None:
    (change,) = desk.case(G5).work("registry.lock_student", {})
    assert change == LockStudent(student="changyuan_g5", kind="transfer_out", case="410702-2026-0001")


def test_an_action_sees_the_day_of_the_business_clock(desk: Desk) -> None:
    case = desk.case(G5)
    ctx = ActionContext(
        view=case.case,
        look=lambda: case.snapshot,
        inputs={},
        now=TERM_ONE,
        since=TERM_ONE,
        calendar=desk.calendar,
        law=desk.law,
    )
    assert ctx.today == TERM_ONE.date()
