"""Deployments, as Camunda Modeler and other tools send them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import Any

from flask import request
from marshmallow import EXCLUDE, Schema, fields

from service.api.access import SIGNED_IN, having
from service.api.context import actor, office
from service.api.engine_rest.definition_schemas import ProcessDefinition
from service.api.engine_rest.shared import Count, Paged, conditions, page, sort_order, with_none
from service.api.errors import ParseFailure
from service.api.fields import Body, Choice, Commas, Flag, Moment, Text
from service.api.resource import Op, Resource
from service.casework import deployments as verbs
from service.errors import BadDefinition, BadRequest, NotFound, Problem
from service.store.db import transaction
from service.store.listings import DEPLOYMENTS
from service.store.progress import vars_of

deployments = Resource("deployment", __name__, url_prefix="/engine-rest/deployment", description="部署")

_PARSE_ERROR = "ENGINE-09005 Could not parse BPMN process."  # Camunda Modeler looks for this beginning
_MOST_FILES = 200
_SORTS = {"id": "id", "name": "name", "deploymentTime": "at", "tenantId": "tenant"}
_CONDITIONS = {
    "id": "id",
    "name": "name",
    "name_like": "name_like",
    "source": "source",
    "before": "before",
    "after": "after",
    "no_source": "no_source",
    "tenants": "tenants",
    "no_tenant": "no_tenant",
}


class Query(Paged):
    """Which deployments."""

    id = Text()
    name = Text()
    name_like = Text(data_key="nameLike")
    source = Text()
    no_source = Flag(data_key="withoutSource")
    before = Moment()
    after = Moment()
    tenants = Commas(data_key="tenantIdIn", metadata={"description": "地区代码，逗号分开"})
    none_too = Flag(data_key="includeDeploymentsWithoutTenantId", metadata={"description": "连同全国的"})
    no_tenant = Flag(data_key="withoutTenantId")
    sort_by = Choice(*_SORTS, data_key="sortBy")
    sort_order = sort_order()


class Deployment(Schema):
    """One act of deploying."""

    id = fields.String(required=True)
    name = fields.String()
    source = fields.String(allow_none=True)
    at = Moment(data_key="deploymentTime", dump_only=True)
    tenant = fields.String(data_key="tenantId", allow_none=True)


class Created(Deployment):
    """A deployment with what it made; null means that nothing differed from what is in force."""

    links = fields.List(fields.Dict())
    processes = fields.Dict(
        data_key="deployedProcessDefinitions",
        keys=fields.String(),
        values=fields.Nested(ProcessDefinition),
        allow_none=True,
    )
    cases = fields.Constant(None, data_key="deployedCaseDefinitions")
    decisions = fields.Constant(None, data_key="deployedDecisionDefinitions")
    requirements = fields.Constant(None, data_key="deployedDecisionRequirementsDefinitions")


class Upload(Body):
    """The fields beside the files."""

    class Meta:
        unknown = EXCLUDE

    name = Text(data_key="deployment-name", longest=255)
    source = Text(data_key="deployment-source", longest=255)
    tenant = Text(data_key="tenant-id", longest=6, metadata={"description": "地区代码；省略即全国"})
    filtering = Flag(data_key="enable-duplicate-filtering")
    changed_only = Flag(data_key="deploy-changed-only")


@deployments.operation(
    "POST",
    "/create",
    Op(
        may=having("analyst", "admin", uploads=True),
        summary="部署流程图、决策表和表单",
        about="multipart/form-data，文件数不限，部件名不限；文件名须带 .bpmn、.dmn 或 .form。"
        "上传的文件替换该地区的同名文件。与现行版本相同的不产生新版本：`enable-duplicate-filtering` 时"
        "答复中的 `deployedProcessDefinitions` 为 null，否则为现行的定义。",
        form=Upload,
        answer=Created,
    ),
)
def create(form: Mapping[str, Any]) -> dict[str, Any]:
    given = {**Upload().load(request.args.to_dict()), **form}
    files = _files()
    parcel = verbs.Parcel(
        name=given.get("name") or next(iter(files), ""),
        source=given.get("source") or "",
        tenant=given.get("tenant") or None,
        by=actor().id,
        files=files,
    )
    try:
        done = verbs.deploy_upload(office(), parcel)
    except BadDefinition as error:
        raise _parse_failure(error) from error
    with transaction() as connection:
        row = DEPLOYMENTS.one(connection, {"id": done.id})
    shown = done.definitions if given.get("filtering") else (done.definitions or done.unchanged)
    made = {one.id: vars_of(one) for one in shown}
    return {**(row or {"id": done.id}), "links": [], "processes": made or None}


def _files() -> dict[str, bytes]:
    """Uploaded files by name; a part without a file name counts when its own name is one."""
    uploads = list(request.files.items(multi=True))
    if len(uploads) > _MOST_FILES:
        raise BadRequest(f"一次上传的文件不能多于 {_MOST_FILES} 个", cure="请分几次部署")
    found: dict[str, bytes] = {}
    for part, upload in uploads:
        name = PurePath((upload.filename or part).replace("\\", "/")).name
        if name in found:
            raise BadRequest(f"文件 {name} 上传了两次", cure="请去掉一个")
        if "\0" in name:
            raise BadRequest("文件名中含有空字符（NUL）", cure="请改名")
        found[name] = upload.read()
    return found


def _parse_failure(error: BadDefinition) -> ParseFailure:
    """The error in the words Camunda Modeler shows: its beginning, then every finding with file and element."""
    findings = error.problems or (error.problem,)
    lines = "".join(f"\n* {finding}" for finding in findings)
    details: dict[str, dict[str, list[Any]]] = {}
    for finding in findings:
        file = finding.file or error.problem.file
        details.setdefault(file, {"errors": [], "warnings": []})["errors"].append(_detail(finding))
    return ParseFailure(
        f"{_PARSE_ERROR} Errors: {lines}",
        cure="请按所列各项修改后重新部署",
        clauses=error.problem.clauses,
        problems=findings,
        details={"details": details},
    )


def _detail(finding: Problem) -> dict[str, Any]:
    elements = [finding.where] if finding.where else []
    return {
        "message": f"{finding.message}。{finding.cure}".rstrip("。") if finding.cure else finding.message,
        "line": finding.line,
        "column": 0,
        "mainElementId": finding.where or None,
        "elementIds": elements,
    }


@deployments.operation(
    "GET", "", Op(may=SIGNED_IN, summary="部署列表", query=Query, answer=Deployment(many=True))
)
def list_deployments(query: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    with transaction() as connection:
        return DEPLOYMENTS.find(connection, _wanted(query), page(query, _SORTS))


@deployments.operation("GET", "/count", Op(may=SIGNED_IN, summary="部署数", query=Query, answer=Count))
def count_deployments(query: Mapping[str, Any]) -> dict[str, int]:
    with transaction() as connection:
        return {"count": DEPLOYMENTS.count(connection, _wanted(query))}


@deployments.operation("GET", "/<deployment_id>", Op(may=SIGNED_IN, summary="一次部署", answer=Deployment))
def get_deployment(deployment_id: str) -> Mapping[str, Any]:
    with transaction() as connection:
        row = DEPLOYMENTS.one(connection, {"id": deployment_id})
    if row is None:
        raise NotFound("没有这次部署", cure="请核对部署编号")
    return row


def _wanted(query: Mapping[str, Any]) -> dict[str, Any]:
    return with_none(conditions(query, _CONDITIONS), query)
