"""Process definitions: which there are, their diagrams and start forms, and starting."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Response
from marshmallow import Schema, fields

from service.api.access import SIGNED_IN
from service.api.context import actor, office
from service.api.engine_rest.shared import Count, Paged, conditions, page, sort_order
from service.api.fields import Body, Choice, Commas, Flag, Text, Variables, Whole
from service.api.resource import Op, Resource
from service.casework import cases, looking
from service.casework.advance import Advanced
from service.errors import BadRequest, NotFound
from service.store.db import transaction
from service.store.listing import Page
from service.store.listings import DEFINITIONS

definitions = Resource(
    "process-definition", __name__, url_prefix="/engine-rest/process-definition", description="流程定义与发起"
)

STUDENT, UNIT = "student", "starting_unit"  # variables of a start that are no fields of its form
_SORTS = {
    "id": "id",
    "key": "key",
    "name": "name",
    "version": "version",
    "deploymentId": "deployment",
    "tenantId": "tenant",
}
_CONDITIONS = {
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
    "version_tag": "version_tag",
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
    key_like = Text(data_key="keyLike")
    name = Text()
    name_like = Text(data_key="nameLike")
    deployment = Text(data_key="deploymentId")
    file = Text(data_key="resourceName")
    version = Whole(least=1)
    version_tag = Text(data_key="versionTag")
    latest = Flag(data_key="latestVersion")
    tenants = Commas(data_key="tenantIdIn", metadata={"description": "地区代码，逗号分开"})
    no_tenant = Flag(data_key="withoutTenantId", metadata={"description": "只要全国的"})
    active = Flag()
    paused = Flag(data_key="suspended")
    sort_by = Choice(*_SORTS, data_key="sortBy")
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


@definitions.operation(
    "GET", "", Op(may=SIGNED_IN, summary="流程定义列表", query=Query, answer=ProcessDefinition(many=True))
)
def list_definitions(query: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    with transaction() as connection:
        return DEFINITIONS.find(connection, _wanted(query), page(query, _SORTS))


@definitions.operation("GET", "/count", Op(may=SIGNED_IN, summary="流程定义数", query=Query, answer=Count))
def count_definitions(query: Mapping[str, Any]) -> dict[str, int]:
    with transaction() as connection:
        return {"count": DEFINITIONS.count(connection, _wanted(query))}


def _wanted(query: Mapping[str, Any]) -> dict[str, Any]:
    wanted = conditions(query, _CONDITIONS)
    return {name: {} if value is True else value for name, value in wanted.items()}


@definitions.operation(
    "GET", "/key/<key>", Op(may=SIGNED_IN, summary="全国的最新版本", answer=ProcessDefinition)
)
@definitions.operation(
    "GET",
    "/key/<key>/tenant-id/<tenant>",
    Op(may=SIGNED_IN, summary="某地区的最新版本", answer=ProcessDefinition),
)
@definitions.operation(
    "GET", "/<definition_id>", Op(may=SIGNED_IN, summary="一个流程定义", answer=ProcessDefinition)
)
def get_definition(definition_id: str = "", key: str = "", tenant: str = "") -> Mapping[str, Any]:
    wanted: dict[str, Any] = {"id": definition_id}
    if key:
        place: dict[str, Any] = {"tenants": [tenant]} if tenant else {"no_tenant": {}}
        wanted = {"key": key, "latest": {}, **place}
    with transaction() as connection:
        found = DEFINITIONS.find(connection, wanted, Page(limit=1))
    if not found:
        raise NotFound("没有这个流程定义", cure="请核对标识；只有全国流程可以不写地区（tenant-id）")
    return found[0]


@definitions.operation(
    "GET", "/key/<key>/xml", Op(may=SIGNED_IN, summary="全国最新版本的流程图", answer=Diagram)
)
@definitions.operation(
    "GET",
    "/key/<key>/tenant-id/<tenant>/xml",
    Op(may=SIGNED_IN, summary="某地区最新版本的流程图", answer=Diagram),
)
@definitions.operation(
    "GET", "/<definition_id>/xml", Op(may=SIGNED_IN, summary="流程图（BPMN 2.0）", answer=Diagram)
)
def get_xml(definition_id: str = "", key: str = "", tenant: str = "") -> dict[str, str]:
    found = get_definition(definition_id, key, tenant)
    shelf = office().shelf
    with transaction() as connection:
        files = shelf.files(connection, shelf.row(connection, found["id"]))
    return {"id": found["id"], "xml": files[found["file"]].decode("utf-8-sig", "replace")}


@definitions.operation(
    "GET",
    "/key/<key>/deployed-start-form",
    Op(may=SIGNED_IN, summary="全国最新版本的发起表单（form-js JSON）", raw="application/json"),
)
@definitions.operation(
    "GET",
    "/key/<key>/tenant-id/<tenant>/deployed-start-form",
    Op(may=SIGNED_IN, summary="某地区最新版本的发起表单（form-js JSON）", raw="application/json"),
)
@definitions.operation(
    "GET",
    "/<definition_id>/deployed-start-form",
    Op(may=SIGNED_IN, summary="发起表单（form-js JSON）", raw="application/json"),
)
def start_form(definition_id: str = "", key: str = "", tenant: str = "") -> Response:
    found = get_definition(definition_id, key, tenant)
    if not found["start_form"]:
        raise NotFound("这个流程没有发起表单", cure="直接发起即可")
    shelf = office().shelf
    with transaction() as connection:
        source = shelf.form_source(connection, shelf.row(connection, found["id"]), found["start_form"])
    return Response(source, mimetype="application/json")


_STARTING = (
    "`student` 变量给出学生，其余变量是发起表单的各项。"
    "不符合办理条件时答 422，`errors` 逐条列出所违反的规定和条款。"
)


@definitions.operation(
    "POST",
    "/<definition_id>/start",
    Op(
        may=SIGNED_IN,
        summary="发起：指明流程定义",
        about=f"{_STARTING}该单位现行的是另一个定义时答 409，并指出应当用哪个。",
        body=Start,
        answer=Started,
    ),
)
def start_by_id(body: Mapping[str, Any], definition_id: str) -> dict[str, Any]:
    found = get_definition(definition_id)
    return _start(body, procedure=found["key"], definition=definition_id)


@definitions.operation(
    "POST",
    "/key/<key>/start",
    Op(
        may=SIGNED_IN,
        summary="发起：只指明业务",
        about=f"{_STARTING}用哪个地区、哪个版本的流程由发起单位和当日现行的规定决定。",
        body=Start,
        answer=Started,
    ),
)
def start_by_key(body: Mapping[str, Any], key: str) -> dict[str, Any]:
    return _start(body, procedure=key)


@definitions.operation(
    "POST",
    "/key/<key>/tenant-id/<tenant>/start",
    Op(
        may=SIGNED_IN,
        summary="发起：指明业务和地区",
        about=f"{_STARTING}该单位适用的是另一个地区的流程时答 409，并指出应当用哪个。",
        body=Start,
        answer=Started,
    ),
)
def start_in_region(body: Mapping[str, Any], key: str, tenant: str) -> dict[str, Any]:
    return _start(body, procedure=key, tenant=tenant, by_tenant=True)


def _start(body: Mapping[str, Any], **which: Any) -> dict[str, Any]:
    answers = dict(body["variables"])
    student, unit = answers.pop(STUDENT, None), answers.pop(UNIT, None)
    if not isinstance(student, str) or not student:
        raise BadRequest("没有指明学生", cure=f'请在 variables 中写 "{STUDENT}": {{"value": "学生 id"}}')
    if not isinstance(unit, str | None):
        raise BadRequest("发起单位应为文字", cure=f"{UNIT} 请写单位 id，或省略")
    wish = cases.Start(student=student, form=answers, unit=unit or "", **which)
    return _started(cases.start(office(), actor(), wish), with_variables=body["with_variables"])


def _started(done: Advanced, *, with_variables: bool) -> dict[str, Any]:
    with transaction() as connection:
        row = looking.instance(connection, actor(), done.instance)
    answer = {
        "id": done.instance,
        "definition": row["definition"],
        "case_number": done.case_number,
        "ended": done.outcome is not None,
        "tenant": row["tenant"],
        "links": [],
    }
    if with_variables:
        answer["variables"] = looking.look(office(), done.instance).variables
    return answer
