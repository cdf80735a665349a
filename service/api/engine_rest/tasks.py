"""User tasks: the inbox, claiming, completing, and the forms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from flask import Response

from service.api import camunda
from service.api.access import SIGNED_IN
from service.api.context import actor, office
from service.api.engine_rest import task_schemas as schemas
from service.api.engine_rest.shared import Count, Paged, conditions, page
from service.api.preconditions import expected, tagged_row
from service.api.resource import Op, Resource
from service.casework import handing, looking
from service.casework import tasks as verbs
from service.casework.actors import Actor
from service.errors import Forbidden, NotFound
from service.store.db import transaction
from service.store.inbox import TASKS, groups, of_groups
from service.store.rows import TaskRow

tasks = Resource("task", __name__, url_prefix="/engine-rest/task", description="待办任务")

_SEEN = "只含本单位的任务和自己签收的任务；运行维护员和系统管理员可见全部。"


@tasks.operation(
    "GET",
    "",
    Op(
        may=SIGNED_IN,
        summary="查询待办任务",
        about=_SEEN,
        query=schemas.Query,
        answer=schemas.Task(many=True),
    ),
)
def list_tasks(query: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    with transaction() as connection:
        return TASKS.find(connection, _wanted(query, actor()), page(query, schemas.SORTS))


@tasks.operation(
    "POST",
    "",
    Op(
        may=SIGNED_IN,
        summary="查询待办任务（条件在请求体中，可按多项排序）",
        about=_SEEN,
        query=Paged,
        body=schemas.QueryBody,
        answer=schemas.Task(many=True),
        reads=True,
    ),
)
def search_tasks(query: Mapping[str, Any], body: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    return list_tasks({**query, **body})


@tasks.operation(
    "GET", "/count", Op(may=SIGNED_IN, summary="待办任务数", about=_SEEN, query=schemas.Query, answer=Count)
)
def count_tasks(query: Mapping[str, Any]) -> dict[str, int]:
    with transaction() as connection:
        return {"count": TASKS.count(connection, _wanted(query, actor()))}


@tasks.operation(
    "POST",
    "/count",
    Op(may=SIGNED_IN, summary="待办任务数", about=_SEEN, body=schemas.QueryBody, answer=Count, reads=True),
)
def search_count(body: Mapping[str, Any]) -> dict[str, int]:
    return count_tasks(body)


def _wanted(query: Mapping[str, Any], person: Actor) -> dict[str, Any]:
    wanted = {"open": {}, **looking.visible(person), **conditions(query, schemas.CONDITIONS)}
    if "id" in query:
        wanted["id"] = query["id"]
    asked = _asked_groups(query, person)
    if asked is not None:
        wanted.update(of_groups(asked))
        if not query.get("include_assigned") and not query.get("assigned") and "assignee" not in query:
            wanted["unassigned"] = {}
    return {name: {} if value is True else value for name, value in wanted.items()}


def _asked_groups(query: Mapping[str, Any], person: Actor) -> list[dict[str, Any]] | None:
    """The groups a query names, by name or through a person in them; None when it names none."""
    if "candidate_user" in query:
        _check_self(person, query["candidate_user"])
        return [{"role": role, "unit": unit} for role, unit in sorted(person.roles)]
    if "candidate_group" in query:
        return groups([query["candidate_group"]])
    return groups(query["candidate_groups"]) if "candidate_groups" in query else None


def _check_self(person: Actor, user_id: str) -> None:
    if user_id not in (person.id, person.username):
        raise Forbidden("只能以自己的身份进行", cure=f"userId 请写 {person.id}，或省略")


@tasks.operation("GET", "/<task_id>", Op(may=SIGNED_IN, summary="一个待办任务", answer=schemas.Task))
def get_task(task_id: str) -> Mapping[str, Any]:
    with transaction() as connection:
        row = TASKS.one(connection, {"id": task_id, "open": {}, **looking.visible(actor())})
    if row is None:
        raise looking.no_task()
    return tagged_row("t", row)


@tasks.operation(
    "POST",
    "/<task_id>/claim",
    Op(
        may=SIGNED_IN,
        summary="签收任务",
        about="请求体可省略，省略即由本人签收。已被他人签收时答 409，`winner` 是先签收的人。",
        body=schemas.Claim,
        status=204,
    ),
)
def claim(body: Mapping[str, Any], task_id: str) -> Response:
    if "user_id" in body:
        _check_self(actor(), body["user_id"])
    verbs.claim(actor(), task_id, expected("t"))
    return Response(status=204)


@tasks.operation(
    "POST", "/<task_id>/unclaim", Op(may=SIGNED_IN, summary="退回签收，任务回到候选组", status=204)
)
def unclaim(task_id: str) -> Response:
    verbs.unclaim(actor(), task_id, expected("t"))
    return Response(status=204)


@tasks.operation(
    "POST",
    "/<task_id>/assignee",
    Op(
        may=SIGNED_IN,
        summary="指定签收人（转办）",
        about="与 /api/tasks/{task_id}/hand-over 相同；userId 省略即退回签收。",
        body=schemas.Claim,
        status=204,
    ),
)
def assignee(body: Mapping[str, Any], task_id: str) -> Response:
    if "user_id" not in body:
        return unclaim(task_id)
    wish = handing.Handover(task=task_id, to=body["user_id"], revisions=expected("t"))
    handing.hand_over(office(), actor(), wish)
    return Response(status=204)


@tasks.operation(
    "POST",
    "/<task_id>/complete",
    Op(
        may=SIGNED_IN,
        summary="办结任务",
        about="变量即表单的各项。未签收的任务办结即签收。`withVariablesInReturn` 时答 200 和流程变量，否则 204。",
        body=schemas.Complete,
        status=204,
    ),
)
def complete(body: Mapping[str, Any], task_id: str) -> Response:
    done = verbs.complete(office(), actor(), task_id, body["variables"], expected("t"))
    if not body["with_variables"]:
        return Response(status=204)
    return _json(camunda.variables(looking.look(office(), done.instance).variables))


@tasks.operation(
    "GET",
    "/<task_id>/deployed-form",
    Op(may=SIGNED_IN, summary="任务的表单（form-js JSON）", raw="application/json"),
)
def deployed_form(task_id: str) -> Response:
    task = _with_form(task_id)
    shelf = office().shelf
    with transaction() as connection:
        source = shelf.form_source(connection, shelf.row(connection, task.definition), task.form)
    return Response(source, mimetype="application/json")


@tasks.operation(
    "GET", "/<task_id>/form", Op(may=SIGNED_IN, summary="任务用哪个表单", answer=schemas.TaskForm)
)
def form(task_id: str) -> dict[str, Any]:
    return {"key": None, "form": looking.open_task(actor(), task_id).form}


@tasks.operation(
    "GET",
    "/<task_id>/form-variables",
    Op(
        may=SIGNED_IN,
        summary="表单各项现有的值",
        about="只含任务表单中的项；流程不读取的项不作为变量保存。",
        query=schemas.VariableNames,
    ),
)
def form_variables(query: Mapping[str, Any], task_id: str) -> Response:
    task = looking.open_task(actor(), task_id)
    shelf = office().shelf
    known = looking.look(office(), task.instance).variables
    keys = set(known)
    if task.form:
        with transaction() as connection:
            fields = shelf.form(connection, shelf.row(connection, task.definition), task.form).fields
        keys &= {field.key for field in fields}
    wanted = query.get("names") or sorted(keys)
    return _json(camunda.variables({name: known[name] for name in wanted if name in keys}))


@tasks.operation(
    "GET",
    "/<task_id>/variables",
    Op(may=SIGNED_IN, summary="任务表单各项现有的值", query=schemas.VariableNames, raw="application/json"),
)
def variables(query: Mapping[str, Any], task_id: str) -> Response:
    return form_variables(query, task_id)


@tasks.operation(
    "GET",
    "/<task_id>/identity-links",
    Op(may=SIGNED_IN, summary="谁可以办、谁在办", answer=schemas.IdentityLink(many=True)),
)
def identity_links(task_id: str) -> list[dict[str, Any]]:
    row = get_task(task_id)
    links = [
        {"user": None, "group": camunda.group(role, row["unit"]), "kind": "candidate"}
        for role in row["roles"]
    ]
    holder = [{"user": row["assignee"], "group": None, "kind": "assignee"}] if row["assignee"] else []
    return holder + links


def _with_form(task_id: str) -> TaskRow:
    task = looking.open_task(actor(), task_id)
    if not task.form:
        raise NotFound("这个任务没有表单", cure="直接办结即可")
    return task


def _json(data: Any) -> Response:
    return Response(orjson.dumps(data), mimetype="application/json")
