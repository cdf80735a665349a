"""The monthly bulletin (月度通报): units that missed a limit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from marshmallow import Schema, fields, validate

from service.api.access import SIGNED_IN
from service.api.context import actor
from service.api.engine_rest.shared import Paged, page
from service.api.fields import Text
from service.api.resource import Op, Resource
from service.casework import looking
from service.store.db import transaction
from service.store.records import BULLETIN

bulletin = Resource("bulletin", __name__, url_prefix="/api", description="月度通报")


class Month(Paged):
    """Which month."""

    month = fields.String(
        validate=validate.Regexp(r"\A\d{4}-(0[1-9]|1[0-2])\Z", error="应写成 2026-09 的样子"),
        error_messages={"invalid": "应为文字"},
        metadata={"description": "月份，如 2026-09；不给出则从最近的月份起"},
    )
    unit = Text(metadata={"description": "只看这个单位"})


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


@bulletin.operation(
    "GET",
    "/bulletin",
    Op(
        may=SIGNED_IN,
        summary="月度通报",
        about="可见本单位及下级单位的；运行维护员和系统管理员可见全部。",
        query=Month,
        answer=Overdue(many=True),
    ),
)
def monthly(query: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    given = {name: query[name] for name in ("month", "unit") if name in query}
    wanted = {**given, **looking.visible_by_unit(actor())}
    with transaction() as connection:
        return BULLETIN.find(connection, wanted, page(query, {}))
