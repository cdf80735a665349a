"""History: how instances and tasks went, from the journal and the tables that are kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from service.api.access import SIGNED_IN
from service.api.context import actor, office
from service.api.engine_rest import history_schemas as schemas
from service.api.engine_rest.instance_filters import (
    HISTORY_SORTS,
    HistoryFilter,
    HistoryQuery,
    HistoryQueryBody,
    wanted,
)
from service.api.engine_rest.shared import Count, Paged, page
from service.api.resource import Op, Resource
from service.casework import looking
from service.store import past
from service.store.db import transaction
from service.store.inbox import TASKS
from service.store.listings import INSTANCES
from service.store.records import JOURNAL

history = Resource("history", __name__, url_prefix="/engine-rest/history", description="历史")

_CASES = "只含本单位为当事方的办件；运行维护员和系统管理员可见全部。"
_TASKS = "给出 processInstanceId 时，当事单位可见该办件的全部任务；否则只含本单位的任务。"
_NOT_ASKED = {"first_result", "max_results", "sort_by", "sort_order", "sorting"}
_REASONS = {"completed": "completed", "deleted": "cancelled"}


@history.operation(
    "GET",
    "/process-instance",
    Op(
        may=SIGNED_IN,
        summary="在办和已办结的实例",
        about=_CASES,
        query=HistoryQuery,
        answer=schemas.HistoricInstance(many=True),
    ),
)
def list_instances(query: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    with transaction() as connection:
        return INSTANCES.find(connection, wanted(query, actor()), page(query, HISTORY_SORTS))


@history.operation(
    "POST",
    "/process-instance",
    Op(
        may=SIGNED_IN,
        summary="在办和已办结的实例（条件在请求体中）",
        about=_CASES,
        query=Paged,
        body=HistoryQueryBody,
        answer=schemas.HistoricInstance(many=True),
        reads=True,
    ),
)
def search_instances(query: Mapping[str, Any], body: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    return list_instances({**query, **body})


@history.operation(
    "GET",
    "/process-instance/count",
    Op(may=SIGNED_IN, summary="在办和已办结的实例数", about=_CASES, query=HistoryFilter, answer=Count),
)
def count_instances(query: Mapping[str, Any]) -> dict[str, int]:
    with transaction() as connection:
        return {"count": INSTANCES.count(connection, wanted(query, actor()))}


@history.operation(
    "POST",
    "/process-instance/count",
    Op(
        may=SIGNED_IN,
        summary="在办和已办结的实例数",
        about=_CASES,
        body=HistoryQueryBody,
        answer=Count,
        reads=True,
    ),
)
def search_instances_count(body: Mapping[str, Any]) -> dict[str, int]:
    return count_instances(body)


@history.operation(
    "GET",
    "/process-instance/<instance_id>",
    Op(may=SIGNED_IN, summary="一个实例的始末", answer=schemas.HistoricInstance),
)
def get_instance(instance_id: str) -> Mapping[str, Any]:
    with transaction() as connection:
        return looking.instance(connection, actor(), instance_id)


@history.operation(
    "GET",
    "/task",
    Op(
        may=SIGNED_IN,
        summary="待办、已办和撤销的任务",
        about=_TASKS,
        query=schemas.HistoricTaskQuery,
        answer=schemas.HistoricTask(many=True),
    ),
)
def list_tasks(query: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    with transaction() as connection:
        return TASKS.find(connection, _of_tasks(connection, query), page(query, schemas.TASK_SORTS))


@history.operation(
    "POST",
    "/task",
    Op(
        may=SIGNED_IN,
        summary="待办、已办和撤销的任务（条件在请求体中）",
        about=_TASKS,
        query=Paged,
        body=schemas.HistoricTaskQueryBody,
        answer=schemas.HistoricTask(many=True),
        reads=True,
    ),
)
def search_tasks(query: Mapping[str, Any], body: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    return list_tasks({**query, **body})


@history.operation(
    "GET",
    "/task/count",
    Op(
        may=SIGNED_IN,
        summary="待办、已办和撤销的任务数",
        about=_TASKS,
        query=schemas.HistoricTaskFilter,
        answer=Count,
    ),
)
def count_tasks(query: Mapping[str, Any]) -> dict[str, int]:
    with transaction() as connection:
        return {"count": TASKS.count(connection, _of_tasks(connection, query))}


@history.operation(
    "POST",
    "/task/count",
    Op(
        may=SIGNED_IN,
        summary="待办、已办和撤销的任务数",
        about=_TASKS,
        body=schemas.HistoricTaskQueryBody,
        answer=Count,
        reads=True,
    ),
)
def search_tasks_count(body: Mapping[str, Any]) -> dict[str, int]:
    return count_tasks(body)


def _of_tasks(connection: Any, query: Mapping[str, Any]) -> dict[str, Any]:
    found = {name: value for name, value in query.items() if name not in _NOT_ASKED and value is not False}
    if "execution" in found:
        found["instances"] = [found.pop("execution")]
    if "reason" in found:
        found["reason"] = _REASONS[found["reason"]]
    if "instance" in found:
        looking.instance(connection, actor(), found["instance"])
        return found
    seen = looking.visible(actor())
    return {**({"visible_past": seen["visible"]} if seen else {}), **found}


@history.operation(
    "GET",
    "/activity-instance",
    Op(
        may=SIGNED_IN,
        summary="一个实例走过的元素",
        about="按先后排列（sortOrder 为 desc 时新的在前）。",
        query=schemas.ActivityQuery,
        answer=schemas.HistoricActivity(many=True),
    ),
)
def list_activities(query: Mapping[str, Any]) -> list[dict[str, Any]]:
    newest_first = query.get("sort_order") == "desc"
    with transaction() as connection:
        row = looking.instance(connection, actor(), query["instance"])
        rows = past.steps(connection, _steps(row, query), page(query, _ONE_ORDER), newest_first=newest_first)
        shelf = office().shelf
        nodes = shelf.compiled(connection, shelf.row(connection, row["definition"])).nodes
    return [_activity(step, row, nodes) for step in rows]


_ONE_ORDER = {"startTime": "at", "occurrence": "at"}


@history.operation(
    "GET",
    "/activity-instance/count",
    Op(may=SIGNED_IN, summary="一个实例走过的元素数", query=schemas.ActivityFilter, answer=Count),
)
def count_activities(query: Mapping[str, Any]) -> dict[str, int]:
    with transaction() as connection:
        row = looking.instance(connection, actor(), query["instance"])
        return {"count": past.count_steps(connection, _steps(row, query))}


def _steps(row: Mapping[str, Any], query: Mapping[str, Any]) -> dict[str, Any]:
    asked = {name: query.get(name) for name in ("element", "after", "before")}
    return {"case": row["case_number"], "instance": row["id"], **asked}


def _activity(step: Mapping[str, Any], row: Mapping[str, Any], nodes: Mapping[str, Any]) -> dict[str, Any]:
    """A step with what the diagram says of it; of called processes only the key and the element are known."""
    own = step["process"] == row["key"]
    node = nodes.get(step["element"]) if own else None
    return {
        **step,
        "definition": row["definition"] if own else None,
        "name": node.name if node else None,
        "kind": node.kind if node else None,
    }


@history.operation(
    "GET",
    "/user-operation",
    Op(
        may=SIGNED_IN,
        summary="一个实例的办理记录",
        query=schemas.OperationQuery,
        answer=schemas.UserOperation(many=True),
    ),
)
def list_operations(query: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    with transaction() as connection:
        return JOURNAL.find(connection, _operations(connection, query), page(query, {"timestamp": "at"}))


@history.operation(
    "GET",
    "/user-operation/count",
    Op(may=SIGNED_IN, summary="一个实例的办理记录数", query=schemas.OperationFilter, answer=Count),
)
def count_operations(query: Mapping[str, Any]) -> dict[str, int]:
    with transaction() as connection:
        return {"count": JOURNAL.count(connection, _operations(connection, query))}


def _operations(connection: Any, query: Mapping[str, Any]) -> dict[str, Any]:
    """The case stands beside the instance: the journal is found by it."""
    row = looking.instance(connection, actor(), query["instance"])
    asked = {name: value for name, value in query.items() if name not in _NOT_ASKED}
    return {**asked, "case_number": row["case_number"]}
