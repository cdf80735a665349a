"""What a list of tasks may be asked for, under Camunda's names. An attribute is called as the condition it becomes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from service.api.engine_rest import shared
from service.api.engine_rest.shared import Paged, sort_order, sortings
from service.api.engine_rest.variable_filters import VariableConditions
from service.api.fields import Body, Choice, Commas, Flag, Moment, Text, Whole

SORTS = {
    "created": "created",
    "lastUpdated": "updated",
    "dueDate": "due",
    "followUpDate": "follow_up",
    "priority": "priority",
    "name": "name",
    "nameCaseInsensitive": "name_folded",
    "assignee": "assignee",
    "id": "id",
    "instanceId": "instance",
    "executionId": "instance",
    "tenantId": "tenant",
}


def _told(description: str) -> dict[str, str]:
    return {"description": description}


_LIKE = _told("% 代表任意文字")
_NOW = _told("Camunda 的表达式，如 ${now()}、${dateTime().plusDays(2)}")
_ME = _told("${currentUser()}")


class People(Body):
    """Whose tasks."""

    assignee = Text(metadata=_told("签收人的 id"))
    assignees = Commas(data_key="assigneeIn")
    not_assignees = Commas(data_key="assigneeNotIn", metadata=_told("已由其他人签收的"))
    assignee_like = Text(data_key="assigneeLike", metadata=_LIKE)
    assigned = Flag()
    unassigned = Flag()
    owner = Text(metadata=_told("委托人的 id"))
    delegation = Choice("PENDING", "RESOLVED", data_key="delegationState")
    candidate_group = Text(data_key="candidateGroup", metadata=_told("角色@单位 id；只含未签收的任务"))
    candidate_groups = Commas(data_key="candidateGroups", metadata=_told("任一组；只含未签收的任务"))
    candidate_user = Text(data_key="candidateUser", metadata=_told("该人所在各组的任务；只能问自己"))
    include_assigned = Flag(data_key="includeAssignedTasks", metadata=_told("按候选组查询时也含已签收的"))
    involved = Text(data_key="involvedUser", metadata=_told("签收、委托或在候选组中的；只能问自己"))
    with_groups = Flag(data_key="withCandidateGroups")
    without_groups = Flag(data_key="withoutCandidateGroups")
    with_users = Flag(data_key="withCandidateUsers", metadata=_told("任务只给候选组，没有候选人：总是空"))
    without_users = Flag(data_key="withoutCandidateUsers")


class Places(Body):
    """Which tasks of which cases."""

    id = Text(data_key="taskId")
    ids = Commas(data_key="taskIdIn")
    activities = Commas(data_key="activityInstanceIdIn", metadata=_told("与任务 id 相同"))
    instance = Text(data_key="processInstanceId")
    instances = Commas(data_key="processInstanceIdIn")
    execution = Text(data_key="executionId", metadata=_told("与实例 id 相同"))
    case_number = Text(data_key="processInstanceBusinessKey", metadata=_told("受理编号"))
    case_numbers = Commas(data_key="processInstanceBusinessKeyIn")
    case_number_like = Text(data_key="processInstanceBusinessKeyLike", metadata=_LIKE)
    definition = Text(data_key="processDefinitionId")
    key = Text(data_key="processDefinitionKey")
    keys = Commas(data_key="processDefinitionKeyIn")
    definition_name = Text(data_key="processDefinitionName")
    definition_name_like = Text(data_key="processDefinitionNameLike", metadata=_LIKE)
    element = Text(data_key="taskDefinitionKey", metadata=_told("流程图中用户任务的 id"))
    elements = Commas(data_key="taskDefinitionKeyIn")
    not_elements = Commas(data_key="taskDefinitionKeyNotIn")
    element_like = Text(data_key="taskDefinitionKeyLike", metadata=_LIKE)
    name = Text()
    name_not = Text(data_key="nameNotEqual")
    name_like = Text(data_key="nameLike", metadata=_LIKE)
    name_not_like = Text(data_key="nameNotLike", metadata=_LIKE)
    priority = Whole()
    priority_from = Whole(data_key="minPriority")
    priority_to = Whole(data_key="maxPriority")
    active = Flag()
    paused = Flag(data_key="suspended", metadata=_told("办件被暂停的"))
    tenants = Commas(data_key="tenantIdIn", metadata=_told("地区代码，逗号分开"))
    no_tenant = Flag(data_key="withoutTenantId")


class Days(Body):
    """When."""

    due = Moment(data_key="dueDate")
    due_before = Moment(data_key="dueBefore")
    due_after = Moment(data_key="dueAfter")
    without_due = Flag(data_key="withoutDueDate")
    follow_up = Moment(data_key="followUpDate")
    follow_up_before = Moment(data_key="followUpBefore")
    follow_up_before_or_none = Moment(data_key="followUpBeforeOrNotExistent")
    follow_up_after = Moment(data_key="followUpAfter")
    created = Moment(data_key="createdOn")
    created_before = Moment(data_key="createdBefore")
    created_after = Moment(data_key="createdAfter")
    updated_after = Moment(data_key="updatedAfter", metadata=_told("此后签收或转办的"))


class Expressions(Body):
    """The same by an expression that is worked out when the list is asked for."""

    assignee_told = Text(data_key="assigneeExpression", metadata=_ME)
    owner_told = Text(data_key="ownerExpression", metadata=_ME)
    candidate_user_told = Text(data_key="candidateUserExpression", metadata=_ME)
    involved_told = Text(data_key="involvedUserExpression", metadata=_ME)
    candidate_groups_told = Text(
        data_key="candidateGroupsExpression", metadata=_told("${currentUserGroups()}")
    )
    due_told = Text(data_key="dueDateExpression", metadata=_NOW)
    due_before_told = Text(data_key="dueBeforeExpression", metadata=_NOW)
    due_after_told = Text(data_key="dueAfterExpression", metadata=_NOW)
    follow_up_told = Text(data_key="followUpDateExpression", metadata=_NOW)
    follow_up_before_told = Text(data_key="followUpBeforeExpression", metadata=_NOW)
    follow_up_before_or_none_told = Text(data_key="followUpBeforeOrNotExistentExpression", metadata=_NOW)
    follow_up_after_told = Text(data_key="followUpAfterExpression", metadata=_NOW)
    created_told = Text(data_key="createdOnExpression", metadata=_NOW)
    created_before_told = Text(data_key="createdBeforeExpression", metadata=_NOW)
    created_after_told = Text(data_key="createdAfterExpression", metadata=_NOW)
    updated_after_told = Text(data_key="updatedAfterExpression", metadata=_NOW)


class TaskFilter(People, Places, Days, Expressions):
    """Which tasks; all that are given must hold."""

    process_variables = VariableConditions(data_key="processVariables")
    task_variables = VariableConditions(
        data_key="taskVariables", metadata=_told("任务没有自己的变量：给出条件就没有任务符合")
    )


class TaskQuery(TaskFilter, Paged):
    """A page of the tasks that match."""

    sort_by = Choice(*SORTS, data_key="sortBy")
    sort_order = sort_order()


class TaskCountQuery(TaskFilter):
    """Those that match."""


class TaskQueryBody(TaskFilter):
    """Like the query of an address, with alternatives and several orders."""

    alternatives = shared.alternatives(TaskFilter)
    sorting = sortings("TaskSorting", SORTS)


def loaded(query: Mapping[str, Any]) -> dict[str, Any]:
    """A saved query, read again. Raises marshmallow's ValidationError."""
    found: dict[str, Any] = TaskQueryBody().load(query)
    return found
