"""Schools and authorities."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from marshmallow import Schema, fields

from service.api.access import SIGNED_IN
from service.api.context import actor
from service.api.engine_rest.shared import Count, Paged, conditions, page, sort_order
from service.api.fields import Body, Choice, Text
from service.api.resource import Op, Resource
from service.casework import rolls

units = Resource("units", __name__, url_prefix="/api/units", description="学校与主管部门")

_SORTS = {"name": "name", "county": "county"}
_CONDITIONS = {name: name for name in ("kind", "name", "name_like", "county", "level", "stage", "under")}


class UnitFilter(Body):
    """Which units."""

    kind = Choice("school", "authority")
    name = Text(longest=200)
    name_like = Text(data_key="nameLike", longest=200, metadata={"description": "如 %实验小学"})
    county = Text(longest=6, metadata={"description": "六位行政区划代码"})
    level = Choice("school", "county", "prefecture", "province")
    stage = Choice("primary", "junior", "senior")
    under = Text(longest=100, metadata={"description": "由这个主管部门管辖或举办"})


class UnitQuery(UnitFilter, Paged):
    """And which part of them."""

    sort_by = Choice(*_SORTS, data_key="sortBy")
    sort_order = sort_order()


class Unit(Schema):
    """A school or a registry authority."""

    id = fields.String(required=True)
    name = fields.String()
    kind = fields.String()
    level = fields.String()
    county = fields.String()
    parent = fields.String(allow_none=True)
    parent_name = fields.String(allow_none=True)
    run_by = fields.String(allow_none=True)
    run_by_name = fields.String(allow_none=True)
    school_type = fields.String()
    ownership = fields.String()
    school_system = fields.String()
    stages = fields.List(fields.String())
    successor = fields.String(allow_none=True, metadata={"description": "合并后的单位"})


class Staff(Schema):
    """Somebody with a role in the unit."""

    id = fields.String(required=True)
    name = fields.String()
    role = fields.String()
    trained = fields.Date(allow_none=True)
    filed = fields.Date(allow_none=True)
    active = fields.Boolean()


class ClassSize(Schema):
    """A class."""

    grade = fields.Integer()
    number = fields.Integer()
    size = fields.Integer()
    cap = fields.Integer(allow_none=True)


class UnitInside(Unit):
    """With what only the unit itself and those above it see."""

    people = fields.List(fields.Nested(Staff), allow_none=True)
    classes = fields.List(fields.Nested(ClassSize), allow_none=True)


@units.operation(
    "GET", "", Op(may=SIGNED_IN, summary="学校与主管部门", query=UnitQuery, answer=Unit(many=True))
)
def listed(query: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    return rolls.units_found(conditions(query, _CONDITIONS), page(query, _SORTS))


@units.operation("GET", "/count", Op(may=SIGNED_IN, summary="单位数", query=UnitFilter, answer=Count))
def counted(query: Mapping[str, Any]) -> dict[str, int]:
    return {"count": rolls.units_counted(conditions(query, _CONDITIONS))}


@units.operation(
    "GET",
    "/<unit_id>",
    Op(
        may=SIGNED_IN,
        summary="一个单位",
        about="人员和班级只有本单位、其上级主管部门、运行维护员和系统管理员可见，其他人为空。",
        answer=UnitInside,
    ),
)
def one(unit_id: str) -> dict[str, Any]:
    return rolls.unit(actor(), unit_id)
