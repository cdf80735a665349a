"""Applies the registry's changes to the tables, inside the verb's transaction."""

from __future__ import annotations

from collections.abc import Callable
from functools import singledispatch
from typing import Any

from sqlalchemy import Connection

from service.errors import Conflict
from service.registry import changes
from service.registry.changes import Change
from service.store import numbers, wire


def apply_change(connection: Connection, change: Change) -> None:
    """Make one change so. Raises Conflict when the record is not as the change supposes."""
    if isinstance(change, changes.IssueNumber):  # what is sealed has a home of its own
        numbers.issue(connection, change)
        return
    _apply(change, lambda statement, **values: wire.run(connection, statement, values))


Run = Callable[..., Any]


@singledispatch
def _apply(change: object, run: Run) -> None:
    raise TypeError(f"no table takes a {type(change).__name__}")


@_apply.register
def _(change: changes.SetStatus, run: Run) -> None:
    done = run(
        "update enrolment set status = %(status)s where student = %(student)s and status = %(was)s",
        student=change.student,
        status=change.status,
        was=change.was,
    )
    if done.rowcount:
        _resize(run, change.student, change.places)
        return
    so_already = "select from enrolment where student = %(student)s and status = %(status)s"
    if run(so_already, student=change.student, status=change.status).fetchone() is None:
        raise Conflict("学生的学籍状态已被其他业务改变", cure="请刷新后核对学籍状态", clauses=change.clauses)


@_apply.register
def _(change: changes.LockStudent, run: Run) -> None:
    done = run(
        """update enrolment set lock_kind = %(kind)s, lock_case = %(case)s
           where student = %(student)s and (lock_case is null or lock_case = %(case)s)""",
        student=change.student,
        kind=change.kind,
        case=change.case,
    )
    if not done.rowcount:
        raise Conflict("该学生已有在办业务，不能重复发起", cure="请先办结或撤回在办业务")


@_apply.register
def _(change: changes.UnlockStudent, run: Run) -> None:
    run(
        """update enrolment set lock_kind = null, lock_case = null
           where student = %(student)s and lock_case = %(case)s""",
        student=change.student,
        case=change.case,
    )


@_apply.register
def _(change: changes.MoveEnrolment, run: Run) -> None:
    moved = run(
        """insert into record_move (student, from_unit, to_unit, "on", case_number)
           values (%(student)s, %(from_unit)s, %(to_unit)s, %(on)s, %(case)s) on conflict (case_number) do nothing""",
        student=change.student,
        from_unit=change.from_unit,
        to_unit=change.to_unit,
        on=change.on,
        case=change.case,
    )
    if not moved.rowcount:
        return  # this case has moved the record before
    _resize(run, change.student, -int(change.in_class))
    run(
        """update enrolment set school = %(school)s, stage = %(stage)s, grade = %(grade)s, class_no = %(class_no)s
           where student = %(student)s""",
        student=change.student,
        school=change.to_unit,
        stage=change.stage,
        grade=change.grade,
        class_no=change.class_no,
    )
    _resize(run, change.student, int(change.in_class))


@_apply.register
def _(change: changes.SetFlag, run: Run) -> None:
    run(
        """update enrolment set flags = case when %(on)s then array_append(array_remove(flags, %(flag)s), %(flag)s)
           else array_remove(flags, %(flag)s) end where student = %(student)s""",
        student=change.student,
        flag=change.flag,
        on=change.on,
    )


@_apply.register
def _(change: changes.SetSanction, run: Run) -> None:
    run(
        "update enrolment set sanction = %(sanction)s where student = %(student)s",
        student=change.student,
        sanction=change.sanction,
    )


@_apply.register
def _(change: changes.SetPlaceOfStudy, run: Run) -> None:
    run(
        "update enrolment set place_of_study = %(place)s where student = %(student)s",
        student=change.student,
        place=change.place,
    )


@_apply.register
def _(change: changes.OpenSuspension, run: Run) -> None:
    run(
        """insert into suspension_period (student, stage, since, until, next_look, ground, case_number)
           select %(student)s, %(stage)s, %(since)s, %(until)s, cast(%(until)s as date) + 1, %(ground)s, %(case)s
           where not exists (select from suspension_period where student = %(student)s and case_number = %(case)s)""",
        student=change.student,
        stage=change.stage,
        since=change.since,
        until=change.until,
        ground=change.ground,
        case=change.case,
    )


@_apply.register
def _(change: changes.ExtendSuspension, run: Run) -> None:
    run(
        """update suspension_period set until = %(until)s, next_look = cast(%(until)s as date) + 1
           where student = %(student)s and ended is null""",
        student=change.student,
        until=change.until,
    )


@_apply.register
def _(change: changes.CloseSuspension, run: Run) -> None:
    run(
        "update suspension_period set ended = %(on)s, next_look = null where student = %(student)s and ended is null",
        student=change.student,
        on=change.on,
    )
    run(
        """update enrolment set class_no = case when grade = %(grade)s then class_no end,
                  grade = %(grade)s, stage = %(stage)s where student = %(student)s""",
        student=change.student,
        grade=change.grade,
        stage=change.stage,
    )


@_apply.register
def _(change: changes.RecordOverdue, run: Run) -> None:
    run(
        """insert into overdue_entry (unit, party, step, case_number, "on", month, published)
           values (%(unit)s, %(party)s, %(step)s, %(case)s, %(on)s, %(month)s, %(published)s)
           on conflict (case_number, unit, step) do nothing""",
        unit=change.unit,
        party=change.party,
        step=change.step,
        case=change.case,
        on=change.on,
        month=change.month,
        published=change.published,
    )


def _resize(run: Run, student: str, by: int) -> None:
    """The class of a student has one pupil more or less; only those who sit in it count (statuses.yaml)."""
    if not by:
        return
    run(
        """update school_class c set size = size + %(by)s from enrolment e
           where e.student = %(student)s and c.unit = e.school and c.grade = e.grade and c.number = e.class_no""",
        student=student,
        by=by,
    )
