"""Comments on user tasks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from marshmallow import Schema, fields

from service.api.access import SIGNED_IN
from service.api.context import actor
from service.api.engine_rest.shared import Paged, page
from service.api.engine_rest.tasks import tasks
from service.api.fields import Body, Moment, Text
from service.api.resource import Op
from service.casework import remarks
from service.casework import tasks as verbs
from service.errors import NotFound
from service.store import comments
from service.store.comments import COMMENTS
from service.store.db import transaction

_SEEN = "看得到任务（含已办结的）的人都可以看和写；写下的不能修改或删除。"


class Comment(Schema):
    """What somebody wrote beside a task. ``userName`` is an addition to Camunda's."""

    id = fields.String(required=True)
    by = fields.String(data_key="userId")
    by_name = fields.String(data_key="userName")
    at = Moment(data_key="time", dump_only=True)
    task = fields.String(data_key="taskId")
    instance = fields.String(data_key="processInstanceId")
    root = fields.String(attribute="instance", data_key="rootProcessInstanceId", dump_only=True)
    message = fields.Function(comments.message_of, metadata={"type": "string", "description": "内容"})
    removal = fields.Constant(None, data_key="removalTime")


class NewComment(Body):
    """What to write."""

    message = Text(required=True, metadata={"description": "内容，不超过 4000 个字"})
    instance = Text(data_key="processInstanceId", metadata={"description": "可省略；忽略，由任务决定"})


@tasks.operation(
    "GET",
    "/<task_id>/comment",
    Op(
        may=SIGNED_IN,
        summary="任务的意见，按先后排列",
        about=_SEEN,
        query=Paged,
        answer=Comment(many=True),
    ),
)
def list_comments(query: Mapping[str, Any], task_id: str) -> Sequence[Mapping[str, Any]]:
    with transaction() as connection:
        verbs.visible(connection, actor(), task_id)
        return COMMENTS.find(connection, {"task": task_id}, page(query, {}))


@tasks.operation(
    "GET", "/<task_id>/comment/<comment_id>", Op(may=SIGNED_IN, summary="一条意见", answer=Comment)
)
def get_comment(task_id: str, comment_id: str) -> Mapping[str, Any]:
    with transaction() as connection:
        verbs.visible(connection, actor(), task_id)
        row = COMMENTS.one(connection, {"task": task_id, "id": comment_id})
    if row is None:
        raise NotFound("没有这条意见", cure="请核对编号，或刷新列表")
    return row


@tasks.operation(
    "POST",
    "/<task_id>/comment/create",
    Op(may=SIGNED_IN, summary="在任务旁写意见", about=_SEEN, body=NewComment, answer=Comment),
)
def create_comment(body: Mapping[str, Any], task_id: str) -> Mapping[str, Any]:
    return get_comment(task_id, remarks.comment(actor(), task_id, body["message"]))
