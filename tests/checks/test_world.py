"""The world scenarios run on."""

from __future__ import annotations

import time
from datetime import date
from pathlib import Path

import pytest

from service.checks.world import InMemoryWorld
from service.errors import Conflict
from service.registry.changes import (
    CloseSuspension,
    LockStudent,
    MoveEnrolment,
    OpenSuspension,
    RecordOverdue,
    SetFlag,
    SetStatus,
    UnlockStudent,
)
from service.registry.law import Law
from service.registry.model import CaseLock, CaseView
from service.registry.world_data import WorldData
from service.registry.world_file import load_world

PROCESSES = Path(__file__).parents[2] / "processes"
PUPIL = "changyuan_g5"


@pytest.fixture(scope="module")
def data() -> WorldData:
    return load_world(PROCESSES, Law(PROCESSES))


@pytest.fixture
def world(data: WorldData) -> InMemoryWorld:
    return InMemoryWorld(data)


def case(number: str = "A", **parties: str) -> CaseView:
    return CaseView(
        number=number,
        procedure="transfer",
        region="410702",
        student=PUPIL,
        started=date(2026, 9, 3),
        parties=parties,
    )


def move(to: str = "hongqi_primary") -> MoveEnrolment:
    return MoveEnrolment(
        student=PUPIL,
        from_unit="changyuan_primary",
        to_unit=to,
        stage="primary",
        grade=5,
        class_no=1,
        on=date(2026, 9, 20),
        case="A",
    )


def test_what_one_scenario_does_another_does_not_see(world: InMemoryWorld) -> None:
    one, other = world.fork(), world.fork()
    one.apply((move(), SetFlag(student=PUPIL, flag="missing")))
    one.open_case("A", PUPIL)
    assert one.students[PUPIL].enrolment.school == "hongqi_primary"
    assert other.students[PUPIL].enrolment.school == "changyuan_primary"
    assert other.class_of("hongqi_primary", 5, 1) == world.class_of("hongqi_primary", 5, 1)
    assert not other.cases
    assert not world.students[PUPIL].enrolment.flags


def test_a_fork_costs_less_than_a_millisecond(world: InMemoryWorld) -> None:
    began = time.perf_counter()
    for _ in range(20):
        world.fork()
    assert (time.perf_counter() - began) / 20 < 0.001


def test_a_snapshot_shows_the_classes_of_the_schools_of_the_case(world: InMemoryWorld) -> None:
    snapshot = world.snapshot(case(receiving_school="hongqi_primary"))
    assert {one.unit for one in snapshot.classes} == {"hongqi_primary", "changyuan_primary"}
    assert {one.unit for one in snapshot.returning} == {"hongqi_primary", "changyuan_primary"}
    assert "henan_education" in snapshot.units


def test_a_snapshot_without_a_student_has_no_record(world: InMemoryWorld) -> None:
    snapshot = world.snapshot(
        CaseView(number="A", procedure="transfer", region="410702", student=None, started=date(2026, 9, 3))
    )
    assert (snapshot.student, snapshot.enrolment, snapshot.classes) == (None, None, ())


def test_only_other_cases_are_other_cases(world: InMemoryWorld) -> None:
    world.open_case("A", PUPIL)
    world.open_case("B", PUPIL)
    assert world.snapshot(case("A")).other_cases == ("B",)
    world.close_case("B")
    assert world.snapshot(case("A")).other_cases == ()


def test_a_closed_case_leaves_no_lock(world: InMemoryWorld) -> None:
    world.open_case("A", PUPIL)
    world.apply((LockStudent(student=PUPIL, kind="transfer_out", case="A"),))
    world.close_case("A")
    assert world.students[PUPIL].enrolment.case_lock is None


def test_the_first_case_to_lock_wins(world: InMemoryWorld) -> None:
    world.apply((LockStudent(student=PUPIL, kind="transfer_out", case="A"),))
    with pytest.raises(Conflict, match="办件 A"):
        world.apply((LockStudent(student=PUPIL, kind="transfer_out", case="B"),))
    world.apply((UnlockStudent(student=PUPIL, case="B"),))
    assert world.students[PUPIL].enrolment.case_lock == CaseLock(kind="transfer_out", case="A")


def test_a_move_is_counted_once(world: InMemoryWorld) -> None:
    world.apply((move(), move()))
    assert world.students[PUPIL].transfers == (date(2026, 9, 20),)
    assert world.class_of("hongqi_primary", 5, 1).size == 41  # type: ignore[union-attr]
    assert world.class_of("changyuan_primary", 5, 1).size == 39  # type: ignore[union-attr]


def test_a_suspended_pupil_leaves_the_class_and_comes_back(world: InMemoryWorld) -> None:
    def size() -> int:
        return world.class_of("changyuan_primary", 5, 1).size  # type: ignore[union-attr]

    day, before = date(2026, 9, 3), size()
    opened = OpenSuspension(student=PUPIL, stage="primary", since=day, until=None, ground="", case="A")
    away = SetStatus(student=PUPIL, was="in_school", status="suspended", trigger="suspension", places=-1)
    world.apply((away, opened))
    assert size() == before - 1
    assert PUPIL in {one for one, s in world.students.items() if s.enrolment.status == "suspended"}
    back = SetStatus(student=PUPIL, was="suspended", status="in_school", trigger="resumption", places=1)
    world.apply((CloseSuspension(student=PUPIL, on=day, grade=5, stage="primary", case="A"), back))
    world.apply((back,))
    assert size() == before, "said twice, done once"


def test_the_bulletin_names_a_unit_once_for_a_case_and_step(world: InMemoryWorld) -> None:
    entry = RecordOverdue(
        unit="hongqi_education",
        party="receiving_authority",
        step="review",
        case="A",
        on=date(2026, 9, 18),
        month="2026-09",
        published=True,
    )
    world.apply((entry, entry))
    assert world.bulletin == [entry]
