"""Saved filters of tasks, as Camunda's task list keeps them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response
from marshmallow import Schema, fields, validates

from service.api.access import SIGNED_IN
from service.api.context import actor
from service.api.engine_rest import task_query
from service.api.engine_rest.shared import Count, Paged, conditions, page, sort_order
from service.api.engine_rest.task_filters import TaskQueryBody
from service.api.engine_rest.task_schemas import Task
from service.api.fields import Body, Choice, Flag, Text
from service.api.resource import Op, Resource
from service.casework import filters as verbs
from service.errors import BadRequest, NotFound
from service.store.db import transaction
from service.store.filters import FILTERS

filters = Resource("filter", __name__, url_prefix="/engine-rest/filter", description="保存的任务过滤器")

_SORTS = {"filterId": "id", "name": "name", "owner": "owner"}
_SEEN = "自己的，以及同单位的人、系统管理员、运行维护员和流程分析员共享的。"
_USED = "条件与请求体中的合并，请求体中的优先；只含使用者看得到的任务。"
_OWN = "只能动自己的；他人共享的答 403。"
_MOST_PROPERTIES = 50


class FilterFilter(Body):
    """Which filters."""

    id = Text(data_key="filterId")
    kind = Choice("Task", data_key="resourceType")
    name = Text()
    name_like = Text(data_key="nameLike", metadata={"description": "% 代表任意文字"})
    owner = Text(metadata={"description": "所有者的 id"})


class FilterQuery(FilterFilter, Paged):
    """A page of them."""

    with_count = Flag(
        data_key="itemCount", load_default=False, metadata={"description": "同时给出各有多少任务"}
    )
    sort_by = Choice(*_SORTS, data_key="sortBy")
    sort_order = sort_order()


class WithCount(Body):
    """Whether to count."""

    with_count = Flag(
        data_key="itemCount", load_default=False, metadata={"description": "同时给出有多少任务"}
    )


class NewFilter(Body):
    """A filter to keep."""

    kind = Choice("Task", data_key="resourceType", load_default="Task")
    name = Text(required=True, longest=200)
    owner = Text(metadata={"description": "只能是自己，可省略"})
    query = fields.Dict(
        load_default=dict, metadata={"description": "任务的查询条件，与 POST /engine-rest/task 的请求体相同"}
    )
    properties = fields.Dict(
        load_default=dict,
        metadata={"description": "界面的设置（color、priority……），原样保存；`shared` 为 true 即共享"},
    )

    @validates("query")
    def _readable(self, value: dict[str, Any], **_: Any) -> None:
        TaskQueryBody().load(value)

    @validates("properties")
    def _small(self, value: dict[str, Any], **_: Any) -> None:
        if len(value) > _MOST_PROPERTIES:
            raise BadRequest(f"properties 不能多于 {_MOST_PROPERTIES} 项", cure="请去掉不用的")


class Filter(Schema):
    """A saved filter."""

    id = fields.String(required=True)
    kind = fields.Constant("Task", data_key="resourceType")
    name = fields.String()
    owner = fields.String()
    query = fields.Dict()
    properties = fields.Dict()
    count = fields.Integer(data_key="itemCount", metadata={"description": "要求时才有"})


def _told(connection: Any, row: Mapping[str, Any], *, with_count: bool) -> dict[str, Any]:
    told = dict(row)
    if with_count:
        told["count"] = task_query.count(connection, TaskQueryBody().load(row["query"]), actor())
    return told


def _asked(query: Mapping[str, Any]) -> dict[str, Any]:
    names = {name: name for name in ("id", "name", "name_like", "owner")}
    return {**verbs.visible(actor()), **conditions(query, names)}


@filters.operation(
    "GET",
    "",
    Op(may=SIGNED_IN, summary="过滤器列表", about=_SEEN, query=FilterQuery, answer=Filter(many=True)),
)
def list_filters(query: Mapping[str, Any]) -> list[dict[str, Any]]:
    with transaction() as connection:
        rows = FILTERS.find(connection, _asked(query), page(query, _SORTS))
        return [_told(connection, row, with_count=query["with_count"]) for row in rows]


@filters.operation(
    "GET", "/count", Op(may=SIGNED_IN, summary="过滤器数", about=_SEEN, query=FilterFilter, answer=Count)
)
def count_filters(query: Mapping[str, Any]) -> dict[str, int]:
    with transaction() as connection:
        return {"count": FILTERS.count(connection, _asked(query))}


@filters.operation(
    "POST",
    "/create",
    Op(may=SIGNED_IN, summary="保存过滤器", about="不能用的条件答 400。", body=NewFilter, answer=Filter),
)
def create(body: Mapping[str, Any]) -> dict[str, Any]:
    return get_filter({"with_count": False}, verbs.create(actor(), _kept(body)))


@filters.operation(
    "GET",
    "/<filter_id>",
    Op(may=SIGNED_IN, summary="一个过滤器", about=_SEEN, query=WithCount, answer=Filter),
)
def get_filter(query: Mapping[str, Any], filter_id: str) -> dict[str, Any]:
    with transaction() as connection:
        row = verbs.get(connection, actor(), filter_id)
        return _told(connection, row, with_count=query["with_count"])


@filters.operation(
    "PUT", "/<filter_id>", Op(may=SIGNED_IN, summary="修改过滤器", about=_OWN, body=NewFilter, status=204)
)
def update(body: Mapping[str, Any], filter_id: str) -> Response:
    verbs.update(actor(), filter_id, _kept(body))
    return Response(status=204)


@filters.operation("DELETE", "/<filter_id>", Op(may=SIGNED_IN, summary="删除过滤器", about=_OWN, status=204))
def delete(filter_id: str) -> Response:
    verbs.delete(actor(), filter_id)
    return Response(status=204)


def _kept(body: Mapping[str, Any]) -> dict[str, Any]:
    task_query.check_self(actor(), body.get("owner", actor().id))
    shared = body["properties"].get("shared") is True
    return {name: body[name] for name in ("name", "query", "properties")} | {"shared": shared}


@filters.operation(
    "GET",
    "/<filter_id>/list",
    Op(may=SIGNED_IN, summary="过滤器中的任务", about=_USED, query=Paged, answer=Task(many=True)),
)
def run(query: Mapping[str, Any], filter_id: str) -> Any:
    return extended(query, {}, filter_id)


@filters.operation(
    "POST",
    "/<filter_id>/list",
    Op(
        may=SIGNED_IN,
        summary="过滤器中的任务，另加条件",
        about=_USED,
        query=Paged,
        body=TaskQueryBody,
        answer=Task(many=True),
        reads=True,
    ),
)
def extended(query: Mapping[str, Any], body: Mapping[str, Any], filter_id: str) -> Any:
    with transaction() as connection:
        return task_query.find(connection, {**_saved(connection, filter_id), **body, **query}, actor())


@filters.operation(
    "GET", "/<filter_id>/count", Op(may=SIGNED_IN, summary="过滤器中的任务数", about=_USED, answer=Count)
)
def count(filter_id: str) -> dict[str, int]:
    return count_extended({}, filter_id)


@filters.operation(
    "POST",
    "/<filter_id>/count",
    Op(
        may=SIGNED_IN,
        summary="过滤器中的任务数，另加条件",
        about=_USED,
        body=TaskQueryBody,
        answer=Count,
        reads=True,
    ),
)
def count_extended(body: Mapping[str, Any], filter_id: str) -> dict[str, int]:
    with transaction() as connection:
        return {"count": task_query.count(connection, {**_saved(connection, filter_id), **body}, actor())}


@filters.operation(
    "GET",
    "/<filter_id>/singleResult",
    Op(may=SIGNED_IN, summary="过滤器中唯一的任务", about="没有的答 404，不止一个的答 400。", answer=Task),
)
def single(filter_id: str) -> Mapping[str, Any]:
    found: list[Mapping[str, Any]] = [*run({"first_result": 0, "max_results": 2}, filter_id)]
    if not found:
        raise NotFound("没有符合的任务", cure="请核对过滤器的条件")
    if len(found) > 1:
        raise BadRequest("符合的任务不止一个", cure="请用 /list，或收窄过滤器的条件")
    return found[0]


def _saved(connection: Any, filter_id: str) -> dict[str, Any]:
    found: dict[str, Any] = TaskQueryBody().load(verbs.get(connection, actor(), filter_id)["query"])
    return found
