"""Actions of suspension and resumption (休学、复学): the status and the period behind it."""

from __future__ import annotations

from datetime import date, timedelta

from service.registry.actions.base import ActionContext, Input, action
from service.registry.changes import Change, CloseSuspension, ExtendSuspension, OpenSuspension
from service.registry.errors import ActionRefused
from service.registry.model import Suspension

_ERRORS = ("no_record", "student_locked", "status_not_allowed")


@action(
    "登记休学",
    "学籍状态变为休学并记下起止日；未填起始日即当日。学籍保留在本校（MOE2013-19-c）。",
    Input(name="since", type="date", label_zh="起始日"),
    Input(name="until", type="date", label_zh="期满日"),
    Input(name="ground", type="string", label_zh="事由"),
    Input(name="trigger", type="string", label_zh="业务，默认 suspension"),
    errors=_ERRORS,
)
def register_suspension(ctx: ActionContext) -> tuple[Change, ...]:
    ctx.unlocked()
    changes = ctx.become("suspended", ctx.text("trigger", "suspension"))
    if not changes:
        return ()
    opened = OpenSuspension(
        student=ctx.student,
        stage=ctx.enrolment.stage,
        since=ctx.day("since") or ctx.today,
        until=ctx.day("until"),
        ground=ctx.text("ground"),
        case=ctx.case,
    )
    return (*changes, opened)


@action(
    "延长休学",
    "正在进行的休学改到新的期满日。",
    Input(name="until", type="date", label_zh="新的期满日", required=True),
    errors=(*_ERRORS, "not_suspended"),
)
def extend_suspension(ctx: ActionContext) -> tuple[Change, ...]:
    ctx.unlocked()
    running, until = _running(ctx)
    if running.until == until:
        return ()
    ctx.may_become(ctx.enrolment.status, "suspension_extension")
    return (ExtendSuspension(student=ctx.student, until=until, case=ctx.case),)


@action(
    "继续休学",
    "正在进行的休学到期满日为止，次日起接着休学，另计一次；事由不变。已延到该日的不再改变。",
    Input(name="until", type="date", label_zh="新的期满日", required=True),
    errors=(*_ERRORS, "not_suspended"),
)
def continue_suspension(ctx: ActionContext) -> tuple[Change, ...]:
    ctx.unlocked()
    running, until = _running(ctx)
    if running.until == until:
        return ()
    ctx.may_become(ctx.enrolment.status, "suspension_extension")
    record, last = ctx.enrolment, running.until or ctx.today
    closed = CloseSuspension(
        student=ctx.student, on=last, grade=record.grade, stage=record.stage, case=ctx.case
    )
    opened = OpenSuspension(
        student=ctx.student,
        stage=record.stage,
        since=last + timedelta(days=1),
        until=until,
        ground=running.ground,
        case=ctx.case,
    )
    return (closed, opened)


@action(
    "登记复学",
    "学籍状态变为在校，结束休学；年级可按接续学业的原则另定，未填则不变。",
    Input(name="grade", type="number", label_zh="复学年级"),
    Input(name="trigger", type="string", label_zh="业务，默认 resumption"),
    errors=_ERRORS,
)
def register_resumption(ctx: ActionContext) -> tuple[Change, ...]:
    ctx.unlocked()
    changes = ctx.become("in_school", ctx.text("trigger", "resumption"))
    if not changes:
        return ()
    return (*end_of_suspension(ctx, ctx.number("grade") or ctx.enrolment.grade), *changes)


def end_of_suspension(ctx: ActionContext, grade: int) -> tuple[Change, ...]:
    """The running period ends today and the student is in ``grade``; nothing where no period runs."""
    if ctx.enrolment.status != "suspended":
        return ()
    school = ctx.snapshot.units[ctx.enrolment.school]
    stage = ctx.law.stage_at(school, grade) or ctx.enrolment.stage
    return (CloseSuspension(student=ctx.student, on=ctx.today, grade=grade, stage=stage, case=ctx.case),)


def _running(ctx: ActionContext) -> tuple[Suspension, date]:
    """The running period and the day it shall last to."""
    running = [period for period in ctx.snapshot.suspensions if period.ended is None]
    until = ctx.day("until")
    if not running or until is None:
        raise ActionRefused(
            "not_suspended", "该生没有正在进行的休学，或期满日不是日期", cure="请核对学籍状态与表单"
        )
    return running[-1], until


ACTIONS = (register_suspension, extend_suspension, continue_suspension, register_resumption)
