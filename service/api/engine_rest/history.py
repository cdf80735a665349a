"""History: how an instance went, from the journal and the tables that are kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from marshmallow import Schema, fields

from service.api.access import SIGNED_IN
from service.api.context import actor
from service.api.engine_rest.shared import Paged, page
from service.api.fields import Moment, Text
from service.api.resource import Op, Resource
from service.casework import looking
from service.engine import DELETED
from service.store.db import transaction
from service.store.inbox import TASKS
from service.store.records import JOURNAL

history = Resource("history", __name__, url_prefix="/engine-rest/history", description="历史")

_MILLISECOND = 1000


def _milliseconds(begin: Any, end: Any) -> int | None:
    return int((end - begin).total_seconds() * _MILLISECOND) if end is not None else None


def _state(row: Mapping[str, Any]) -> str:
    if row["status"] == "ended":
        return "EXTERNALLY_TERMINATED" if row["end_element"] == DELETED else "COMPLETED"
    return "SUSPENDED" if row["status"] == "paused" else "ACTIVE"


class OfInstance(Paged):
    """Which instance."""

    instance = Text(data_key="processInstanceId", required=True)


class HistoricInstance(Schema):
    """An instance, running or ended."""

    id = fields.String(required=True)
    case_number = fields.String(data_key="businessKey", metadata={"description": "受理编号"})
    definition = fields.String(data_key="processDefinitionId")
    key = fields.String(data_key="processDefinitionKey")
    name = fields.String(data_key="processDefinitionName")
    version = fields.Integer(data_key="processDefinitionVersion")
    started_at = Moment(data_key="startTime", dump_only=True)
    ended_at = Moment(data_key="endTime", dump_only=True, allow_none=True)
    duration = fields.Function(
        lambda row: _milliseconds(row["started_at"], row["ended_at"]), data_key="durationInMillis"
    )
    started_by = fields.String(data_key="startUserId")
    end_element = fields.String(data_key="endActivityId", allow_none=True)
    outcome_name = fields.String(data_key="outcomeName", allow_none=True)
    tenant = fields.String(data_key="tenantId", allow_none=True)
    state = fields.Function(_state)


class HistoricTask(Schema):
    """A task, open, done or cancelled."""

    id = fields.String(required=True)
    definition = fields.String(data_key="processDefinitionId")
    instance = fields.String(data_key="processInstanceId")
    execution = fields.String(attribute="instance", data_key="executionId", dump_only=True)
    activity = fields.String(attribute="id", data_key="activityInstanceId", dump_only=True)
    element = fields.String(data_key="taskDefinitionKey")
    path = fields.String()
    name = fields.String()
    assignee = fields.String(allow_none=True)
    completed_by = fields.String(data_key="completedBy", allow_none=True)
    done_for = fields.String(data_key="completedFor", allow_none=True, metadata={"description": "代理谁办结"})
    priority = fields.Integer()
    created_at = Moment(data_key="startTime", dump_only=True)
    ended_at = Moment(data_key="endTime", dump_only=True, allow_none=True)
    duration = fields.Function(
        lambda row: _milliseconds(row["created_at"], row["ended_at"]), data_key="duration"
    )
    due = Moment(dump_only=True, allow_none=True)
    follow_up = Moment(data_key="followUp", dump_only=True, allow_none=True)
    reason = fields.Function(
        lambda row: {"completed": "completed", "cancelled": "deleted"}.get(row["state"]),
        data_key="deleteReason",
    )
    tenant = fields.String(data_key="tenantId", allow_none=True)
    clauses = fields.List(fields.String())


class HistoricActivity(Schema):
    """An element a token came to."""

    id = fields.String(required=True)
    element = fields.String(data_key="activityId")
    process = fields.String(data_key="processDefinitionKey")
    instance = fields.String(data_key="processInstanceId")
    at = Moment(data_key="startTime", dump_only=True)


class UserOperation(Schema):
    """One entry of the journal."""

    id = fields.String(required=True)
    actor = fields.String(data_key="userId")
    actor_name = fields.String(data_key="userName")
    at = Moment(data_key="timestamp", dump_only=True)
    recorded_at = Moment(data_key="recordedAt", dump_only=True, metadata={"description": "实际时间"})
    verb = fields.String(data_key="operationType")
    element = fields.String(data_key="property")
    instance = fields.String(data_key="processInstanceId", allow_none=True)
    task = fields.Function(lambda row: row["detail"].get("task"), data_key="taskId")
    clauses = fields.List(fields.String())


@history.operation(
    "GET",
    "/process-instance/<instance_id>",
    Op(may=SIGNED_IN, summary="一个实例的始末", answer=HistoricInstance),
)
def get_instance(instance_id: str) -> Mapping[str, Any]:
    with transaction() as connection:
        return looking.instance(connection, actor(), instance_id)


@history.operation(
    "GET",
    "/task",
    Op(may=SIGNED_IN, summary="一个实例的全部任务", query=OfInstance, answer=HistoricTask(many=True)),
)
def list_tasks(query: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    with transaction() as connection:
        looking.instance(connection, actor(), query["instance"])
        return TASKS.find(connection, {"instance": query["instance"]}, page(query, {}))


@history.operation(
    "GET",
    "/activity-instance",
    Op(
        may=SIGNED_IN,
        summary="一个实例走过的元素",
        about="每条办理记录中走过的元素，按先后排列；分页按办理记录计。",
        query=OfInstance,
        answer=HistoricActivity(many=True),
    ),
)
def list_activities(query: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [step for entry in _entries(query) for step in _steps(entry)]


@history.operation(
    "GET",
    "/user-operation",
    Op(may=SIGNED_IN, summary="一个实例的办理记录", query=OfInstance, answer=UserOperation(many=True)),
)
def list_operations(query: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    return _entries(query)


def _entries(query: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    with transaction() as connection:
        looking.instance(connection, actor(), query["instance"])
        return JOURNAL.find(connection, {"instance": query["instance"]}, page(query, {}))


def _steps(entry: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for number, step in enumerate(entry["detail"].get("nodes", ())):
        process, _, element = step.partition("/")
        yield {
            "id": f"{entry['id']}-{number}",
            "process": process,
            "element": element,
            "instance": entry["instance"],
            "at": entry["at"],
        }
