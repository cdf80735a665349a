"""What a deployment holds, file by file, and taking a deployment back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from flask import Response
from marshmallow import Schema, fields

from service.api.access import SIGNED_IN, having
from service.api.context import actor
from service.api.engine_rest.deployments import deployments, get_deployment
from service.api.engine_rest.shared import Paged, page
from service.api.fields import Body, Flag
from service.api.resource import Op
from service.casework import withdrawing
from service.errors import BadRequest, NotFound
from service.store.db import transaction
from service.store.definitions import contents
from service.store.deployments import RESOURCES

_BYTES = "application/octet-stream"


class File(Schema):
    """A file of a deployment."""

    id = fields.String(required=True)
    name = fields.String()
    deployment = fields.String(data_key="deploymentId")


class Withdrawal(Body):
    """How to take a deployment back, as Camunda's clients send it."""

    cascade = Flag(load_default=False, metadata={"description": "只能为 false：办件不随部署删除"})
    listeners = Flag(data_key="skipCustomListeners", metadata={"description": "没有监听器，不起作用"})
    mappings = Flag(data_key="skipIoMappings", metadata={"description": "不起作用"})


@deployments.operation(
    "GET",
    "/<deployment_id>/resources",
    Op(
        may=SIGNED_IN,
        summary="部署中的文件",
        about="含所部署的流程用到的每个文件（流程图、决策表、表单）。",
        query=Paged,
        answer=File(many=True),
    ),
)
def list_files(query: Mapping[str, Any], deployment_id: str) -> Sequence[Mapping[str, Any]]:
    get_deployment(deployment_id)
    with transaction() as connection:
        return RESOURCES.find(connection, {"deployment": deployment_id}, page(query, {}))


@deployments.operation(
    "GET", "/<deployment_id>/resources/<resource_id>", Op(may=SIGNED_IN, summary="一个文件", answer=File)
)
def get_file(deployment_id: str, resource_id: str) -> Mapping[str, Any]:
    with transaction() as connection:
        row = RESOURCES.one(connection, {"deployment": deployment_id, "id": resource_id})
    if row is None:
        raise NotFound("部署中没有这个文件", cure="请核对部署编号和文件编号")
    return row


@deployments.operation(
    "GET",
    "/<deployment_id>/resources/<resource_id>/data",
    Op(may=SIGNED_IN, summary="文件的内容", raw=_BYTES),
)
def download(deployment_id: str, resource_id: str) -> Response:
    row = get_file(deployment_id, resource_id)
    with transaction() as connection:
        content = contents(connection, [row["digest"]])[row["digest"]]
    answer = Response(content, mimetype=_BYTES)
    answer.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(row['name'])}"
    return answer


@deployments.operation(
    "DELETE",
    "/<deployment_id>",
    Op(
        may=having("analyst", "admin"),
        summary="删除没有用过的部署",
        about="其中的流程有办件用过（包括已办结的）时答 409，并指出办件；删除后，此前的版本重新生效。",
        query=Withdrawal,
        status=204,
    ),
)
def delete(query: Mapping[str, Any], deployment_id: str) -> Response:
    if query["cascade"]:
        raise BadRequest("办件不随部署删除", cure="请去掉 cascade")
    withdrawing.withdraw(actor(), deployment_id)
    return Response(status=204)
