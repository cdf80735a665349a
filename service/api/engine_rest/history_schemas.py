"""What was, as it is asked for and told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields

from service.api.engine_rest.shared import Paged, sort_order, sortings
from service.api.fields import Body, Choice, Commas, Flag, Moment, Text, Whole
from service.engine import DELETED

TASK_SORTS = {
    "taskId": "id",
    "activityInstanceId": "id",
    "processDefinitionId": "definition",
    "processInstanceId": "instance",
    "executionId": "instance",
    "duration": "duration",
    "endTime": "ended",
    "startTime": "created",
    "taskName": "name",
    "assignee": "assignee",
    "owner": "owner",
    "dueDate": "due",
    "followUpDate": "follow_up",
    "taskDefinitionKey": "element",
    "priority": "priority",
    "tenantId": "tenant",
}
_LIKE = {"description": "% 代表任意文字"}
_MILLISECOND = 1000


def milliseconds(begin: Any, end: Any) -> int | None:
    """How long, None while it lasts."""
    return int((end - begin).total_seconds() * _MILLISECOND) if end is not None else None


def _state(row: Mapping[str, Any]) -> str:
    if row["status"] == "ended":
        return "EXTERNALLY_TERMINATED" if row["end_element"] == DELETED else "COMPLETED"
    return "SUSPENDED" if row["status"] == "paused" else "ACTIVE"


class HistoricInstance(Schema):
    """An instance, running or ended."""

    id = fields.String(required=True)
    root = fields.String(attribute="id", data_key="rootProcessInstanceId", dump_only=True)
    upper = fields.Constant(None, data_key="superProcessInstanceId")
    case_number = fields.String(data_key="businessKey", metadata={"description": "受理编号"})
    definition = fields.String(data_key="processDefinitionId")
    key = fields.String(data_key="processDefinitionKey")
    name = fields.String(data_key="processDefinitionName")
    version = fields.Integer(data_key="processDefinitionVersion")
    started_at = Moment(data_key="startTime", dump_only=True)
    ended_at = Moment(data_key="endTime", dump_only=True, allow_none=True)
    removal = fields.Constant(None, data_key="removalTime")
    duration = fields.Function(
        lambda row: milliseconds(row["started_at"], row["ended_at"]), data_key="durationInMillis"
    )
    started_by = fields.String(data_key="startUserId")
    end_element = fields.String(data_key="endActivityId", allow_none=True)
    outcome_name = fields.String(data_key="outcomeName", allow_none=True)
    reason = fields.Constant(None, data_key="deleteReason")
    tenant = fields.String(data_key="tenantId", allow_none=True)
    state = fields.Function(_state)


class HistoricTaskFilter(Body):
    """Which tasks, open or over."""

    id = Text(data_key="taskId")
    instance = Text(data_key="processInstanceId")
    execution = Text(data_key="executionId", metadata={"description": "与实例 id 相同"})
    case_number = Text(data_key="processInstanceBusinessKey", metadata={"description": "受理编号"})
    case_numbers = Commas(data_key="processInstanceBusinessKeyIn")
    case_number_like = Text(data_key="processInstanceBusinessKeyLike", metadata=_LIKE)
    definition = Text(data_key="processDefinitionId")
    key = Text(data_key="processDefinitionKey")
    definition_name = Text(data_key="processDefinitionName")
    element = Text(data_key="taskDefinitionKey")
    elements = Commas(data_key="taskDefinitionKeyIn")
    name = Text(data_key="taskName")
    name_like = Text(data_key="taskNameLike", metadata=_LIKE)
    assignee = Text(data_key="taskAssignee")
    assignee_like = Text(data_key="taskAssigneeLike", metadata=_LIKE)
    assigned = Flag()
    unassigned = Flag()
    owner = Text(data_key="taskOwner")
    reason = Choice("completed", "deleted", data_key="taskDeleteReason")
    finished = Flag()
    open = Flag(data_key="unfinished")
    priority = Whole(data_key="taskPriority")
    due = Moment(data_key="taskDueDate")
    due_before = Moment(data_key="taskDueDateBefore")
    due_after = Moment(data_key="taskDueDateAfter")
    without_due = Flag(data_key="withoutTaskDueDate")
    follow_up = Moment(data_key="taskFollowUpDate")
    follow_up_before = Moment(data_key="taskFollowUpDateBefore")
    follow_up_after = Moment(data_key="taskFollowUpDateAfter")
    created_before = Moment(data_key="startedBefore")
    created_after = Moment(data_key="startedAfter")
    ended_before = Moment(data_key="finishedBefore")
    ended_after = Moment(data_key="finishedAfter")
    tenants = Commas(data_key="tenantIdIn")
    no_tenant = Flag(data_key="withoutTenantId")


class HistoricTaskQuery(HistoricTaskFilter, Paged):
    """A page of those that match."""

    sort_by = Choice(*TASK_SORTS, data_key="sortBy")
    sort_order = sort_order()


class HistoricTaskQueryBody(HistoricTaskFilter):
    """Like the query of an address, with several orders."""

    sorting = sortings("HistoricTaskSorting", TASK_SORTS)


class HistoricTask(Schema):
    """A task, open, done or cancelled."""

    id = fields.String(required=True)
    key = fields.Function(lambda row: row["definition"].partition(":")[0], data_key="processDefinitionKey")
    definition = fields.String(data_key="processDefinitionId")
    instance = fields.String(data_key="processInstanceId")
    root = fields.String(attribute="instance", data_key="rootProcessInstanceId", dump_only=True)
    execution = fields.String(attribute="instance", data_key="executionId", dump_only=True)
    activity = fields.String(attribute="id", data_key="activityInstanceId", dump_only=True)
    element = fields.String(data_key="taskDefinitionKey")
    path = fields.String()
    name = fields.String()
    description = fields.Constant(None)
    assignee = fields.String(allow_none=True)
    owner = fields.String(allow_none=True)
    completed_by = fields.String(data_key="completedBy", allow_none=True)
    done_for = fields.String(data_key="completedFor", allow_none=True, metadata={"description": "代理谁办结"})
    priority = fields.Integer()
    created_at = Moment(data_key="startTime", dump_only=True)
    ended_at = Moment(data_key="endTime", dump_only=True, allow_none=True)
    duration = fields.Function(
        lambda row: milliseconds(row["created_at"], row["ended_at"]), data_key="duration"
    )
    due = Moment(dump_only=True, allow_none=True)
    follow_up = Moment(data_key="followUp", dump_only=True, allow_none=True)
    parent = fields.Constant(None, data_key="parentTaskId")
    reason = fields.Function(
        lambda row: {"completed": "completed", "cancelled": "deleted"}.get(row["state"]),
        data_key="deleteReason",
    )
    state = fields.Function(
        lambda row: {"completed": "Completed", "cancelled": "Deleted"}.get(row["state"], "Created"),
        data_key="taskState",
    )
    tenant = fields.String(data_key="tenantId", allow_none=True)
    clauses = fields.List(fields.String())


class ActivityFilter(Body):
    """What an instance came to."""

    instance = Text(data_key="processInstanceId", required=True)
    element = Text(data_key="activityId")
    after = Moment(data_key="startedAfter")
    before = Moment(data_key="startedBefore")


class ActivityQuery(ActivityFilter, Paged):
    """A page of it."""

    sort_by = Choice("startTime", "occurrence", data_key="sortBy")
    sort_order = sort_order()


class HistoricActivity(Schema):
    """An element a token came to; when it left is known of user tasks."""

    id = fields.String(required=True)
    element = fields.String(data_key="activityId")
    name = fields.String(data_key="activityName", allow_none=True)
    kind = fields.String(data_key="activityType", allow_none=True)
    process = fields.String(data_key="processDefinitionKey")
    definition = fields.String(data_key="processDefinitionId", allow_none=True)
    instance = fields.String(data_key="processInstanceId")
    root = fields.String(attribute="instance", data_key="rootProcessInstanceId", dump_only=True)
    execution = fields.String(attribute="instance", data_key="executionId", dump_only=True)
    task = fields.String(data_key="taskId", allow_none=True)
    assignee = fields.String(allow_none=True)
    at = Moment(data_key="startTime", dump_only=True)
    ended_at = Moment(data_key="endTime", dump_only=True, allow_none=True)
    duration = fields.Function(
        lambda row: milliseconds(row["at"], row["ended_at"]), data_key="durationInMillis"
    )
    cancelled = fields.Boolean(data_key="canceled")


class OperationFilter(Body):
    """Which entries of the journal of an instance."""

    instance = Text(data_key="processInstanceId", required=True)
    actor = Text(data_key="userId")
    verb = Text(
        data_key="operationType", metadata={"description": "start、claim、complete、delegate、comment……"}
    )
    after = Moment(data_key="afterTimestamp")
    before = Moment(data_key="beforeTimestamp")


class OperationQuery(OperationFilter, Paged):
    """A page of them."""

    sort_by = Choice("timestamp", data_key="sortBy")
    sort_order = sort_order()


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
