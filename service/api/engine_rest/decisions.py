"""Decision definitions: the tables that were deployed, and trying them out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Response
from marshmallow import Schema, fields

from service.api import camunda
from service.api.access import SIGNED_IN
from service.api.context import office
from service.api.engine_rest.definitions import as_text
from service.api.engine_rest.shared import Count, Paged, as_json, conditions, page, sort_order, with_none
from service.api.fields import Body, Choice, Commas, Flag, Text, Variables, Whole
from service.api.resource import Op, Resource
from service.casework import deciding
from service.store.db import transaction
from service.store.decisions import DECISIONS

decisions = Resource(
    "decision-definition",
    __name__,
    url_prefix="/engine-rest/decision-definition",
    description="决策（DMN 决策表）",
)

_SORTS = {
    "id": "id",
    "key": "key",
    "name": "name",
    "version": "version",
    "deploymentId": "deployment",
    "tenantId": "tenant",
}
_LIKE = {"description": "% 代表任意文字"}
_TRYING = (
    "只按所给的输入作答，不读学生和办件：办件中由系统得出的事实（学段、学籍状态等）也须在 `variables` 中给出，"
    "缺少的答 422 并逐个列出。日期写成 2026-09-03。结果每行一个对象，没有符合的规则时为空。"
)


class DecisionFilter(Body):
    """Which decisions."""

    id = Text(data_key="decisionDefinitionId")
    ids = Commas(data_key="decisionDefinitionIdIn")
    key = Text()
    key_like = Text(data_key="keyLike", metadata=_LIKE)
    name = Text()
    name_like = Text(data_key="nameLike", metadata=_LIKE)
    deployment = Text(data_key="deploymentId")
    file = Text(data_key="resourceName")
    file_like = Text(data_key="resourceNameLike", metadata=_LIKE)
    version = Whole(least=1)
    latest = Flag(data_key="latestVersion", metadata={"description": "各决策、各地区只要最新版本"})
    tenants = Commas(data_key="tenantIdIn", metadata={"description": "地区代码，逗号分开"})
    none_too = Flag(
        data_key="includeDecisionDefinitionsWithoutTenantId", metadata={"description": "连同全国的"}
    )
    no_tenant = Flag(data_key="withoutTenantId", metadata={"description": "只要全国的"})


class DecisionQuery(DecisionFilter, Paged):
    """A page of those that match."""

    sort_by = Choice(*_SORTS, data_key="sortBy")
    sort_order = sort_order()


class DecisionDefinition(Schema):
    """A decision of a deployed table."""

    id = fields.String(required=True)
    key = fields.String(metadata={"description": "决策的 id"})
    category = fields.Constant(None)
    name = fields.String()
    version = fields.Integer()
    file = fields.String(data_key="resource")
    deployment = fields.String(data_key="deploymentId")
    tenant = fields.String(data_key="tenantId", allow_none=True)
    requirements = fields.Constant(None, data_key="decisionRequirementsDefinitionId")
    requirements_key = fields.Constant(None, data_key="decisionRequirementsDefinitionKey")
    keeping = fields.Constant(None, data_key="historyTimeToLive")
    version_tag = fields.Constant(None, data_key="versionTag")


class DecisionXml(Schema):
    """The table's file."""

    id = fields.String(required=True)
    xml = fields.String(data_key="dmnXml", required=True)


class Evaluation(Body):
    """Inputs."""

    variables = Variables(load_default=dict)


def _wanted(query: Mapping[str, Any]) -> dict[str, Any]:
    names = {name: name for name in DECISIONS.conditions}
    return with_none(conditions(query, names), query)


def _one(decision_id: str, key: str, tenant: str) -> Mapping[str, Any]:
    if not key:
        return deciding.found({"id": decision_id})
    place: dict[str, Any] = {"tenants": [tenant]} if tenant else {"no_tenant": True}
    return deciding.found({"key": key, "latest": True, **place})


@decisions.operation(
    "GET",
    "",
    Op(may=SIGNED_IN, summary="决策列表", query=DecisionQuery, answer=DecisionDefinition(many=True)),
)
def list_decisions(query: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    with transaction() as connection:
        return DECISIONS.find(connection, _wanted(query), page(query, _SORTS))


@decisions.operation("GET", "/count", Op(may=SIGNED_IN, summary="决策数", query=DecisionFilter, answer=Count))
def count_decisions(query: Mapping[str, Any]) -> dict[str, int]:
    with transaction() as connection:
        return {"count": DECISIONS.count(connection, _wanted(query))}


@decisions.operation(
    "GET", "/key/<key>", Op(may=SIGNED_IN, summary="全国的最新版本", answer=DecisionDefinition)
)
@decisions.operation(
    "GET",
    "/key/<key>/tenant-id/<tenant>",
    Op(may=SIGNED_IN, summary="某地区的最新版本", answer=DecisionDefinition),
)
@decisions.operation(
    "GET", "/<decision_id>", Op(may=SIGNED_IN, summary="一个决策", answer=DecisionDefinition)
)
def get_decision(decision_id: str = "", key: str = "", tenant: str = "") -> Mapping[str, Any]:
    return _one(decision_id, key, tenant)


@decisions.operation(
    "GET", "/key/<key>/xml", Op(may=SIGNED_IN, summary="全国最新版本的决策表", answer=DecisionXml)
)
@decisions.operation(
    "GET",
    "/key/<key>/tenant-id/<tenant>/xml",
    Op(may=SIGNED_IN, summary="某地区最新版本的决策表", answer=DecisionXml),
)
@decisions.operation(
    "GET", "/<decision_id>/xml", Op(may=SIGNED_IN, summary="决策表（DMN）", answer=DecisionXml)
)
def get_xml(decision_id: str = "", key: str = "", tenant: str = "") -> dict[str, str]:
    row = _one(decision_id, key, tenant)
    return {"id": row["id"], "xml": as_text(deciding.source(row))}


@decisions.operation(
    "GET",
    "/<decision_id>/diagram",
    Op(may=SIGNED_IN, summary="图片", about="总是 204：部署时不存图片。请用 /xml。", status=204),
)
def picture(decision_id: str) -> Response:
    _one(decision_id, "", "")
    return Response(status=204)


@decisions.operation(
    "POST",
    "/key/<key>/evaluate",
    Op(
        may=SIGNED_IN,
        summary="试算：全国的最新版本",
        about=_TRYING,
        body=Evaluation,
        raw="application/json",
        reads=True,
    ),
)
@decisions.operation(
    "POST",
    "/key/<key>/tenant-id/<tenant>/evaluate",
    Op(
        may=SIGNED_IN,
        summary="试算：某地区的最新版本",
        about=_TRYING,
        body=Evaluation,
        raw="application/json",
        reads=True,
    ),
)
@decisions.operation(
    "POST",
    "/<decision_id>/evaluate",
    Op(may=SIGNED_IN, summary="试算", about=_TRYING, body=Evaluation, raw="application/json", reads=True),
)
def evaluate(body: Mapping[str, Any], decision_id: str = "", key: str = "", tenant: str = "") -> Response:
    rows = deciding.evaluate(office(), _one(decision_id, key, tenant), body["variables"])
    return as_json([camunda.variables(row) for row in rows])
