"""Actions on the record: holding it, letting it go, moving it to another school."""

from __future__ import annotations

from dataclasses import replace

from service.registry.actions.base import ActionContext, Input, action
from service.registry.actions.suspensions import end_of_suspension
from service.registry.changes import Change, LockStudent, MoveEnrolment, UnlockStudent
from service.registry.model import Unit

_BUSY = ("no_record", "student_locked")
_MOVING = (*_BUSY, "status_not_allowed")
_TRANSFER, _PULL, _FORMALITIES = "transfer", "cross_province_transfer", "receiving_formalities"


@action(
    "锁定学籍",
    "本件占用该生学籍，其他办件不得同时办理；再次调用只改变占用的种类。",
    Input(name="kind", type="lock", label_zh="占用的种类，默认 transfer_out（待转出）"),
    errors=_BUSY,
)
def lock_student(ctx: ActionContext) -> tuple[Change, ...]:
    ctx.unlocked()
    kind, lock = ctx.text("kind", "transfer_out"), ctx.enrolment.case_lock
    if lock is not None and lock.kind == kind:
        return ()
    return (LockStudent(student=ctx.student, kind=kind, case=ctx.case),)


@action("解除锁定", "本件不再占用该生学籍；没有占用时什么也不做。")
def release_student(ctx: ActionContext) -> tuple[Change, ...]:
    lock = ctx.snapshot.enrolment.case_lock if ctx.snapshot.enrolment else None
    if lock is None or lock.case != ctx.case:
        return ()
    return (UnlockStudent(student=ctx.student, case=ctx.case),)


@action(
    "转接学籍",
    "学籍转到转入学校，计一次转学；学籍状态不变（MOE2016-3.2-b），年级取表单 requested_grade，未填则不变。"
    "未指定班级时编入该年级人数最少的班（assumed）。",
    Input(name="class_no", type="number", label_zh="班级"),
    errors=_MOVING,
)
def transfer_record(ctx: ActionContext) -> tuple[Change, ...]:
    return _move(ctx, _TRANSFER)


@action(
    "跨省调档",
    "核办完成并确认学生报到后，把学籍调入转入学校。不写 status 的，学籍状态不变（MOE2016-3.2-b）；"
    "毕业后跨省就学调档后即为在校，写 status=in_school。",
    Input(name="trigger", type="string", label_zh="业务，默认 cross_province_transfer"),
    Input(name="grade", type="number", label_zh="编入年级，默认表单 requested_grade，未填则不变"),
    Input(name="status", type="status", label_zh="调档后的学籍状态，默认不变"),
    Input(name="class_no", type="number", label_zh="班级"),
    errors=_MOVING,
)
def pull_record(ctx: ActionContext) -> tuple[Change, ...]:
    return _move(ctx, ctx.text("trigger", _PULL))


@action(
    "置为在校",
    "办理入学手续后学籍状态变为在校；已是在校的不变。",
    Input(name="trigger", type="string", label_zh="业务，默认 receiving_formalities（转入手续）"),
    errors=("no_record", "status_not_allowed"),
)
def set_in_school(ctx: ActionContext) -> tuple[Change, ...]:
    return ctx.become("in_school", ctx.text("trigger", _FORMALITIES))


@action(
    "改变学籍状态",
    "按 transitions.yaml 允许的变化改变学籍状态，如 dropout、abroad；不允许的变化会被拒绝。"
    "不再是休学的，正在进行的休学到此结束。",
    Input(name="status", type="status", label_zh="新状态", required=True),
    Input(name="trigger", type="string", label_zh="业务，transitions.yaml 中的 by", required=True),
    errors=_MOVING,
)
def set_status(ctx: ActionContext) -> tuple[Change, ...]:
    ctx.unlocked()
    changes = ctx.become(ctx.text("status"), ctx.text("trigger"))
    return (*end_of_suspension(ctx, ctx.enrolment.grade), *changes) if changes else ()


def _move(ctx: ActionContext, trigger: str) -> tuple[Change, ...]:
    to = ctx.party("receiving_school")
    if ctx.enrolment.school == to.id:
        return ()
    ctx.unlocked()
    clauses, changes = _status_after(ctx, trigger)
    grade = _grade(ctx)
    move = MoveEnrolment(
        student=ctx.student,
        from_unit=ctx.enrolment.school,
        to_unit=to.id,
        stage=ctx.law.stage_at(to, grade) or ctx.enrolment.stage,
        grade=grade,
        class_no=ctx.number("class_no") or _smallest_class(ctx, to, grade),
        on=ctx.today,
        case=ctx.case,
        in_class=ctx.law.statuses.statuses[ctx.enrolment.status].in_class,
        clauses=clauses,
    )
    return (move, *changes)


def _status_after(ctx: ActionContext, trigger: str) -> tuple[tuple[str, ...], tuple[Change, ...]]:
    """The clauses the move rests on, and the change to the status the diagram names, if it names one."""
    wanted = ctx.text("status", ctx.enrolment.status)
    return ctx.may_become(wanted, trigger), ctx.become(wanted, trigger)


def _grade(ctx: ActionContext) -> int:
    form = replace(ctx, inputs=ctx.view.form)
    return ctx.number("grade") or form.number("requested_grade") or ctx.enrolment.grade


def _smallest_class(ctx: ActionContext, school: Unit, grade: int) -> int | None:
    classes = [one for one in ctx.snapshot.classes if one.unit == school.id and one.grade == grade]
    return min(classes, key=lambda one: (one.size, one.number)).number if classes else None


ACTIONS = (lock_student, release_student, transfer_record, pull_record, set_in_school, set_status)
