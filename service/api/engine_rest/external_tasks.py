"""Work for external workers, as Camunda's external-task clients ask for it."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from typing import Any

from flask import Response

from service.api.access import having
from service.api.context import actor, office
from service.api.engine_rest.external_task_schemas import (
    CONDITIONS,
    SORTS,
    BusinessError,
    Completion,
    Extension,
    ExternalTask,
    Failed,
    Fetch,
    Locked,
    Priority,
    Query,
    QueryBody,
    Retries,
    TopicFilter,
)
from service.api.engine_rest.shared import Count, Paged, as_json, conditions, page
from service.api.resource import Op, Resource
from service.casework import looking, work
from service.errors import BadRequest, NotFound
from service.store import waiting
from service.store.db import transaction
from service.store.work import WORK, topic_names

external_tasks = Resource(
    "external-task", __name__, url_prefix="/engine-rest/external-task", description="外部任务"
)

KEEPERS = having("operator", "admin")
LONGEST_WAIT = 30.0  # seconds a request may hang about for work
_STEP = 1.0  # a lease that runs out tells nobody
_WAITERS = threading.BoundedSemaphore(4)  # of the threads of a web process; the others answer people


@external_tasks.operation(
    "POST",
    "/fetchAndLock",
    Op(
        may=KEEPERS,
        summary="领取外部任务",
        about="没有任务时最多等 asyncResponseTimeout 毫秒（不超过 30 秒）。",
        body=Fetch,
        answer=Locked(many=True),
    ),
)
def fetch_and_lock(body: Mapping[str, Any]) -> list[dict[str, Any]]:
    topics = {one["name"]: one for one in body["topics"]}
    asked = [_asked(one) for one in topics.values()]
    wish = work.Wish(
        worker=body["worker"], topics=asked, limit=body["limit"], by_priority=body["by_priority"]
    )
    found = _waiting(wish, min(body["wait_ms"] / 1000, LONGEST_WAIT))
    return [{**row, "variables": _variables(row, topics[row["topic"]])} for row in found]


def _asked(topic: Mapping[str, Any]) -> dict[str, Any]:
    if topic.get("process_variables"):
        raise BadRequest("不支持按变量领取（processVariables）", cure="请用 topicName、businessKey 等条件")
    keys = topic.get("keys") or ([topic["key"]] if "key" in topic else None)
    found = {name: topic.get(name) for name in ("name", "ms", "case_number", "tenants")}
    return {**found, "keys": keys}


def _waiting(wish: work.Wish, seconds: float) -> Sequence[Mapping[str, Any]]:
    """The work there is, or, while a place to wait is free, the work that comes within the time."""
    found = work.fetch(wish) if wish.limit else []
    if found or seconds <= 0 or not _WAITERS.acquire(blocking=False):
        return found
    try:
        end = time.monotonic() + seconds
        with waiting.listening(waiting.WORK) as wait:
            while not found and (left := end - time.monotonic()) > 0:
                found = work.fetch(wish) if wish.limit else []
                if not found:
                    wait(min(_STEP, left))
    finally:
        _WAITERS.release()
    return found


def _variables(row: Mapping[str, Any], topic: Mapping[str, Any]) -> dict[str, Any]:
    known = {} if topic["local_only"] else dict(looking.look(office(), row["instance"]).variables)
    known.update(row["inputs"])
    wanted = topic.get("wanted")
    return known if wanted is None else {name: known[name] for name in wanted if name in known}


@external_tasks.operation(
    "GET", "", Op(may=KEEPERS, summary="外部任务列表", query=Query, answer=ExternalTask(many=True))
)
def list_work(query: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    with transaction() as connection:
        return WORK.find(connection, _wanted(query), page(query, SORTS))


@external_tasks.operation(
    "POST",
    "",
    Op(
        may=KEEPERS,
        summary="外部任务列表（条件在请求体中）",
        query=Paged,
        body=QueryBody,
        answer=ExternalTask(many=True),
        reads=True,
    ),
)
def search_work(query: Mapping[str, Any], body: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    return list_work({**query, **body})


@external_tasks.operation("GET", "/count", Op(may=KEEPERS, summary="外部任务数", query=Query, answer=Count))
def count_work(query: Mapping[str, Any]) -> dict[str, int]:
    with transaction() as connection:
        return {"count": WORK.count(connection, _wanted(query))}


@external_tasks.operation(
    "POST", "/count", Op(may=KEEPERS, summary="外部任务数", body=QueryBody, answer=Count, reads=True)
)
def search_count(body: Mapping[str, Any]) -> dict[str, int]:
    return count_work(body)


@external_tasks.operation(
    "GET",
    "/topic-names",
    Op(may=KEEPERS, summary="有外部任务的主题", query=TopicFilter, raw="application/json"),
)
def topics(query: Mapping[str, Any]) -> Response:
    with transaction() as connection:
        return as_json(topic_names(connection, _wanted(query), page(query, {})))


def _wanted(query: Mapping[str, Any]) -> dict[str, Any]:
    wanted = {"work": True, **conditions(query, CONDITIONS)}
    return {name: {} if value is True else value for name, value in wanted.items()}


@external_tasks.operation("GET", "/<work_id>", Op(may=KEEPERS, summary="一个外部任务", answer=ExternalTask))
def get_work(work_id: str) -> Mapping[str, Any]:
    with transaction() as connection:
        row = WORK.one(connection, {"work": {}, "id": work_id})
    if row is None:
        raise NotFound("没有这个外部任务，或已经完成", cure="请核对编号")
    return row


@external_tasks.operation(
    "GET", "/<work_id>/errorDetails", Op(may=KEEPERS, summary="失败的详情", raw="text/plain")
)
def error_details(work_id: str) -> Response:
    return Response(get_work(work_id)["error_details"], mimetype="text/plain")


@external_tasks.operation(
    "POST", "/<work_id>/complete", Op(may=KEEPERS, summary="完成外部任务", body=Completion, status=204)
)
def complete(body: Mapping[str, Any], work_id: str) -> Response:
    work.complete(office(), actor(), work_id, body["worker"], {**body["variables"], **body["local"]})
    return _done()


@external_tasks.operation(
    "POST",
    "/<work_id>/failure",
    Op(may=KEEPERS, summary="报告失败", about="retries 为 0 时产生异常件。", body=Failed, status=204),
)
def failure(body: Mapping[str, Any], work_id: str) -> Response:
    names = ("worker", "message", "details", "retries", "retry_after_ms")
    work.fail(actor(), work_id, work.Failure(**{name: body[name] for name in names}))
    return _done()


@external_tasks.operation(
    "POST", "/<work_id>/bpmnError", Op(may=KEEPERS, summary="报告业务错误", body=BusinessError, status=204)
)
def bpmn_error(body: Mapping[str, Any], work_id: str) -> Response:
    work.bpmn_error(office(), actor(), work_id, body["worker"], (body["code"], body["message"]))
    return _done()


@external_tasks.operation(
    "POST", "/<work_id>/extendLock", Op(may=KEEPERS, summary="延长领取", body=Extension, status=204)
)
def extend_lock(body: Mapping[str, Any], work_id: str) -> Response:
    work.extend(actor(), work_id, body["worker"], body["ms"])
    return _done()


@external_tasks.operation("POST", "/<work_id>/unlock", Op(may=KEEPERS, summary="收回领取", status=204))
def unlock(work_id: str) -> Response:
    work.unlock(actor(), work_id)
    return _done()


@external_tasks.operation(
    "PUT", "/<work_id>/retries", Op(may=KEEPERS, summary="设定剩余重试次数", body=Retries, status=204)
)
def set_retries(body: Mapping[str, Any], work_id: str) -> Response:
    work.set_retries(actor(), work_id, body["retries"])
    return _done()


@external_tasks.operation(
    "PUT", "/<work_id>/priority", Op(may=KEEPERS, summary="设定优先级", body=Priority, status=204)
)
def set_priority(body: Mapping[str, Any], work_id: str) -> Response:
    work.set_priority(actor(), work_id, body["priority"])
    return _done()


def _done() -> Response:
    return Response(status=204)
