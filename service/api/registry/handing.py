"""Passing tasks on (转办), many at once, and reminding (催办)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response
from marshmallow import Schema, fields, validate

from service.api.access import SIGNED_IN
from service.api.context import actor, office
from service.api.errors import told
from service.api.fields import Answers, Body, Choice, Text
from service.api.preconditions import expected
from service.api.problem import FindingSchema
from service.api.resource import Op, Resource
from service.casework import handing as verbs

handing = Resource("handing", __name__, url_prefix="/api", description="转办、批量办理、催办")


class HandOver(Body):
    """To whom."""

    to = Text(required=True, longest=255, metadata={"description": "接办人的 id 或用户名"})
    reason = Text(load_default="", longest=500)


class Bulk(Body):
    """One act on many tasks."""

    action = Choice("claim", "unclaim", "assign", "complete", required=True)
    tasks = fields.List(
        fields.String(),
        required=True,
        validate=validate.Length(1, verbs.MOST_AT_ONCE, error=f"应有 1 至 {verbs.MOST_AT_ONCE} 个任务"),
        metadata={"description": "任务编号"},
    )
    to = Text(load_default="", longest=255, metadata={"description": "assign：接办人的 id 或用户名"})
    values = Answers(load_default=dict, metadata={"description": "complete：表单各项，各任务相同"})


class Outcome(Schema):
    """How one task went."""

    task = fields.String(required=True)
    status = fields.Integer(required=True, metadata={"description": "204 即成功，否则与单独办理时相同"})
    code = fields.String(metadata={"description": "错误代码"})
    detail = fields.String()
    errors = fields.List(fields.Nested(FindingSchema))


class Urging(Body):
    """What to say."""

    message = Text(load_default="", longest=500)


class Urged(Schema):
    """What is reminded of."""

    task = fields.String(attribute="id")
    name = fields.String()
    unit = fields.String(allow_none=True)
    path = fields.String()


@handing.operation(
    "POST",
    "/tasks/<task_id>/hand-over",
    Op(
        may=SIGNED_IN,
        summary="转办：把任务交给同组的另一人",
        about="由签收人转办；无人签收时同组的人可以指定。接办人须今天有相应角色，且不违反双人核办。",
        body=HandOver,
        status=204,
    ),
)
def hand_over(body: Mapping[str, Any], task_id: str) -> Response:
    wish = verbs.Handover(task=task_id, to=body["to"], reason=body["reason"], revisions=expected("t"))
    verbs.hand_over(office(), actor(), wish)
    return Response(status=204)


@handing.operation(
    "POST",
    "/tasks/bulk",
    Op(
        may=SIGNED_IN,
        summary="批量签收、退回签收、指派、办结",
        about="逐个办理，各在自己的事务中；一个失败不影响其他，答复逐个说明结果。",
        body=Bulk,
        answer=Outcome(many=True),
    ),
)
def bulk(body: Mapping[str, Any]) -> list[dict[str, Any]]:
    batch = verbs.Batch(action=body["action"], tasks=body["tasks"], to=body["to"], values=body["values"])
    return [_outcome(one) for one in verbs.many(office(), actor(), batch)]


def _outcome(one: verbs.Single) -> dict[str, Any]:
    if one.error is None:
        return {"task": one.task, "status": 204}
    return {
        "task": one.task,
        "status": one.error.status,
        "code": one.error.code,
        "detail": str(one.error.problem),
        "errors": [told(problem) for problem in one.error.problems],
    }


@handing.operation(
    "POST",
    "/cases/<number>/urge",
    Op(
        may=SIGNED_IN,
        summary="催办：提醒待办任务的单位",
        about="本单位须是当事方；每人每天对一个办件只能催办一次。催办记入办理记录。",
        body=Urging,
        answer=Urged(many=True),
    ),
)
def urge(body: Mapping[str, Any], number: str) -> Any:
    return verbs.urge(actor(), number, body["message"])
