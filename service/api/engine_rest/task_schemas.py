"""Tasks as they go in and out."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, post_dump

from service.api import camunda
from service.api.engine_rest.shared import Paged, sort_order
from service.api.fields import Body, Choice, Commas, Flag, Moment, Text, Variables, Whole

SORTS = {
    "created": "created",
    "dueDate": "due",
    "followUpDate": "follow_up",
    "priority": "priority",
    "name": "name",
    "assignee": "assignee",
    "id": "id",
    "instanceId": "instance",
    "tenantId": "tenant",
}
CONDITIONS = {
    "assignee": "assignee",
    "assigned": "assigned",
    "unassigned": "unassigned",
    "instance": "instance",
    "case_number": "case_number",
    "definition": "definition",
    "element": "element",
    "elements": "elements",
    "name": "name",
    "name_like": "name_like",
    "due": "due",
    "due_before": "due_before",
    "due_after": "due_after",
    "follow_up_before": "follow_up_before",
    "follow_up_after": "follow_up_after",
    "created_before": "created_before",
    "created_after": "created_after",
    "priority": "priority",
    "tenants": "tenants",
    "no_tenant": "no_tenant",
}


class Filter(Body):
    """Which tasks; all that are given must hold."""

    id = Text(data_key="taskId")
    assignee = Text(metadata={"description": "签收人的 id"})
    assigned = Flag()
    unassigned = Flag()
    candidate_group = Text(
        data_key="candidateGroup", metadata={"description": "角色@单位 id；只含未签收的任务"}
    )
    candidate_groups = Commas(data_key="candidateGroups")
    candidate_user = Text(
        data_key="candidateUser", metadata={"description": "该人所在各组的任务；只能问自己"}
    )
    include_assigned = Flag(
        data_key="includeAssignedTasks", metadata={"description": "按候选组查询时也含已签收的"}
    )
    instance = Text(data_key="processInstanceId")
    case_number = Text(data_key="processInstanceBusinessKey", metadata={"description": "受理编号"})
    definition = Text(data_key="processDefinitionId")
    element = Text(data_key="taskDefinitionKey")
    elements = Commas(data_key="taskDefinitionKeyIn")
    name = Text()
    name_like = Text(data_key="nameLike", metadata={"description": "% 代表任意文字"})
    due = Moment(data_key="dueDate")
    due_before = Moment(data_key="dueBefore")
    due_after = Moment(data_key="dueAfter")
    follow_up_before = Moment(data_key="followUpBefore")
    follow_up_after = Moment(data_key="followUpAfter")
    created_before = Moment(data_key="createdBefore")
    created_after = Moment(data_key="createdAfter")
    priority = Whole()
    tenants = Commas(data_key="tenantIdIn", metadata={"description": "地区代码，逗号分开"})
    no_tenant = Flag(data_key="withoutTenantId")


class Query(Filter, Paged):
    """A page of the tasks that match."""

    sort_by = Choice(*SORTS, data_key="sortBy")
    sort_order = sort_order()


class Sorting(Body):
    """One order of several."""

    sort_by = Choice(*SORTS, data_key="sortBy", required=True)
    sort_order = Choice("asc", "desc", data_key="sortOrder", required=True)


class QueryBody(Filter):
    """Like the query of an address, with several orders."""

    sorting = fields.List(fields.Nested(Sorting))


class FormReference(Schema):
    """The form of a task."""

    key = fields.String(required=True)
    binding = fields.String(dump_default="latest")
    version = fields.Integer(allow_none=True, dump_default=None)


class Task(Schema):
    """An open task. ``path``, ``candidateGroups``, ``businessKey`` and ``clauses`` are additions to Camunda's."""

    id = fields.String(required=True)
    name = fields.String()
    assignee = fields.String(allow_none=True)
    owner = fields.Constant(None)
    created = Moment(attribute="created_at", dump_only=True)
    last_updated = Moment(attribute="claimed_at", data_key="lastUpdated", dump_only=True, allow_none=True)
    due = Moment(dump_only=True, allow_none=True)
    follow_up = Moment(data_key="followUp", dump_only=True, allow_none=True)
    delegation_state = fields.Constant(None, data_key="delegationState")
    description = fields.Constant(None)
    parent_task = fields.Constant(None, data_key="parentTaskId")
    priority = fields.Integer()
    execution = fields.String(attribute="instance", data_key="executionId", dump_only=True)
    instance = fields.String(data_key="processInstanceId")
    definition = fields.String(data_key="processDefinitionId")
    element = fields.String(data_key="taskDefinitionKey")
    case_execution = fields.Constant(None, data_key="caseExecutionId")
    case_instance = fields.Constant(None, data_key="caseInstanceId")
    case_definition = fields.Constant(None, data_key="caseDefinitionId")
    suspended = fields.Constant(constant=False)
    form_key = fields.Constant(None, data_key="formKey")
    form = fields.Function(lambda task: _reference(task["form"]), data_key="camundaFormRef")
    tenant = fields.String(data_key="tenantId", allow_none=True)
    task_state = fields.Constant("Created", data_key="taskState")
    path = fields.String(metadata={"description": "当事方/任务，场景文件中也这样称呼"})
    groups = fields.Function(
        lambda task: [camunda.group(role, task["unit"]) for role in task["roles"]], data_key="candidateGroups"
    )
    unit = fields.String(data_key="unitId", allow_none=True)
    case_number = fields.String(data_key="businessKey", metadata={"description": "受理编号"})
    clauses = fields.List(fields.String())

    @post_dump
    def _assigned(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        if data["assignee"]:
            data["taskState"] = "Updated"
        return data


def _reference(form: str) -> dict[str, Any] | None:
    return {"key": form, "binding": "latest", "version": None} if form else None


class TaskForm(Schema):
    """How to find the form of a task."""

    key = fields.String(allow_none=True)
    form = fields.Function(lambda task: _reference(task["form"]), data_key="camundaFormRef")
    context_path = fields.Constant(None, data_key="contextPath")


class Claim(Body):
    """Who takes the task; left out, the caller."""

    user_id = Text(data_key="userId")


class Complete(Body):
    """The answers of the form."""

    variables = Variables(load_default=dict)
    with_variables = Flag(data_key="withVariablesInReturn", load_default=False)


class VariableNames(Body):
    """Which variables; all when left out."""

    names = Commas(data_key="variableNames")
    deserialize = Flag(data_key="deserializeValues")


class IdentityLink(Schema):
    """Somebody who may do a task, or does it."""

    user = fields.String(data_key="userId", allow_none=True)
    group = fields.String(data_key="groupId", allow_none=True)
    kind = fields.String(data_key="type")
