"""User tasks: the inbox."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from service.api.access import SIGNED_IN
from service.api.context import actor
from service.api.engine_rest import task_query
from service.api.engine_rest.shared import Count, Paged, page
from service.api.engine_rest.task_filters import TaskCountQuery, TaskQuery, TaskQueryBody
from service.api.engine_rest.task_schemas import GroupCount, Task
from service.api.preconditions import tagged_row
from service.api.resource import Op, Resource
from service.casework import looking
from service.store import inbox
from service.store.db import transaction
from service.store.inbox import TASKS

tasks = Resource("task", __name__, url_prefix="/engine-rest/task", description="待办任务")

_SEEN = "只含本单位的任务和自己签收的任务；运行维护员和系统管理员可见全部。"


@tasks.operation(
    "GET",
    "",
    Op(may=SIGNED_IN, summary="查询待办任务", about=_SEEN, query=TaskQuery, answer=Task(many=True)),
)
def list_tasks(query: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    with transaction() as connection:
        return task_query.find(connection, query, actor())


@tasks.operation(
    "POST",
    "",
    Op(
        may=SIGNED_IN,
        summary="查询待办任务（条件在请求体中，可有多组选择、按多项排序）",
        about=_SEEN,
        query=Paged,
        body=TaskQueryBody,
        answer=Task(many=True),
        reads=True,
    ),
)
def search_tasks(query: Mapping[str, Any], body: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    return list_tasks({**query, **body})


@tasks.operation(
    "GET", "/count", Op(may=SIGNED_IN, summary="待办任务数", about=_SEEN, query=TaskCountQuery, answer=Count)
)
def count_tasks(query: Mapping[str, Any]) -> dict[str, int]:
    with transaction() as connection:
        return {"count": task_query.count(connection, query, actor())}


@tasks.operation(
    "POST",
    "/count",
    Op(may=SIGNED_IN, summary="待办任务数", about=_SEEN, body=TaskQueryBody, answer=Count, reads=True),
)
def search_count(body: Mapping[str, Any]) -> dict[str, int]:
    return count_tasks(body)


@tasks.operation(
    "GET",
    "/report/candidate-group-count",
    Op(
        may=SIGNED_IN,
        summary="各候选组还没有人签收的任务数",
        about=_SEEN,
        query=Paged,
        answer=GroupCount(many=True),
    ),
)
def group_counts(query: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    person = actor()
    with transaction() as connection:
        return inbox.counts_by_group(
            connection, sorted(person.units), looking.sees_everything(person), page(query, {})
        )


@tasks.operation("GET", "/<task_id>", Op(may=SIGNED_IN, summary="一个待办任务", answer=Task))
def get_task(task_id: str) -> Mapping[str, Any]:
    with transaction() as connection:
        row = TASKS.one(connection, {"id": task_id, "open": True, **looking.visible(actor())})
    if row is None:
        raise looking.no_task()
    return tagged_row("t", row)
