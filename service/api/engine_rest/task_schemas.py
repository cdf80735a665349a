"""Tasks as they go in and out."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, post_dump

from service.api import camunda
from service.api.fields import Body, Commas, Flag, Moment, Text, Variables


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
    owner = fields.String(allow_none=True, metadata={"description": "委托他人时的委托人"})
    created = Moment(attribute="created_at", dump_only=True)
    last_updated = Moment(attribute="claimed_at", data_key="lastUpdated", dump_only=True, allow_none=True)
    due = Moment(dump_only=True, allow_none=True)
    follow_up = Moment(data_key="followUp", dump_only=True, allow_none=True)
    delegation = fields.Function(
        lambda task: task["delegation"].upper() if task["delegation"] else None,
        data_key="delegationState",
        metadata={"description": "PENDING：已委托、待交回；RESOLVED：已交回；null：没有委托"},
    )
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
    paused = fields.Boolean(data_key="suspended", metadata={"description": "办件已被暂停"})
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

    user_id = Text(data_key="userId", metadata={"description": "人员 id 或用户名"})


class Delegate(Body):
    """Who is asked to do the work."""

    user_id = Text(data_key="userId", required=True, metadata={"description": "受托人的 id 或用户名"})


class Resolve(Body):
    """A delegated task goes back as it is."""

    variables = Variables(
        load_default=dict,
        metadata={"description": "只能为空：表单由委托人办结时提交，受托人的意见请写在 comment 中"},
    )


class TaskError(Body):
    """A business error the diagram catches."""

    code = Text(
        data_key="errorCode", required=True, longest=255, metadata={"description": "流程图中错误事件的代码"}
    )
    message = Text(data_key="errorMessage", load_default="", metadata={"description": "理由，记入办理记录"})


class Link(Body):
    """Somebody who is to do a task."""

    user = Text(data_key="userId")
    group = Text(data_key="groupId")
    kind = Text(data_key="type", required=True, metadata={"description": "只接受 assignee"})


class GroupCount(Schema):
    """How many tasks wait in a group."""

    name = fields.String(data_key="groupName", metadata={"description": "角色@单位 id"})
    count = fields.Integer(data_key="taskCount")


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
