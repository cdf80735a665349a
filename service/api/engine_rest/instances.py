"""Process instances: which run, where they stand, and ending one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Response
from marshmallow import Schema, fields

from service.api.access import SIGNED_IN, having
from service.api.context import actor, office
from service.api.engine_rest.definition_schemas import Suspension
from service.api.engine_rest.instance_filters import (
    SORTS,
    InstanceFilter,
    InstanceQuery,
    InstanceQueryBody,
    wanted,
)
from service.api.engine_rest.shared import Count, Paged, page
from service.api.fields import Body, Text
from service.api.preconditions import expected, tagged_row
from service.api.resource import Op, Resource
from service.casework import cases, looking, steering
from service.errors import NotFound
from service.store.db import transaction
from service.store.listings import INSTANCES

instances = Resource(
    "process-instance", __name__, url_prefix="/engine-rest/process-instance", description="流程实例（办件）"
)

_SEEN = "只含本单位为当事方的办件；运行维护员和系统管理员可见全部。"


class ProcessInstance(Schema):
    """A running instance."""

    id = fields.String(required=True)
    definition = fields.String(data_key="definitionId")
    key = fields.String(data_key="definitionKey")
    case_number = fields.String(data_key="businessKey", metadata={"description": "受理编号"})
    case_instance = fields.Constant(None, data_key="caseInstanceId")
    ended = fields.Function(lambda row: row["status"] == "ended")
    paused = fields.Function(lambda row: row["status"] == "paused", data_key="suspended")
    tenant = fields.String(data_key="tenantId", allow_none=True)
    links = fields.Function(lambda _: [])


class Deletion(Body):
    """Why an instance is ended."""

    reason = Text(load_default="", longest=500, metadata={"description": "终止的理由，记入办理记录"})


class ActivityInstance(Schema):
    """A place where the instance stands, with what stands in it."""

    id = fields.String(required=True)
    parent = fields.String(data_key="parentActivityInstanceId", allow_none=True)
    element = fields.String(data_key="activityId")
    name = fields.String(data_key="activityName")
    kind = fields.String(data_key="activityType")
    instance = fields.String(data_key="processInstanceId")
    definition = fields.String(data_key="processDefinitionId")
    inside = fields.List(fields.Nested(lambda: ActivityInstance()), data_key="childActivityInstances")  # noqa: PLW0108  a class cannot name itself while it is made
    transitions = fields.List(fields.Dict(), data_key="childTransitionInstances")
    executions = fields.List(fields.String(), data_key="executionIds")
    incidents = fields.List(fields.String(), data_key="incidentIds")


@instances.operation(
    "GET",
    "",
    Op(
        may=SIGNED_IN,
        summary="在办的实例",
        about=_SEEN,
        query=InstanceQuery,
        answer=ProcessInstance(many=True),
    ),
)
def list_instances(query: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    with transaction() as connection:
        return INSTANCES.find(connection, {"running": True, **wanted(query, actor())}, page(query, SORTS))


@instances.operation(
    "POST",
    "",
    Op(
        may=SIGNED_IN,
        summary="在办的实例（条件在请求体中）",
        about=_SEEN,
        query=Paged,
        body=InstanceQueryBody,
        answer=ProcessInstance(many=True),
        reads=True,
    ),
)
def search_instances(query: Mapping[str, Any], body: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    return list_instances({**query, **body})


@instances.operation(
    "GET",
    "/count",
    Op(may=SIGNED_IN, summary="在办的实例数", about=_SEEN, query=InstanceFilter, answer=Count),
)
def count_instances(query: Mapping[str, Any]) -> dict[str, int]:
    with transaction() as connection:
        return {"count": INSTANCES.count(connection, {"running": True, **wanted(query, actor())})}


@instances.operation(
    "POST",
    "/count",
    Op(may=SIGNED_IN, summary="在办的实例数", about=_SEEN, body=InstanceQueryBody, answer=Count, reads=True),
)
def search_count(body: Mapping[str, Any]) -> dict[str, int]:
    return count_instances(body)


@instances.operation(
    "GET", "/<instance_id>", Op(may=SIGNED_IN, summary="一个在办的实例", answer=ProcessInstance)
)
def get_instance(instance_id: str) -> Mapping[str, Any]:
    with transaction() as connection:
        row = looking.instance(connection, actor(), instance_id)
    if row["status"] == "ended":
        raise NotFound("办件已经结束", cure="请查询 /engine-rest/history/process-instance")
    return tagged_row("i", row)


@instances.operation(
    "DELETE",
    "/<instance_id>",
    Op(may=having("admin", "operator"), summary="终止一个实例", query=Deletion, status=204),
)
def delete_instance(query: Mapping[str, Any], instance_id: str) -> Response:
    cases.withdraw(office(), actor(), instance_id, query["reason"], expected("i"))
    return Response(status=204)


@instances.operation(
    "PUT",
    "/<instance_id>/suspended",
    Op(may=having("admin", "operator"), summary="暂停或恢复一个实例", body=Suspension, status=204),
)
def suspend(body: Mapping[str, Any], instance_id: str) -> Response:
    steering.hold(office(), actor(), instance_id, paused=body["suspended"])
    return Response(status=204)


@instances.operation(
    "GET",
    "/<instance_id>/activity-instances",
    Op(may=SIGNED_IN, summary="办到哪里了", answer=ActivityInstance),
)
def activity_instances(instance_id: str) -> dict[str, Any]:
    row = get_instance(instance_id)
    places = looking.look(office(), instance_id).positions
    root = _node(
        instance_id, row, {"id": instance_id, "element": row["key"], "name": row["name"]}, "processDefinition"
    )
    nodes = {"": root}
    for place in sorted(places, key=lambda one: int(one.id)):
        identifier = f"{instance_id}-{place.id}"
        about = {"id": identifier, "element": place.element, "name": place.name}
        nodes[place.id] = _node(instance_id, row, about, place.kind)
    for place in places:
        parent = nodes.get(place.parent, root)
        nodes[place.id]["parent"] = parent["id"]
        parent["inside"].append(nodes[place.id])
    return root


def _node(instance_id: str, row: Mapping[str, Any], about: dict[str, str], kind: str) -> dict[str, Any]:
    return {
        **about,
        "kind": kind,
        "parent": None,
        "instance": instance_id,
        "definition": row["definition"],
        "inside": [],
        "transitions": [],
        "executions": [instance_id],
        "incidents": [],
    }
