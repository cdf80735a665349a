"""The monthly bulletin (月度通报): units that missed a limit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Response
from marshmallow import Schema, fields, validate

from service.api.access import SIGNED_IN
from service.api.context import actor, office
from service.api.engine_rest.shared import Paged, page
from service.api.fields import Body, Choice, Flag, Text
from service.api.resource import Op, Resource
from service.casework import bulletin as verbs

bulletin = Resource("bulletin", __name__, url_prefix="/api", description="月度通报")

_SEEN = "可见本单位及下级单位的；运行维护员和系统管理员可见全部。"
_FILTERS = ("month", "unit", "county", "below")


class BulletinFilter(Body):
    """Which entries."""

    month = fields.String(
        validate=validate.Regexp(r"\A\d{4}-(0[1-9]|1[0-2])\Z", error="应写成 2026-09 的样子"),
        error_messages={"invalid": "应为文字"},
        metadata={"description": "月份，如 2026-09；不给出则从最近的月份起"},
    )
    unit = Text(longest=100, metadata={"description": "只看这个单位"})
    county = Text(longest=6, metadata={"description": "只看这个区县的单位"})
    below = Text(longest=100, metadata={"description": "只看这个主管部门及其下级单位"})
    published = Flag(metadata={"description": "true：不含寒暑假期间只记录、不通报的"})


class Month(BulletinFilter, Paged):
    """Which month."""


class BulletinLevel(BulletinFilter):
    """And counted by what."""

    by = Choice(*verbs.LEVELS, load_default="county")


class Overdue(Schema):
    """One entry."""

    unit = fields.String(required=True)
    unit_name = fields.String()
    county = fields.String()
    party = fields.String()
    step = fields.String()
    case = fields.String(attribute="case_number")
    on = fields.Date()
    month = fields.String()
    published = fields.Boolean(metadata={"description": "寒暑假期间逾期的只记录、不通报"})


class BulletinLine(Schema):
    """How often a unit or place missed limits."""

    code = fields.String(required=True, metadata={"description": "单位的 id，或地区代码"})
    name = fields.String()
    units = fields.Integer(metadata={"description": "有逾期的单位数"})
    entries = fields.Integer(metadata={"description": "逾期次数"})
    cases = fields.Integer(metadata={"description": "逾期的办件，各单位分别计"})
    published = fields.Integer(metadata={"description": "其中通报的次数"})


@bulletin.operation(
    "GET",
    "/bulletin",
    Op(may=SIGNED_IN, summary="月度通报", about=_SEEN, query=Month, answer=Overdue(many=True)),
)
def monthly(query: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    return verbs.entries(actor(), _wanted(query), page(query, {}))


@bulletin.operation(
    "GET",
    "/bulletin/summary",
    Op(
        may=SIGNED_IN,
        summary="月度通报，按单位、区县、市或省汇总",
        about=_SEEN,
        query=BulletinLevel,
        answer=BulletinLine(many=True),
    ),
)
def summary(query: Mapping[str, Any]) -> list[verbs.Line]:
    return verbs.summary(office(), actor(), _wanted(query), query["by"])


@bulletin.operation(
    "GET",
    "/bulletin/export",
    Op(may=SIGNED_IN, summary="月度通报，CSV", about=_SEEN, query=BulletinFilter, raw="text/csv"),
)
def export(query: Mapping[str, Any]) -> Response:
    content = "".join(verbs.exported(office(), actor(), _wanted(query)))
    answer = Response(content, mimetype="text/csv")
    name = f"bulletin-{query.get('month', 'all')}.csv"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _wanted(query: Mapping[str, Any]) -> dict[str, Any]:
    wanted: dict[str, Any] = {name: query[name] for name in _FILTERS if name in query}
    if "below" in wanted:
        wanted["below"] = [wanted["below"]]
    if query.get("published"):
        wanted["published"] = {}
    return wanted
