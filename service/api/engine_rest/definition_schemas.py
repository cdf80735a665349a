"""Process definitions and starts as they go in and out."""

from __future__ import annotations

from marshmallow import Schema, fields

from service.api.engine_rest.shared import Paged, sort_order
from service.api.fields import Body, Choice, Commas, Flag, Moment, Text, Variables, Whole
from service.casework.cases import STUDENT, UNIT

_LIKE = {"description": "% 代表任意文字"}
SORTS = {
    "id": "id",
    "key": "key",
    "name": "name",
    "version": "version",
    "versionTag": "version_tag",
    "deploymentId": "deployment",
    "deployTime": "deployed",
    "tenantId": "tenant",
}
CONDITIONS = {
    "id": "id",
    "ids": "ids",
    "key": "key",
    "keys": "keys",
    "key_like": "key_like",
    "name": "name",
    "name_like": "name_like",
    "deployment": "deployment",
    "file": "file",
    "version": "version",
    "file_like": "file_like",
    "version_tag": "version_tag",
    "version_tag_like": "version_tag_like",
    "no_version_tag": "no_version_tag",
    "deployed_at": "deployed_at",
    "deployed_after": "deployed_after",
    "not_startable": "never",
    "latest": "latest",
    "tenants": "tenants",
    "no_tenant": "no_tenant",
    "active": "active",
    "paused": "paused",
}


class Query(Paged):
    """Which definitions."""

    id = Text(data_key="processDefinitionId")
    ids = Commas(data_key="processDefinitionIdIn")
    key = Text()
    keys = Commas(data_key="keysIn")
    key_like = Text(data_key="keyLike", metadata=_LIKE)
    name = Text()
    name_like = Text(data_key="nameLike", metadata=_LIKE)
    deployment = Text(data_key="deploymentId")
    file = Text(data_key="resourceName")
    file_like = Text(data_key="resourceNameLike", metadata=_LIKE)
    version = Whole(least=1)
    version_tag = Text(data_key="versionTag")
    version_tag_like = Text(data_key="versionTagLike", metadata=_LIKE)
    no_version_tag = Flag(data_key="withoutVersionTag")
    deployed_at = Moment(data_key="deployedAt")
    deployed_after = Moment(data_key="deployedAfter")
    startable = Flag(data_key="startableInTasklist", metadata={"description": "所有定义都是"})
    not_startable = Flag(data_key="notStartableInTasklist", metadata={"description": "总是空"})
    latest = Flag(data_key="latestVersion", metadata={"description": "各业务、各地区只要最新版本"})
    tenants = Commas(data_key="tenantIdIn", metadata={"description": "地区代码，逗号分开"})
    none_too = Flag(
        data_key="includeProcessDefinitionsWithoutTenantId", metadata={"description": "连同全国的"}
    )
    no_tenant = Flag(data_key="withoutTenantId", metadata={"description": "只要全国的"})
    active = Flag()
    paused = Flag(data_key="suspended")
    sort_by = Choice(*SORTS, data_key="sortBy")
    sort_order = sort_order()


class ProcessDefinition(Schema):
    """A definition that can be started. ``inForceFrom`` and ``inForceUntil`` are additions to Camunda's."""

    id = fields.String(required=True)
    key = fields.String()
    category = fields.Constant(None)
    description = fields.Constant(None)
    name = fields.String()
    version = fields.Integer()
    file = fields.String(data_key="resource")
    deployment = fields.String(data_key="deploymentId")
    diagram = fields.Constant(None)
    paused = fields.Boolean(data_key="suspended")
    tenant = fields.String(data_key="tenantId", allow_none=True)
    version_tag = fields.Function(lambda row: row["version_tag"] or None, data_key="versionTag")
    keeping = fields.Constant(None, data_key="historyTimeToLive")
    startable = fields.Constant(constant=True, data_key="startableInTasklist")
    in_force_from = fields.Date(data_key="inForceFrom", allow_none=True)
    in_force_until = fields.Date(data_key="inForceUntil", allow_none=True)


class Diagram(Schema):
    """The diagram's file."""

    id = fields.String(required=True)
    xml = fields.String(data_key="bpmn20Xml", required=True)


class Start(Body):
    """A wish to start a case."""

    case_number = Text(
        data_key="businessKey", metadata={"description": "忽略：受理编号由系统签发，见答复中的 businessKey"}
    )
    variables = Variables(
        load_default=dict,
        metadata={
            "description": f"{STUDENT} 为学生 id，{UNIT} 为发起单位（在多个单位任职时），其余为发起表单的各项"
        },
    )
    with_variables = Flag(data_key="withVariablesInReturn", load_default=False)


class Started(Schema):
    """The new instance."""

    id = fields.String(required=True)
    definition = fields.String(data_key="definitionId")
    case_number = fields.String(data_key="businessKey", metadata={"description": "受理编号"})
    case_instance = fields.Constant(None, data_key="caseInstanceId")
    ended = fields.Boolean()
    paused = fields.Constant(constant=False, data_key="suspended")
    tenant = fields.String(data_key="tenantId", allow_none=True)
    links = fields.List(fields.Dict())
    variables = Variables(allow_none=True)


class Suspension(Body):
    """Held or not."""

    suspended = Flag(required=True)


class DefinitionSuspension(Suspension):
    """Held or not, with what runs by it or without."""

    instances = Flag(
        data_key="includeProcessInstances",
        load_default=False,
        metadata={"description": "连同在办的办件；默认只是不再受理新的"},
    )


class ChosenSuspension(DefinitionSuspension):
    """Which definitions are held: one by its id, or all versions of a key."""

    definition = Text(data_key="processDefinitionId")
    key = Text(data_key="processDefinitionKey")
    tenant = Text(data_key="processDefinitionTenantId", metadata={"description": "只要这个地区的"})
    no_tenant = Flag(
        data_key="processDefinitionWithoutTenantId",
        load_default=False,
        metadata={"description": "只要全国的"},
    )


class IncidentCount(Schema):
    """How many incidents of a kind are open."""

    kind = fields.String(data_key="incidentType")
    count = fields.Integer(data_key="incidentCount")


class Counted(Schema):
    """How much stands somewhere."""

    id = fields.String(required=True)
    instances = fields.Integer()
    failed = fields.Integer(data_key="failedJobs", metadata={"description": "失败而未处理的定时器"})
    incidents = fields.List(fields.Nested(IncidentCount))


class Statistics(Counted):
    """How much runs by a definition."""

    definition = fields.Nested(ProcessDefinition)


class ActivityStatistics(Counted):
    """How many tokens stand at an element."""


class StatisticsQuery(Paged):
    """What to count; accepted as Camunda's clients send it, all is always counted."""

    failed = Flag(data_key="failedJobs")
    incidents = Flag()


class StartForm(Schema):
    """How to find the form a case starts with."""

    key = fields.Constant(None)
    form = fields.Function(
        lambda row: (
            {"key": row["start_form"], "binding": "latest", "version": None} if row["start_form"] else None
        ),
        data_key="camundaFormRef",
    )
    context_path = fields.Constant(None, data_key="contextPath")
