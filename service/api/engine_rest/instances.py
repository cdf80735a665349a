"""Process instances: which run, where they stand, and ending one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from flask import Response
from marshmallow import Schema, fields

from service.api import camunda
from service.api.access import SIGNED_IN, having
from service.api.context import actor, office
from service.api.engine_rest.definition_schemas import Suspension
from service.api.engine_rest.shared import Count, Paged, conditions, page, sort_order
from service.api.fields import Body, Choice, Commas, Flag, Text, Variables
from service.api.preconditions import expected, tagged_row
from service.api.resource import Op, Resource
from service.casework import cases, looking, steering
from service.errors import BadRequest, NotFound
from service.store.db import transaction
from service.store.listings import INSTANCES

instances = Resource(
    "process-instance", __name__, url_prefix="/engine-rest/process-instance", description="流程实例（办件）"
)

_SEEN = "只含本单位为当事方的办件；运行维护员和系统管理员可见全部。"
_SORTS = {
    "instanceId": "id",
    "definitionId": "definition",
    "definitionKey": "key",
    "tenantId": "tenant",
    "businessKey": "case_number",
}
_CONDITIONS = {
    "ids": "ids",
    "case_number": "case_number",
    "definition": "definition",
    "key": "key",
    "keys": "keys",
    "active": "active",
    "paused": "paused",
    "with_incident": "with_incident",
    "tenants": "tenants",
    "no_tenant": "no_tenant",
}


class Query(Paged):
    """Which instances; only running ones."""

    ids = Commas(data_key="processInstanceIds")
    case_number = Text(data_key="businessKey", metadata={"description": "受理编号"})
    definition = Text(data_key="processDefinitionId")
    key = Text(data_key="processDefinitionKey")
    keys = Commas(data_key="processDefinitionKeyIn")
    active = Flag()
    paused = Flag(data_key="suspended")
    with_incident = Flag(data_key="withIncident")
    tenants = Commas(data_key="tenantIdIn")
    no_tenant = Flag(data_key="withoutTenantId")
    sort_by = Choice(*_SORTS, data_key="sortBy")
    sort_order = sort_order()


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


class Names(Body):
    """How values are told; accepted as Camunda's clients send it."""

    deserialize = Flag(data_key="deserializeValues")


class Modifications(Body):
    """Variables with their new values."""

    modifications = Variables(load_default=dict)
    deletions = Commas()


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
    Op(may=SIGNED_IN, summary="在办的实例", about=_SEEN, query=Query, answer=ProcessInstance(many=True)),
)
def list_instances(query: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    with transaction() as connection:
        return INSTANCES.find(connection, _wanted(query), page(query, _SORTS))


@instances.operation(
    "GET", "/count", Op(may=SIGNED_IN, summary="在办的实例数", about=_SEEN, query=Query, answer=Count)
)
def count_instances(query: Mapping[str, Any]) -> dict[str, int]:
    with transaction() as connection:
        return {"count": INSTANCES.count(connection, _wanted(query))}


def _wanted(query: Mapping[str, Any]) -> dict[str, Any]:
    wanted = {"running": {}, **looking.visible_by_unit(actor()), **conditions(query, _CONDITIONS)}
    return {name: {} if value is True else value for name, value in wanted.items()}


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
    "/<instance_id>/variables",
    Op(may=having("admin", "operator"), summary="流程变量", query=Names, raw="application/json"),
)
def variables(query: Mapping[str, Any], instance_id: str) -> Response:
    get_instance(instance_id)
    known = camunda.variables(looking.look(office(), instance_id).variables)
    return Response(orjson.dumps(known), mimetype="application/json")


@instances.operation(
    "POST",
    "/<instance_id>/variables",
    Op(
        may=having("admin", "operator"),
        summary="修改流程变量",
        about="流程不读取的名称不作为变量保存。修改记入办理记录。",
        body=Modifications,
        status=204,
    ),
)
def modify_variables(body: Mapping[str, Any], instance_id: str) -> Response:
    if body.get("deletions"):
        raise BadRequest("变量不能删除", cure="请把它的值设为 null")
    steering.set_variables(office(), actor(), instance_id, body["modifications"])
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
