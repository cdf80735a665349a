"""Attachments of user tasks: the materials of the case that were handed in with the task, under Camunda's names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Response, request
from marshmallow import EXCLUDE, Schema, fields

from service.api.access import SIGNED_IN, UPLOADING
from service.api.context import actor, office
from service.api.engine_rest.shared import Paged, page
from service.api.engine_rest.tasks import tasks
from service.api.fields import Body, Moment, Text
from service.api.registry.materials import delivered
from service.api.resource import Op
from service.casework import materials as verbs
from service.casework import tasks as task_verbs
from service.errors import BadRequest, NotFound
from service.store.db import transaction


class Attachment(Schema):
    """A file handed in with a task."""

    id = fields.String(required=True)
    name = fields.String()
    description = fields.String()
    task = fields.String(data_key="taskId")
    media_type = fields.String(data_key="type", metadata={"description": "由内容认定"})
    url = fields.Constant(None)
    at = Moment(data_key="createTime", dump_only=True)
    removal = fields.Constant(None, data_key="removalTime")
    root = fields.Constant(None, data_key="rootProcessInstanceId")


class NewAttachment(Body):
    """The fields beside the file, whose part is called ``content``."""

    class Meta:
        unknown = EXCLUDE

    name = Text(data_key="attachment-name", load_default="", longest=200)
    description = Text(data_key="attachment-description", load_default="", longest=500)
    kind = Text(data_key="attachment-type", longest=200, metadata={"description": "不起作用：由内容认定"})
    url = Text(metadata={"description": "不支持：请上传文件本身"})


def _check_task(task_id: str) -> None:
    with transaction() as connection:
        task_verbs.visible(connection, actor(), task_id)


@tasks.operation(
    "GET",
    "/<task_id>/attachment",
    Op(may=SIGNED_IN, summary="任务的附件", query=Paged, answer=Attachment(many=True)),
)
def list_attachments(query: Mapping[str, Any], task_id: str) -> Sequence[Mapping[str, Any]]:
    _check_task(task_id)
    return verbs.listed(actor(), {"task": task_id}, page(query, {}))


@tasks.operation(
    "POST",
    "/<task_id>/attachment/create",
    Op(
        may=UPLOADING,
        summary="为任务上传附件",
        about="multipart/form-data，文件部件名为 content。只收 JPG、PNG、PDF，按内容认定，每个不超过 2 MB；"
        "随即归入办件，当事单位都能看到。",
        form=NewAttachment,
        answer=Attachment,
    ),
)
def create_attachment(form: Mapping[str, Any], task_id: str) -> Mapping[str, Any]:
    files = list(request.files.values())
    if len(files) != 1 or "url" in form:
        raise BadRequest("应有且只有一个文件", cure="用 multipart/form-data，文件部件名为 content，不用 url")
    _check_task(task_id)
    given = verbs.Upload(
        content=files[0].stream.read(),
        name=form["name"] or files[0].filename or "",
        description=form["description"],
        task=task_id,
    )
    return verbs.upload(office(), actor(), given)


@tasks.operation(
    "GET",
    "/<task_id>/attachment/<attachment_id>",
    Op(may=SIGNED_IN, summary="一个附件的说明", answer=Attachment),
)
def get_attachment(task_id: str, attachment_id: str) -> Mapping[str, Any]:
    _check_task(task_id)
    row = verbs.find(actor(), attachment_id)
    if row["task"] != task_id:
        raise NotFound("任务没有这个附件", cure="请核对编号，或刷新列表")
    return row


@tasks.operation(
    "GET",
    "/<task_id>/attachment/<attachment_id>/data",
    Op(may=SIGNED_IN, summary="下载附件", about="查看记入办理记录。", raw="*/*"),
)
def download_attachment(task_id: str, attachment_id: str) -> Response:
    get_attachment(task_id, attachment_id)
    return delivered(verbs.read(actor(), attachment_id), "attachment")


@tasks.operation(
    "DELETE",
    "/<task_id>/attachment/<attachment_id>",
    Op(
        may=SIGNED_IN,
        summary="删除附件",
        about="总是 409：已归入办件的附件不能删除。没有归入的草稿见 /api/materials。",
        status=204,
    ),
)
def delete_attachment(task_id: str, attachment_id: str) -> Response:
    get_attachment(task_id, attachment_id)
    verbs.delete(actor(), attachment_id)
    return Response(status=204)
