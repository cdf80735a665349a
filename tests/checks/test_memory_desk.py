"""The desk in memory: the verbs as the product has them, without a database."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from service.checks.desk import Who
from service.checks.memory_desk import MemoryDesk
from service.errors import Conflict, Forbidden, Invalid, NotFound
from tests.checks.conftest import HEAD, REGISTRAR

STUDENT = "qiaoxi_g4"
Make = Callable[..., MemoryDesk]

LOCKING = """
    start begin form=small_start
    work lock topic=registry.lock_student
    user approve groups=head@receiving_school form=small_decision
    xor decided default=rejected
    work again topic=registry.set_status inputs=status:graduated;trigger:nothing
    end granted
    end refused
    begin -> lock -> approve -> decided
    decided -> again : ${decision == 'approve'}
    decided -> refused as rejected
    again -> granted
"""


def test_a_case_begins_and_ends(small_desk: Make) -> None:
    desk = small_desk()
    desk.start(Who(by=REGISTRAR, student=STUDENT), "small", {"remark": "好"})
    assert desk.look().tasks == ("receiving_school/approve",)
    desk.complete("receiving_school/approve", HEAD, {"decision": "approve"})
    assert desk.look().outcome == "granted"
    with pytest.raises(NotFound):
        desk.complete("receiving_school/approve", HEAD, {"decision": "approve"})


@pytest.mark.parametrize(
    ("who", "form", "error"),
    [
        (HEAD, {}, Forbidden),
        ("hongqi_primary.newcomer", {}, Forbidden),
        (REGISTRAR, {"remark": "好" * 51}, Invalid),
        (REGISTRAR, {"colour": "red"}, Invalid),
    ],
)
def test_a_start_that_is_refused_leaves_nothing(
    small_desk: Make, who: str, form: dict[str, str], error: type[Exception]
) -> None:
    desk = small_desk()
    with pytest.raises(error):
        desk.start(Who(by=who, student=STUDENT), "small", form)
    assert desk.cases == []
    assert desk.world.cases == {}


def test_an_act_that_fails_changes_nothing(small_desk: Make) -> None:
    desk = small_desk(LOCKING)
    desk.start(Who(by=REGISTRAR, student=STUDENT), "small", {})
    before = desk.case
    with pytest.raises(Exception, match=r"status_not_allowed|不能"):
        desk.complete("receiving_school/approve", HEAD, {"decision": "approve"})
    assert desk.case is before
    assert desk.look().case_lock == "transfer_out"
    desk.complete("receiving_school/approve", HEAD, {"decision": "reject"})
    assert desk.look().outcome == "refused"


def test_the_lock_goes_with_the_case(small_desk: Make) -> None:
    desk = small_desk(LOCKING)
    desk.start(Who(by=REGISTRAR, student=STUDENT), "small", {})
    desk.complete("receiving_school/approve", HEAD, {"decision": "reject"})
    assert desk.look().case_lock == ""


def test_time_does_not_run_back(small_desk: Make) -> None:
    desk = small_desk()
    with pytest.raises(Conflict, match="向前"):
        desk.wait_until(desk.now.replace(year=2025))


def test_two_desks_on_one_world_do_not_disturb_each_other(small_desk: Make) -> None:
    one, other = small_desk(LOCKING), small_desk(LOCKING)
    one.start(Who(by=REGISTRAR, student=STUDENT), "small", {})
    other.start(Who(by=REGISTRAR, student=STUDENT), "small", {})
    assert one.look().case_lock == other.look().case_lock == "transfer_out"
