"""What several resources share: paging and sorting as Camunda writes them, and the count."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
from flask import Response
from marshmallow import Schema, fields, validate

from service.api.fields import Body, Choice, Whole
from service.errors import BadRequest
from service.store.listing import Page

DEFAULT_RESULTS, MOST_RESULTS = 100, 200
_MOST_ALTERNATIVES = 20


class Paged(Body):
    """Part of a list."""

    first_result = Whole(data_key="firstResult", load_default=0)
    max_results = Whole(
        data_key="maxResults",
        load_default=DEFAULT_RESULTS,
        metadata={"description": f"最多返回多少条，超过 {MOST_RESULTS} 按 {MOST_RESULTS} 计"},
    )


class Count(Schema):
    """How many."""

    count = fields.Integer(required=True)


def sort_order() -> Choice:
    """asc or desc."""
    return Choice("asc", "desc", data_key="sortOrder")


def page(query: Mapping[str, Any], names: Mapping[str, str]) -> Page:
    """The page a query asks for; ``names`` maps Camunda's sort keys to orders of the list."""
    by, order = query.get("sort_by"), query.get("sort_order")
    if (by is None) != (order is None):
        raise BadRequest("sortBy 和 sortOrder 须同时给出", cure="补上另一个，或都去掉")
    sorting = (
        [(by, order)] if by else [(one["sort_by"], one["sort_order"]) for one in query.get("sorting") or ()]
    )
    return Page(
        first=query["first_result"],
        limit=min(query["max_results"], MOST_RESULTS),
        sort=tuple((names[name], direction == "desc") for name, direction in sorting),
    )


def conditions(query: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """The conditions a query names: ``names`` maps its attributes to conditions; a flag that is false is none."""
    return {
        names[key]: value
        for key, value in query.items()
        if key in names and value is not False and value is not None
    }


def with_none(wanted: dict[str, Any], query: Mapping[str, Any]) -> dict[str, Any]:
    """Conditions on tenants, widened by what belongs to no tenant when a query says ``none_too``."""
    if query.get("none_too") and "tenants" in wanted:
        wanted["tenants_or_none"] = wanted.pop("tenants")
    return wanted


def sortings(name: str, names: Mapping[str, str]) -> fields.Field[Any]:
    """Several orders in a body: the first one decides, of equals the second, and so on."""
    attributes: dict[str, Any] = {
        "sort_by": Choice(*names, data_key="sortBy", required=True),
        "sort_order": Choice("asc", "desc", data_key="sortOrder", required=True),
    }
    schema = type(name, (Body,), attributes)
    told = {"description": "先按第一项排序，相同的再按第二项……"}
    return fields.List(fields.Nested(schema), metadata=told)


def alternatives(of: type[Schema]) -> fields.Field[Any]:
    """Groups of conditions in a body: of each group one must hold."""
    return fields.List(
        fields.Nested(of),
        data_key="orQueries",
        validate=validate.Length(max=_MOST_ALTERNATIVES, error=f"不能多于 {_MOST_ALTERNATIVES} 组"),
        metadata={"description": "每一组中的条件满足一个即可；各组之间、与其余条件须同时满足"},
    )


def as_json(data: Any) -> Response:
    """Plain data, past the schemas."""
    return Response(orjson.dumps(data), mimetype="application/json")
