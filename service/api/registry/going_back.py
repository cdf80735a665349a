"""Taking a case back to a step it has been at, and undoing the last move, restart or change by hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response
from marshmallow import Schema, fields

from service.api.access import having
from service.api.context import actor, office
from service.api.fields import Body, Moment, Text
from service.api.preconditions import expected
from service.api.resource import Op, Resource
from service.casework import restarting

going_back = Resource("going-back", __name__, url_prefix="/api/instances", description="退回步骤、撤销")

_MOVERS = having("operator", "admin")


class ReachedStep(Schema):
    """A step the case has been at."""

    element = fields.String(required=True)
    name = fields.String()
    kind = fields.String()
    at = Moment(dump_only=True, allow_none=True, metadata={"description": "首次到达"})
    changes = fields.List(fields.String(), metadata={"description": "此后已作的学籍变更；退回不会撤回它们"})


class Restart(Body):
    """Where to go back to."""

    element = Text(required=True, metadata={"description": "办件到过的步骤"})


class Next(Schema):
    """The tasks that opened."""

    tasks = fields.List(fields.String(), metadata={"description": "随后产生的任务编号"})
    outcome = fields.String(allow_none=True)


class UndoableAct(Schema):
    """The last act by hand."""

    kind = fields.String(required=True, metadata={"description": "move、restart 或 modify"})
    by = fields.String()
    at = Moment(dump_only=True)
    reason = fields.String(metadata={"description": "不能撤销的原因；能撤销则为空"})


@going_back.operation(
    "GET",
    "/<instance_id>/steps",
    Op(may=_MOVERS, summary="办件到过、可以退回的步骤", answer=ReachedStep(many=True)),
)
def steps(instance_id: str) -> Any:
    return restarting.reached(office(), actor(), instance_id)


@going_back.operation(
    "POST",
    "/<instance_id>/restart",
    Op(
        may=_MOVERS,
        summary="退回到过的步骤",
        about="变量恢复到首次到达该步骤时的样子；未办的任务撤销，留作记录；贯穿全程的期限照旧。"
        "已作的学籍变更不撤回。",
        body=Restart,
        answer=Next,
    ),
)
def restart(body: Mapping[str, Any], instance_id: str) -> dict[str, Any]:
    done = restarting.take_back(office(), actor(), instance_id, body["element"], expected("i"))
    return {"tasks": [task.id for task in done.tasks], "outcome": done.outcome}


@going_back.operation(
    "GET",
    "/<instance_id>/undo",
    Op(may=_MOVERS, summary="最近一次人工移动或退回，能否撤销", answer=UndoableAct),
)
def undoable(instance_id: str) -> Any:
    return restarting.undoable(actor(), instance_id)


@going_back.operation(
    "POST",
    "/<instance_id>/undo",
    Op(
        may=_MOVERS,
        summary="撤销最近一次人工移动或退回",
        about="办件此后没有任何进展时才能撤销；撤销本身也记入办理记录。",
        status=204,
    ),
)
def undo(instance_id: str) -> Response:
    restarting.take_back_the_act(office(), actor(), instance_id)
    return Response(status=204)
