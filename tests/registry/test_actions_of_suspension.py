"""Actions of suspension and resumption, and who sits in class after a change of status."""

from __future__ import annotations

import pytest

from service.registry.errors import ActionRefused
from tests.registry.desk import Desk, at

G5 = "长垣实验小学五年级在校生"


def test_suspension_extension_and_resumption_keep_the_period(desk: Desk) -> None:
    case = desk.case(G5)
    case.work("registry.register_suspension", {"until": "2027-09-02", "ground": "illness"})
    assert case.fact("suspended_since") == "2026-09-03"
    assert desk.world.class_of("changyuan_primary", 5, 1).size == 39  # type: ignore[union-attr]
    case.work("registry.extend_suspension", {"until": "2028-09-02"})
    assert case.fact("suspended_until") == "2028-09-02"
    assert case.work("registry.extend_suspension", {"until": "2028-09-02"}) == ()
    case.work("registry.register_resumption", {})
    assert (case.fact("status"), case.fact("suspended_since")) == ("in_school", None)
    assert case.fact("suspension_count") == 1
    assert desk.world.class_of("changyuan_primary", 5, 1).size == 40  # type: ignore[union-attr]


def test_whoever_leaves_suspension_for_another_status_has_no_running_period(desk: Desk) -> None:
    case = desk.case("休学学生", now=at(2027, 3, 16))
    before = desk.world.class_of("changyuan_primary", 5, 1)
    case.work("registry.set_status", {"status": "dropout", "trigger": "suspension_expiry"})
    assert (case.fact("status"), case.fact("suspended_until"), case.fact("suspension_ground")) == (
        "dropout",
        None,
        None,
    )
    assert case.fact("suspension_count") == 1
    assert case.fact("suspended_days") == 365, "to the day it ran out: what followed was no suspension"
    assert desk.world.class_of("changyuan_primary", 5, 1) == before, "neither status sits in class"


def test_a_sanction_is_put_on_record_and_revoked(desk: Desk) -> None:
    case = desk.case(G5)
    case.work("registry.set_sanction", {"sanction": "demerit"})
    assert case.fact("sanction") == "demerit"
    assert case.work("registry.set_sanction", {"sanction": "demerit"}) == ()
    case.work("registry.set_sanction", {"sanction": "none"})
    assert case.fact("sanction") == "none"


def test_who_gets_up_and_leaves_takes_no_place_in_class(desk: Desk) -> None:
    desk.case(G5).work("registry.set_status", {"status": "abroad", "trigger": "going_abroad"})
    assert desk.world.class_of("changyuan_primary", 5, 1).size == 39  # type: ignore[union-attr]


def test_a_record_moves_without_a_place_in_class_until_the_formalities(desk: Desk) -> None:
    def sizes() -> tuple[int, int]:
        schools = ("changyuan_primary", "hongqi_primary")
        return tuple(desk.world.class_of(one, 4, 1).size for one in schools)  # type: ignore[union-attr, return-value]

    before = sizes()
    case = desk.case("出国学生", "红旗小学")
    case.work("registry.transfer_record", {})
    assert sizes() == before
    case.work("registry.set_in_school", {})
    assert sizes() == (before[0], before[1] + 1)


def test_going_on_with_a_suspension_opens_the_next_one_in_a_row(desk: Desk) -> None:
    case = desk.case("永靖县第一小学休学学生")
    assert case.fact("consecutive_suspensions") == 1
    case.work("registry.continue_suspension", {"until": "2028-03-01"})
    assert (case.fact("suspended_since"), case.fact("suspended_until")) == ("2027-03-02", "2028-03-01")
    assert (case.fact("consecutive_suspensions"), case.fact("suspension_ground")) == (2, "illness")
    assert case.fact("suspended_days") == 366 + 365
    assert case.work("registry.continue_suspension", {"until": "2028-03-01"}) == ()
    assert desk.world.class_of("yongjing_first_primary", 5, 1).size == 40  # type: ignore[union-attr]


def test_resumption_may_put_the_student_into_another_grade(desk: Desk) -> None:
    case = desk.case("休学学生")
    case.work("registry.register_resumption", {"grade": 4})
    record = desk.enrolment("休学学生")
    assert (record.grade, record.class_no, record.status) == (4, None, "in_school")


def test_only_a_running_suspension_can_be_extended(desk: Desk) -> None:
    with pytest.raises(ActionRefused) as refusal:
        desk.case(G5).work("registry.extend_suspension", {"until": "2027-09-02"})
    assert refusal.value.error_code == "not_suspended"


def test_only_a_running_suspension_can_go_on(desk: Desk) -> None:
    with pytest.raises(ActionRefused) as refusal:
        desk.case(G5).work("registry.continue_suspension", {"until": "2027-09-02"})
    assert refusal.value.error_code == "not_suspended"
