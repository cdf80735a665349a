"""Camunda's modification of a process instance: steps cancelled and started by hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response
from marshmallow import fields, validate

from service.api.access import having
from service.api.context import actor, office
from service.api.fields import Body, Choice, Flag, Text, Variables
from service.api.resource import Op, Resource
from service.casework import restarting
from service.casework.advance import split_wait_id
from service.casework.restarting import Instructions
from service.engine import Change
from service.errors import BadRequest

modification = Resource(
    "modification", __name__, url_prefix="/engine-rest/process-instance", description="流程实例（办件）"
)

_KINDS = {
    "cancel": "cancel",
    "startBeforeActivity": "before",
    "startAfterActivity": "after",
    "startTransition": "flow",
}
_MOST = 50


class ModificationStep(Body):
    """One instruction."""

    kind = Choice(*_KINDS, data_key="type", required=True)
    element = Text(data_key="activityId", load_default="")
    token = Text(data_key="activityInstanceId", load_default="")
    flow = Text(data_key="transitionId", load_default="")
    variables = Variables(load_default=dict)
    cancel_current = Flag(data_key="cancelCurrentActiveActivityInstances")


class Modification(Body):
    """Instructions in order."""

    instructions = fields.List(
        fields.Nested(ModificationStep),
        required=True,
        validate=validate.Length(1, _MOST, error=f"应有 1 至 {_MOST} 条指令"),
    )
    annotation = Text(load_default="", longest=500, metadata={"description": "理由，记入办理记录"})
    skip_listeners = Flag(data_key="skipCustomListeners")
    skip_mappings = Flag(data_key="skipIoMappings")


@modification.operation(
    "POST",
    "/<instance_id>/modification",
    Op(
        may=having("admin", "operator"),
        summary="人工改动办件的步骤",
        about="取消、从某步之前或之后开始、走某条顺序流；变量不变，另给的除外。已作的学籍变更不撤回。"
        "退回到过的步骤并恢复当时的变量，请用 /api/instances/{id}/restart。",
        body=Modification,
        status=204,
    ),
)
def modify(body: Mapping[str, Any], instance_id: str) -> Response:
    steps = body["instructions"]
    changes = tuple(_change(step, instance_id) for step in steps)
    variables = {name: value for step in steps for name, value in step["variables"].items()}
    wish = Instructions(changes=changes, variables=variables, reason=body["annotation"])
    restarting.instruct(office(), actor(), instance_id, wish)
    return Response(status=204)


def _change(step: Mapping[str, Any], instance_id: str) -> Change:
    kind = _KINDS[step["kind"]]
    element = step["flow"] if kind == "flow" else step["element"]
    if kind == "cancel" and step["token"]:
        instance, number = split_wait_id(step["token"])
        if instance != instance_id:
            raise BadRequest("activityInstanceId 不是这个办件的", cure="请用 activity-instances 查到的 id")
        return Change(kind=kind, token=number)
    if not element:
        wanted = "transitionId" if kind == "flow" else "activityId"
        raise BadRequest(f"{step['kind']} 缺少 {wanted}", cure="请补上")
    return Change(kind=kind, element=element)
