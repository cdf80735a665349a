"""What keepers and analysts look at and move in definitions: how much runs by them, and holding them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response

from service.api.access import having
from service.api.context import actor, office
from service.api.engine_rest.definition_schemas import (
    ActivityStatistics,
    ChosenSuspension,
    DefinitionSuspension,
    Statistics,
    StatisticsQuery,
)
from service.api.engine_rest.definitions import definitions, get_definition
from service.api.engine_rest.shared import page
from service.api.resource import Op
from service.casework import steering
from service.errors import BadRequest, NotFound
from service.store.db import transaction
from service.store.listing import Page
from service.store.listings import DEFINITIONS, STATISTICS
from service.store.statistics import standing

_KEEPERS = having("admin", "operator")
_LOOKERS = having("admin", "operator", "analyst")
_HELD = "暂停后不再发起新的办件；`includeProcessInstances` 时在办的也暂停。"
_CATCHING = {
    "serviceTask",
    "sendTask",
    "businessRuleTask",
    "receiveTask",
    "intermediateCatchEvent",
    "intermediateThrowEvent",
}
_MOST_VERSIONS = 1000


@definitions.operation(
    "PUT",
    "/<definition_id>/suspended",
    Op(may=_KEEPERS, summary="暂停或恢复受理", about=_HELD, body=DefinitionSuspension, status=204),
)
def suspend(body: Mapping[str, Any], definition_id: str) -> Response:
    return _hold([definition_id], body)


@definitions.operation(
    "PUT",
    "/key/<key>/suspended",
    Op(
        may=_KEEPERS,
        summary="暂停或恢复受理：全国流程的所有版本",
        about=_HELD,
        body=DefinitionSuspension,
        status=204,
    ),
)
@definitions.operation(
    "PUT",
    "/key/<key>/tenant-id/<tenant>/suspended",
    Op(
        may=_KEEPERS,
        summary="暂停或恢复受理：某地区流程的所有版本",
        about=_HELD,
        body=DefinitionSuspension,
        status=204,
    ),
)
def suspend_key(body: Mapping[str, Any], key: str, tenant: str = "") -> Response:
    return _hold(_versions({"key": key, **({"tenants": [tenant]} if tenant else {"no_tenant": True})}), body)


@definitions.operation(
    "PUT",
    "/suspended",
    Op(
        may=_KEEPERS,
        summary="暂停或恢复受理：按标识，或某业务在各地区的所有版本",
        about=_HELD,
        body=ChosenSuspension,
        status=204,
    ),
)
def suspend_chosen(body: Mapping[str, Any]) -> Response:
    if ("definition" in body) == ("key" in body):
        raise BadRequest("没有指明流程定义", cure="请给出 processDefinitionId 或 processDefinitionKey 之一")
    if "definition" in body:
        return _hold([body["definition"]], body)
    wanted: dict[str, Any] = {"key": body["key"]}
    if "tenant" in body:
        wanted["tenants"] = [body["tenant"]]
    if body["no_tenant"]:
        wanted["no_tenant"] = True
    return _hold(_versions(wanted), body)


def _versions(wanted: Mapping[str, Any]) -> list[str]:
    with transaction() as connection:
        found = [row["id"] for row in DEFINITIONS.find(connection, wanted, Page(limit=_MOST_VERSIONS))]
    if not found:
        raise NotFound("没有这个流程定义", cure="请核对标识和地区")
    return found


def _hold(chosen: list[str], body: Mapping[str, Any]) -> Response:
    steering.set_paused(actor(), chosen, paused=body["suspended"], instances=body["instances"])
    return Response(status=204)


@definitions.operation(
    "GET",
    "/statistics",
    Op(
        may=_LOOKERS,
        summary="各定义在办的实例数和异常件数",
        query=StatisticsQuery,
        answer=Statistics(many=True),
    ),
)
def statistics(query: Mapping[str, Any]) -> list[dict[str, Any]]:
    with transaction() as connection:
        rows = STATISTICS.find(connection, {}, page(query, {}))
    return [{**_counted(row), "definition": row} for row in rows]


@definitions.operation(
    "GET",
    "/<definition_id>/statistics",
    Op(
        may=_LOOKERS,
        summary="在办的实例各停在哪个元素",
        about="用户任务、外部任务和正在等待的中间事件；停在被调用流程中的计入被调用的定义。",
        query=StatisticsQuery,
        answer=ActivityStatistics(many=True),
    ),
)
@definitions.operation(
    "GET",
    "/key/<key>/statistics",
    Op(
        may=_LOOKERS,
        summary="在办的实例各停在哪个元素：全国的最新版本",
        query=StatisticsQuery,
        answer=ActivityStatistics(many=True),
    ),
)
@definitions.operation(
    "GET",
    "/key/<key>/tenant-id/<tenant>/statistics",
    Op(
        may=_LOOKERS,
        summary="在办的实例各停在哪个元素：某地区的最新版本",
        query=StatisticsQuery,
        answer=ActivityStatistics(many=True),
    ),
)
def activity_statistics(
    query: Mapping[str, Any], definition_id: str = "", key: str = "", tenant: str = ""
) -> list[dict[str, Any]]:
    found = get_definition(definition_id, key, tenant)["id"]
    shelf = office().shelf
    with transaction() as connection:
        nodes = shelf.compiled(connection, shelf.row(connection, found)).nodes
        catching = [name for name, node in nodes.items() if node.kind in _CATCHING]
        return [_counted(row) for row in standing(connection, found, catching, page(query, {}))]


def _counted(row: Mapping[str, Any]) -> dict[str, Any]:
    kinds = [{"kind": kind, "count": number} for kind, number in sorted(row["incidents"].items())]
    return {
        "id": row["id"],
        "instances": row["instances"],
        "failed": row["incidents"].get("timer", 0),
        "incidents": kinds,
    }
