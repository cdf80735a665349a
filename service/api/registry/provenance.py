"""Why this diagram: the walk along the region's chain that found the definition a start would use."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields

from service.api.access import SIGNED_IN
from service.api.context import actor, office
from service.api.fields import Body, Choice, Text
from service.api.resource import Op, Resource
from service.casework import looking
from service.casework.cases import Start
from service.store.db import transaction

provenance = Resource("explain", __name__, url_prefix="/api", description="为什么用这张流程图")


class Query(Body):
    """For whom."""

    unit = Text(load_default="", metadata={"description": "发起单位的 id；省略即本人所在的单位"})
    stage = Choice("primary", "junior", "senior", metadata={"description": "学生的学段"})


class Step(Schema):
    """One region asked."""

    region = fields.String(required=True)
    name = fields.String()
    verdict = fields.String()
    path = fields.String(allow_none=True)


class Explanation(Schema):
    """The definition and the walk that found it."""

    procedure = fields.String(required=True)
    unit = fields.String()
    unit_name = fields.String()
    definition = fields.String()
    version = fields.Integer()
    tenant = fields.String(allow_none=True)
    in_force_from = fields.Date(allow_none=True)
    uploaded = fields.Boolean()
    files = fields.Dict(
        keys=fields.String(), values=fields.String(), metadata={"description": "所用文件及其 SHA-256"}
    )
    walk = fields.List(fields.Nested(Step))


@provenance.operation(
    "GET",
    "/explain/<procedure>",
    Op(may=SIGNED_IN, summary="今天发起会用哪张流程图，为什么", query=Query, answer=Explanation),
)
def explain(query: Mapping[str, Any], procedure: str) -> dict[str, Any]:
    with transaction() as connection:
        wish = Start(procedure=procedure, student="", unit=query["unit"])
        row, unit = looking.applying(office(), connection, actor(), wish, query.get("stage"))
    return {
        "procedure": procedure,
        "unit": unit.id,
        "unit_name": unit.name,
        "definition": row.id,
        "version": row.version,
        "tenant": row.tenant,
        "in_force_from": row.in_force_from,
        "uploaded": row.uploaded,
        "files": row.closure,
        "walk": row.provenance.get("walk", []),
    }
