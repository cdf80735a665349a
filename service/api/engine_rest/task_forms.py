"""Forms of user tasks: which one, as it was deployed, and the values it has already."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response

from service.api import camunda
from service.api.access import SIGNED_IN
from service.api.context import actor, office
from service.api.engine_rest import task_schemas as schemas
from service.api.engine_rest.shared import as_json
from service.api.engine_rest.tasks import tasks
from service.api.resource import Op
from service.casework import looking
from service.errors import NotFound
from service.store.db import transaction
from service.store.rows import TaskRow


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
    return as_json(camunda.variables({name: known[name] for name in wanted if name in keys}))


@tasks.operation(
    "GET",
    "/<task_id>/variables",
    Op(may=SIGNED_IN, summary="任务表单各项现有的值", query=schemas.VariableNames, raw="application/json"),
)
def variables(query: Mapping[str, Any], task_id: str) -> Response:
    return form_variables(query, task_id)


def _with_form(task_id: str) -> TaskRow:
    task = looking.open_task(actor(), task_id)
    if not task.form:
        raise NotFound("这个任务没有表单", cure="直接办结即可")
    return task
