"""The in-memory world scenarios run on: answers the registry's questions and applies its changes.

Begins with a world file. Every scenario works on its own fork; values are frozen, so a fork copies two small
maps. Knows no engine.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from service.errors import Conflict
from service.registry.changes import (
    Change,
    CloseSuspension,
    ExtendSuspension,
    IssueNumber,
    LockStudent,
    MoveEnrolment,
    NotifyGuardian,
    OpenSuspension,
    RecordOverdue,
    SetFlag,
    SetPlaceOfStudy,
    SetSanction,
    SetStatus,
    UnlockStudent,
)
from service.registry.model import CaseLock, CaseView, Enrolment, SchoolClass, Suspension
from service.registry.numbers import NATIONAL
from service.registry.world import Returning, Snapshot
from service.registry.world_data import WorldData, WorldStudent


class InMemoryWorld:
    """A ``Registry`` over a world file, with the changes made since."""

    def __init__(self, data: WorldData) -> None:
        self.data = data
        self.students: dict[str, WorldStudent] = dict(data.students)
        self._classes = {(one.unit, one.grade, one.number): one for one in data.classes}
        self.cases: dict[str, str] = {}
        self.bulletin: list[RecordOverdue] = []
        self.notices: list[NotifyGuardian] = []
        active = (one for one in data.people.values() if one.person.active)
        self._people = tuple(role for one in active for role in one.roles)

    def fork(self) -> InMemoryWorld:
        """The same world once more, so that changes of one scenario stay its own."""
        twin = InMemoryWorld.__new__(InMemoryWorld)
        twin.data, twin._people = self.data, self._people
        twin.students, twin._classes = dict(self.students), dict(self._classes)
        twin.cases = dict(self.cases)
        twin.bulletin, twin.notices = list(self.bulletin), list(self.notices)
        return twin

    def open_case(self, number: str, student: str) -> None:
        """A case of the student runs from now on; of nobody (an empty text) where it began by itself."""
        self.cases[number] = student

    def close_case(self, number: str) -> None:
        """The case is over; its lock goes with it."""
        student = self.cases.pop(number, None)
        if student:
            self._unlock(UnlockStudent(student=student, case=number))

    def snapshot(self, case: CaseView) -> Snapshot:
        """The state of the world as one case sees it."""
        known = self.students.get(case.student) if case.student else None
        schools = {*case.parties.values(), *((known.enrolment.school,) if known else ())}
        return Snapshot(
            case=case,
            units=self.data.units,
            student=known.student if known else None,
            enrolment=known.enrolment if known else None,
            classes=tuple(one for one in self._classes.values() if one.unit in schools),
            returning=self._returning(schools),
            transfers=known.transfers if known else (),
            other_cases=tuple(n for n, s in self.cases.items() if s == case.student and n != case.number),
            suspensions=known.suspensions if known else (),
            people=self._people,
        )

    def apply(self, changes: tuple[Change, ...]) -> None:
        """Make the changes so."""
        for change in changes:
            _APPLY[type(change)](self, change)

    def class_of(self, unit: str, grade: int, number: int) -> SchoolClass | None:
        """A class as it stands now."""
        return self._classes.get((unit, grade, number))

    def _returning(self, schools: set[str]) -> tuple[Returning, ...]:
        away = [one for one in self.students.values() if one.enrolment.status == "suspended"]
        return tuple(
            Returning(unit=one.enrolment.school, grade=one.enrolment.grade, until=_until(one))
            for one in away
            if one.enrolment.school in schools
        )

    def _enrol(self, student: str, change: Callable[[Enrolment], Enrolment]) -> None:
        known = self.students[student]
        self.students[student] = replace(known, enrolment=change(known.enrolment))

    def _resize(self, unit: str, grade: int, number: int | None, by: int) -> None:
        if number is not None and (one := self._classes.get((unit, grade, number))) is not None:
            self._classes[unit, grade, number] = replace(one, size=one.size + by)

    def _set_status(self, change: SetStatus) -> None:
        was = self.students[change.student].enrolment
        self._enrol(change.student, lambda was: replace(was, status=change.status))
        if was.status != change.status:
            self._resize(was.school, was.grade, was.class_no, change.places)

    def _lock(self, change: LockStudent) -> None:
        held = self.students[change.student].enrolment.case_lock
        if held is not None and held.case != change.case:
            raise Conflict(f"该生的学籍正由办件 {held.case} 占用", cure="请待该办件办结后再办")
        self._enrol(
            change.student, lambda was: replace(was, case_lock=CaseLock(kind=change.kind, case=change.case))
        )

    def _unlock(self, change: UnlockStudent) -> None:
        held = self.students[change.student].enrolment.case_lock
        if held is not None and held.case == change.case:
            self._enrol(change.student, lambda was: replace(was, case_lock=None))

    def _move(self, change: MoveEnrolment) -> None:
        known = self.students[change.student]
        was = known.enrolment
        if was.school == change.to_unit:
            return
        now = replace(
            was, school=change.to_unit, stage=change.stage, grade=change.grade, class_no=change.class_no
        )
        self.students[change.student] = replace(known, enrolment=now, transfers=(*known.transfers, change.on))
        if change.in_class:
            self._resize(was.school, was.grade, was.class_no, -1)
            self._resize(now.school, now.grade, now.class_no, +1)

    def _issue_number(self, change: IssueNumber) -> None:
        """The class is all the world keeps; the number itself is composed to see that it can be."""
        known = self.students[change.student]
        born, serial = known.student.birth_date, len(self.students)
        change.pattern.compose(
            {
                "id_number": known.id_number,
                "county": change.county,
                "birth": f"{born:%Y%m%d}",
                "year": f"{change.on:%Y}",
                "serial": f"{serial:06d}",
            }
        )
        if change.scheme == NATIONAL:
            self._enrol(change.student, lambda was: replace(was, number_class=change.kind))

    def _set_flag(self, change: SetFlag) -> None:
        flag = {change.flag}
        self._enrol(
            change.student,
            lambda was: replace(was, flags=was.flags | flag if change.on else was.flags - flag),
        )

    def _set_sanction(self, change: SetSanction) -> None:
        self._enrol(change.student, lambda was: replace(was, sanction=change.sanction))

    def _set_place(self, change: SetPlaceOfStudy) -> None:
        self._enrol(change.student, lambda was: replace(was, place_of_study=change.place))

    def _open_suspension(self, change: OpenSuspension) -> None:
        known = self.students[change.student]
        period = Suspension(stage=change.stage, since=change.since, until=change.until, ground=change.ground)
        self.students[change.student] = replace(known, suspensions=(*known.suspensions, period))

    def _extend_suspension(self, change: ExtendSuspension) -> None:
        self._last_period(change.student, lambda period: replace(period, until=change.until))

    def _close_suspension(self, change: CloseSuspension) -> None:
        self._last_period(change.student, lambda period: replace(period, ended=change.on))
        was = self.students[change.student].enrolment
        class_no = was.class_no if was.grade == change.grade else None
        self._enrol(
            change.student,
            lambda _: replace(was, grade=change.grade, stage=change.stage, class_no=class_no),
        )

    def _last_period(self, student: str, change: Callable[[Suspension], Suspension]) -> None:
        known = self.students[student]
        if known.suspensions:
            periods = (*known.suspensions[:-1], change(known.suspensions[-1]))
            self.students[student] = replace(known, suspensions=periods)

    def _record_overdue(self, change: RecordOverdue) -> None:
        entry = (change.case, change.unit, change.party, change.step)
        if entry not in {(one.case, one.unit, one.party, one.step) for one in self.bulletin}:
            self.bulletin.append(change)

    def _notify(self, change: NotifyGuardian) -> None:
        self.notices.append(change)


_APPLY: Mapping[type, Callable[[InMemoryWorld, Any], None]] = {
    SetStatus: InMemoryWorld._set_status,
    IssueNumber: InMemoryWorld._issue_number,
    LockStudent: InMemoryWorld._lock,
    UnlockStudent: InMemoryWorld._unlock,
    MoveEnrolment: InMemoryWorld._move,
    SetFlag: InMemoryWorld._set_flag,
    SetPlaceOfStudy: InMemoryWorld._set_place,
    SetSanction: InMemoryWorld._set_sanction,
    OpenSuspension: InMemoryWorld._open_suspension,
    ExtendSuspension: InMemoryWorld._extend_suspension,
    CloseSuspension: InMemoryWorld._close_suspension,
    RecordOverdue: InMemoryWorld._record_overdue,
    NotifyGuardian: InMemoryWorld._notify,
}


def _until(one: WorldStudent) -> date | None:
    return one.suspensions[-1].until if one.suspensions else None
