"""Process definitions: which there are, their diagrams and start forms."""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping, Sequence
from typing import Any

from flask import Response

from service.api.access import SIGNED_IN
from service.api.context import office
from service.api.engine_rest.definition_schemas import (
    CONDITIONS,
    SORTS,
    Diagram,
    ProcessDefinition,
    Query,
)
from service.api.engine_rest.shared import Count, conditions, page, with_none
from service.api.resource import Op, Resource
from service.errors import NotFound
from service.store.db import transaction
from service.store.listing import Page
from service.store.listings import DEFINITIONS

_ENCODING = re.compile(rb"""<\?xml[^>]*encoding=["']([A-Za-z0-9._-]+)""")

definitions = Resource(
    "process-definition", __name__, url_prefix="/engine-rest/process-definition", description="流程定义与发起"
)


@definitions.operation(
    "GET", "", Op(may=SIGNED_IN, summary="流程定义列表", query=Query, answer=ProcessDefinition(many=True))
)
def list_definitions(query: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    with transaction() as connection:
        return DEFINITIONS.find(connection, _wanted(query), page(query, SORTS))


@definitions.operation("GET", "/count", Op(may=SIGNED_IN, summary="流程定义数", query=Query, answer=Count))
def count_definitions(query: Mapping[str, Any]) -> dict[str, int]:
    with transaction() as connection:
        return {"count": DEFINITIONS.count(connection, _wanted(query))}


def _wanted(query: Mapping[str, Any]) -> dict[str, Any]:
    return with_none(conditions(query, CONDITIONS), query)


@definitions.operation(
    "GET", "/key/<key>", Op(may=SIGNED_IN, summary="全国的最新版本", answer=ProcessDefinition)
)
@definitions.operation(
    "GET",
    "/key/<key>/tenant-id/<tenant>",
    Op(may=SIGNED_IN, summary="某地区的最新版本", answer=ProcessDefinition),
)
@definitions.operation(
    "GET", "/<definition_id>", Op(may=SIGNED_IN, summary="一个流程定义", answer=ProcessDefinition)
)
def get_definition(definition_id: str = "", key: str = "", tenant: str = "") -> Mapping[str, Any]:
    wanted: dict[str, Any] = {"id": definition_id}
    if key:
        place: dict[str, Any] = {"tenants": [tenant]} if tenant else {"no_tenant": {}}
        wanted = {"key": key, "latest": {}, **place}
    with transaction() as connection:
        found = DEFINITIONS.find(connection, wanted, Page(limit=1))
    if not found:
        raise NotFound("没有这个流程定义", cure="请核对标识；只有全国流程可以不写地区（tenant-id）")
    return found[0]


@definitions.operation(
    "GET", "/key/<key>/xml", Op(may=SIGNED_IN, summary="全国最新版本的流程图", answer=Diagram)
)
@definitions.operation(
    "GET",
    "/key/<key>/tenant-id/<tenant>/xml",
    Op(may=SIGNED_IN, summary="某地区最新版本的流程图", answer=Diagram),
)
@definitions.operation(
    "GET", "/<definition_id>/xml", Op(may=SIGNED_IN, summary="流程图（BPMN 2.0）", answer=Diagram)
)
def get_xml(definition_id: str = "", key: str = "", tenant: str = "") -> dict[str, str]:
    found = get_definition(definition_id, key, tenant)
    shelf = office().shelf
    with transaction() as connection:
        files = shelf.files(connection, shelf.row(connection, found["id"]))
    return {"id": found["id"], "xml": as_text(files[found["file"]])}


def as_text(xml: bytes) -> str:
    """A diagram as text; it could be read when it was deployed, so what it says of its encoding is true."""
    if xml.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return xml.decode("utf-16")
    told = _ENCODING.match(xml)
    return xml.decode(told.group(1).decode() if told and not xml.startswith(codecs.BOM_UTF8) else "utf-8-sig")


@definitions.operation(
    "GET",
    "/key/<key>/deployed-start-form",
    Op(may=SIGNED_IN, summary="全国最新版本的发起表单（form-js JSON）", raw="application/json"),
)
@definitions.operation(
    "GET",
    "/key/<key>/tenant-id/<tenant>/deployed-start-form",
    Op(may=SIGNED_IN, summary="某地区最新版本的发起表单（form-js JSON）", raw="application/json"),
)
@definitions.operation(
    "GET",
    "/<definition_id>/deployed-start-form",
    Op(may=SIGNED_IN, summary="发起表单（form-js JSON）", raw="application/json"),
)
def start_form(definition_id: str = "", key: str = "", tenant: str = "") -> Response:
    found = get_definition(definition_id, key, tenant)
    if not found["start_form"]:
        raise NotFound("这个流程没有发起表单", cure="直接发起即可")
    shelf = office().shelf
    with transaction() as connection:
        source = shelf.form_source(connection, shelf.row(connection, found["id"]), found["start_form"])
    return Response(source, mimetype="application/json")
