"""Actions on student numbers (学籍号): issuing one of a class, and a region's own. The old one stays in the history."""

from __future__ import annotations

from service.registry.actions.base import ActionContext, Input, action
from service.registry.changes import Change, IssueNumber
from service.registry.errors import ActionRefused
from service.registry.numbers import LOCAL, NATIONAL

_ERRORS = ("no_record", "no_id_number")


@action(
    "赋予学籍号",
    "按 number_classes.yaml 编一个全国学籍号，原有的转入历史；G 到 G 按新的身份证号重编，没有变化的不动。",
    Input(name="class", type="number_class", label_zh="类别：L、J 或 G", required=True),
    errors=(*_ERRORS, "number_not_allowed"),
)
def issue_number(ctx: ActionContext) -> tuple[Change, ...]:
    kind, was = ctx.text("class"), ctx.enrolment.number_class
    clauses = ctx.law.numbers.check(was, kind)
    return (
        IssueNumber(
            student=ctx.student,
            scheme=NATIONAL,
            kind=kind,
            pattern=ctx.law.numbers.classes[kind],
            county=ctx.snapshot.units[ctx.enrolment.school].county,
            on=ctx.today,
            case=ctx.case,
            clauses=clauses,
        ),
    )


@action(
    "编制本地学籍号",
    "按学籍所在地区的 local_number.yaml 编一个；已有的转入历史。没有这个文件的地区不编。",
    errors=(*_ERRORS, "no_local_number"),
)
def issue_local_number(ctx: ActionContext) -> tuple[Change, ...]:
    county = ctx.snapshot.units[ctx.enrolment.school].county
    pattern = ctx.law.local_number(county, ctx.today, ctx.enrolment.stage)
    if pattern is None:
        raise ActionRefused("no_local_number", "本地区没有全国学籍号以外的学籍号", cure="删去这一步")
    return (
        IssueNumber(
            student=ctx.student,
            scheme=LOCAL,
            kind="",
            pattern=pattern,
            county=county,
            on=ctx.today,
            case=ctx.case,
            clauses=pattern.clauses,
        ),
    )


ACTIONS = (issue_number, issue_local_number)
