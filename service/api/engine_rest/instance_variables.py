"""What an instance remembers, looked at and changed by keepers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response

from service.api import camunda
from service.api.access import having
from service.api.context import actor, office
from service.api.engine_rest.instances import get_instance, instances
from service.api.engine_rest.shared import as_json
from service.api.fields import Body, Commas, Flag, TypedValue, Variable, Variables
from service.api.resource import Op
from service.casework import looking, steering
from service.errors import NotFound
from service.policy.values import Value

_KEEPERS = having("admin", "operator")
_PATH = "/<instance_id>/variables"
_KEPT = "流程不读取的名称不作为变量保存。修改记入办理记录。"


class Names(Body):
    """How values are told; accepted as Camunda's clients send it."""

    deserialize = Flag(data_key="deserializeValues", metadata={"description": "不起作用"})


class Modifications(Body):
    """Variables with their new values."""

    modifications = Variables(load_default=dict)
    deletions = Commas(load_default=list, metadata={"description": "值改为 null 的变量"})


def _known(instance_id: str) -> Mapping[str, Value]:
    get_instance(instance_id)
    return looking.look(office(), instance_id).variables


@instances.operation(
    "GET",
    _PATH,
    Op(may=_KEEPERS, summary="流程变量", query=Names, raw="application/json"),
)
def variables(query: Mapping[str, Any], instance_id: str) -> Response:
    del query
    return as_json(camunda.variables(_known(instance_id)))


@instances.operation(
    "GET",
    f"{_PATH}/<name>",
    Op(may=_KEEPERS, summary="一个流程变量", query=Names, answer=Variable),
)
def variable(query: Mapping[str, Any], instance_id: str, name: str) -> dict[str, Any]:
    del query
    known = _known(instance_id)
    if name not in known:
        raise NotFound(f"没有变量 {name[:100]}", cure="流程不读取的名称不作为变量保存；请核对名称")
    found: dict[str, Any] = camunda.variables({name: known[name]})[name]
    return found


@instances.operation(
    "POST",
    _PATH,
    Op(may=_KEEPERS, summary="修改流程变量", about=_KEPT, body=Modifications, status=204),
)
def modify(body: Mapping[str, Any], instance_id: str) -> Response:
    values = {**dict.fromkeys(body["deletions"]), **body["modifications"]}
    steering.set_variables(office(), actor(), instance_id, values)
    return Response(status=204)


@instances.operation(
    "PUT",
    f"{_PATH}/<name>",
    Op(may=_KEEPERS, summary="修改一个流程变量", about=_KEPT, body=TypedValue, status=204),
)
def put(body: Mapping[str, Any], instance_id: str, name: str) -> Response:
    steering.set_variables(office(), actor(), instance_id, {name: body["value"]})
    return Response(status=204)


@instances.operation(
    "DELETE",
    f"{_PATH}/<name>",
    Op(
        may=_KEEPERS,
        summary="清空一个流程变量",
        about="值改为 null：流程要读的变量不能没有。修改记入办理记录。",
        status=204,
    ),
)
def clear(instance_id: str, name: str) -> Response:
    steering.set_variables(office(), actor(), instance_id, {name: None})
    return Response(status=204)
