"""Actions that leave a mark beside the record: flags, the bulletin, word to the guardian."""

from __future__ import annotations

from service.registry.actions.base import ActionContext, Input, action
from service.registry.changes import (
    Change,
    NotifyGuardian,
    RecordOverdue,
    SetFlag,
    SetPlaceOfStudy,
    SetSanction,
)

_NO_ALLOCATED_PLACE = "no_allocated_place"


@action(
    "记录逾期",
    "把逾期的责任单位记入当月通报，每件每单位每步只记一次；在寒暑假期间到期的只记录、不通报（MOE2016-3.7-c）；日期是到期之日，不论系统何时处理。",
    Input(name="party", type="party", label_zh="逾期的当事单位", required=True),
    Input(name="step", type="string", label_zh="逾期的步骤（任务的 id），默认 review"),
    errors=(),
)
def record_overdue(ctx: ActionContext) -> tuple[Change, ...]:
    party, day = ctx.text("party"), ctx.since.date()
    entry = RecordOverdue(
        unit=ctx.party_id(party),
        party=party,
        step=ctx.text("step", "review"),
        case=ctx.case,
        on=day,
        month=f"{day:%Y-%m}",
        published=not ctx.calendar.in_school_holiday(day),
    )
    return (entry,)


@action(
    "告知监护人",
    "告知监护人办理情况；事务提交后发送，本系统没有该生学籍时由另一方告知。",
    Input(name="text", type="string", label_zh="告知的话", required=True),
)
def notify_guardian(ctx: ActionContext) -> tuple[Change, ...]:
    return (NotifyGuardian(student=ctx.student, text=ctx.text("text"), case=ctx.case),)


@action("不享受分配生政策", "在学籍上标记 no_allocated_place。")
def flag_no_allocated_place(ctx: ActionContext) -> tuple[Change, ...]:
    return _flag(ctx, _NO_ALLOCATED_PLACE, on=True)


@action(
    "设置标记",
    "在学籍上加上或去掉一个标记，取值见 statuses.yaml 的 flags。",
    Input(name="flag", type="flag", label_zh="标记", required=True),
    Input(name="on", type="boolean", label_zh="加上还是去掉，默认加上"),
)
def set_flag(ctx: ActionContext) -> tuple[Change, ...]:
    return _flag(ctx, ctx.text("flag"), on=ctx.inputs.get("on") is not False)


@action(
    "登记处分",
    "登记处分或撤销处分（none）；受处分期间能否转学由决策表说明。",
    Input(name="sanction", type="sanction", label_zh="处分，取值见 statuses.yaml 的 sanction", required=True),
)
def set_sanction(ctx: ActionContext) -> tuple[Change, ...]:
    sanction = ctx.text("sanction")
    return (
        () if ctx.enrolment.sanction == sanction else (SetSanction(student=ctx.student, sanction=sanction),)
    )


@action(
    "设置就读地",
    "籍随人走的例外：学籍不动，学生在别处就读；留空即取消。",
    Input(name="place", type="string", label_zh="就读地"),
)
def set_place_of_study(ctx: ActionContext) -> tuple[Change, ...]:
    place = ctx.text("place")
    return (
        () if ctx.enrolment.place_of_study == place else (SetPlaceOfStudy(student=ctx.student, place=place),)
    )


def _flag(ctx: ActionContext, flag: str, *, on: bool) -> tuple[Change, ...]:
    return () if (flag in ctx.enrolment.flags) == on else (SetFlag(student=ctx.student, flag=flag, on=on),)


ACTIONS = (
    record_overdue,
    notify_guardian,
    flag_no_allocated_place,
    set_flag,
    set_sanction,
    set_place_of_study,
)
