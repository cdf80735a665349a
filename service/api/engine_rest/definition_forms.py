"""What a task list asks of a definition before it starts a case: the form, its values, a picture."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response

from service.api.access import SIGNED_IN
from service.api.engine_rest.definition_schemas import StartForm
from service.api.engine_rest.definitions import definitions, get_definition
from service.api.engine_rest.shared import as_json
from service.api.engine_rest.task_schemas import VariableNames
from service.api.resource import Op

_NO_PICTURE = "总是 204：部署时不存图片。请用 /xml 取流程图（BPMN 2.0），以 bpmn-js 等显示。"
_NO_VALUES = "总是 {}：发起之前没有变量，表单的各项由发起人填写。"


@definitions.operation(
    "GET", "/key/<key>/startForm", Op(may=SIGNED_IN, summary="全国的最新版本用哪个发起表单", answer=StartForm)
)
@definitions.operation(
    "GET",
    "/key/<key>/tenant-id/<tenant>/startForm",
    Op(may=SIGNED_IN, summary="某地区的最新版本用哪个发起表单", answer=StartForm),
)
@definitions.operation(
    "GET", "/<definition_id>/startForm", Op(may=SIGNED_IN, summary="用哪个发起表单", answer=StartForm)
)
def which_form(definition_id: str = "", key: str = "", tenant: str = "") -> Mapping[str, Any]:
    return get_definition(definition_id, key, tenant)


@definitions.operation(
    "GET", "/key/<key>/diagram", Op(may=SIGNED_IN, summary="图片", about=_NO_PICTURE, status=204)
)
@definitions.operation(
    "GET",
    "/key/<key>/tenant-id/<tenant>/diagram",
    Op(may=SIGNED_IN, summary="图片", about=_NO_PICTURE, status=204),
)
@definitions.operation(
    "GET", "/<definition_id>/diagram", Op(may=SIGNED_IN, summary="图片", about=_NO_PICTURE, status=204)
)
def picture(definition_id: str = "", key: str = "", tenant: str = "") -> Response:
    get_definition(definition_id, key, tenant)
    return Response(status=204)


@definitions.operation(
    "GET",
    "/key/<key>/form-variables",
    Op(
        may=SIGNED_IN,
        summary="发起表单现有的值",
        about=_NO_VALUES,
        query=VariableNames,
        raw="application/json",
    ),
)
@definitions.operation(
    "GET",
    "/key/<key>/tenant-id/<tenant>/form-variables",
    Op(
        may=SIGNED_IN,
        summary="发起表单现有的值",
        about=_NO_VALUES,
        query=VariableNames,
        raw="application/json",
    ),
)
@definitions.operation(
    "GET",
    "/<definition_id>/form-variables",
    Op(
        may=SIGNED_IN,
        summary="发起表单现有的值",
        about=_NO_VALUES,
        query=VariableNames,
        raw="application/json",
    ),
)
def values(query: Mapping[str, Any], definition_id: str = "", key: str = "", tenant: str = "") -> Response:
    del query  # there are no values to choose from
    get_definition(definition_id, key, tenant)
    return as_json({})
