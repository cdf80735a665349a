"""Substitutes (代理): naming one for a period, seeing who stands in for whom, ending it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Response
from marshmallow import Schema, fields

from service.api.access import SIGNED_IN
from service.api.context import actor, office, services
from service.api.engine_rest.shared import Paged, page
from service.api.fields import Body, Day, Moment, Text
from service.api.resource import Op, Resource
from service.casework import substitutes as verbs

substitutes = Resource("substitutes", __name__, url_prefix="/api/substitutes", description="代理")


class NewSubstitute(Body):
    """Who shall stand in for whom."""

    absent = Text(
        load_default="", longest=255, metadata={"description": "被代理人的 id 或用户名；省略即本人"}
    )
    substitute = Text(required=True, longest=255, metadata={"description": "代理人的 id 或用户名"})
    role = Text(required=True, longest=50)
    unit = Text(required=True, longest=100)
    since = Day(required=True, metadata={"description": "第一天"})
    until = Day(required=True, metadata={"description": "最后一天（含）"})
    reason = Text(load_default="", longest=500)


class SubstituteQuery(Paged):
    """Of which unit."""

    unit = Text(longest=100)


class Substitute(Schema):
    """Somebody stands in for another."""

    id = fields.String(required=True)
    absent = fields.String()
    absent_name = fields.String()
    substitute = fields.String()
    substitute_name = fields.String()
    role = fields.String()
    unit = fields.String()
    unit_name = fields.String()
    since = fields.Date()
    until = fields.Date(metadata={"description": "最后一天（含）"})
    reason = fields.String()
    granted_by = fields.String()
    granted_at = Moment(dump_only=True, metadata={"description": "实际时间"})


@substitutes.operation(
    "POST",
    "",
    Op(
        may=SIGNED_IN,
        summary="指定代理人",
        about="由本人、本单位负责人或上级主管部门负责人指定；代理人须具备同样的资格（培训、备案、在岗），"
        "且所在地区允许该角色由人代理（processes/…/substitution.yaml）。代理办理的，双人核办对两人都计算。",
        body=NewSubstitute,
        answer=Substitute,
        status=201,
    ),
)
def grant(body: Mapping[str, Any]) -> Mapping[str, Any]:
    granted = verbs.grant(office(), actor(), verbs.Wish(**body))
    services().accounts.forget()
    return granted


@substitutes.operation(
    "GET",
    "",
    Op(
        may=SIGNED_IN,
        summary="代理情况",
        about="与本人有关的，和本人任职单位的。",
        query=SubstituteQuery,
        answer=Substitute(many=True),
    ),
)
def listed(query: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    return verbs.listed(actor(), page(query, {}), {name: query[name] for name in ("unit",) if name in query})


@substitutes.operation(
    "DELETE",
    "/<substitute>",
    Op(
        may=SIGNED_IN,
        summary="撤销代理",
        about="由可以指定代理人的人或代理人自己撤销，立即生效。",
        status=204,
    ),
)
def revoke(substitute: str) -> Response:
    verbs.revoke(office(), actor(), substitute)
    services().accounts.forget()
    return Response(status=204)
