"""Sending back for correction (退回) and asking colleagues (加签)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Response
from marshmallow import Schema, fields

from service.api.access import SIGNED_IN
from service.api.context import actor, office
from service.api.engine_rest.shared import Paged, page
from service.api.fields import Body, Flag, Moment, Text
from service.api.preconditions import expected
from service.api.registry.cases import Done, answered
from service.api.resource import Op, Resource
from service.casework import opinions as verbs
from service.casework import returning

opinions = Resource("opinions", __name__, url_prefix="/api", description="退回、加签")


class Return(Body):
    """Why."""

    reason = Text(required=True, longest=500, metadata={"description": "要更正什么"})


class Asking(Body):
    """Whom, and what."""

    person = Text(required=True, longest=255, metadata={"description": "同事的 id 或用户名"})
    question = Text(load_default="", longest=500)


class Giving(Body):
    """What one thinks."""

    agrees = Flag(required=True)
    text = Text(load_default="", longest=1000)


class Opinion(Schema):
    """A question to a colleague, and the answer."""

    id = fields.String(required=True)
    task = fields.String()
    task_name = fields.String()
    case = fields.String(attribute="case_number")
    person = fields.String()
    person_name = fields.String()
    asked_by = fields.String()
    asked_by_name = fields.String()
    question = fields.String()
    asked_at = Moment(dump_only=True)
    agrees = fields.Boolean(allow_none=True, metadata={"description": "空即尚未答复"})
    text = fields.String()
    given_at = Moment(dump_only=True, allow_none=True)
    dropped_at = Moment(dump_only=True, allow_none=True, metadata={"description": "已不再征询"})


@opinions.operation(
    "POST",
    "/tasks/<task_id>/return",
    Op(
        may=SIGNED_IN,
        summary="退回更正",
        about="表单的 decision 中有 return 的环节可以退回，退到哪里由流程图决定；理由写入表单的 opinion。"
        "没有画出退回的环节答 409。",
        body=Return,
        answer=Done,
    ),
)
def send_back(body: Mapping[str, Any], task_id: str) -> dict[str, Any]:
    return answered(returning.send_back(office(), actor(), task_id, body["reason"], expected("t")))


@opinions.operation(
    "POST",
    "/tasks/<task_id>/opinions",
    Op(
        may=SIGNED_IN,
        summary="加签：请同事出具意见",
        about="由签收人（无人签收时由同组的人）请本单位另一位有资格的人员出具意见；意见未出具前任务不能办结。",
        body=Asking,
        answer=Opinion,
        status=201,
    ),
)
def ask(body: Mapping[str, Any], task_id: str) -> Mapping[str, Any]:
    question = verbs.Question(task=task_id, person=body["person"], text=body["question"])
    return verbs.ask(office(), actor(), question)


@opinions.operation(
    "GET",
    "/tasks/<task_id>/opinions",
    Op(may=SIGNED_IN, summary="任务的征询和意见", query=Paged, answer=Opinion(many=True)),
)
def of_task(query: Mapping[str, Any], task_id: str) -> Sequence[Mapping[str, Any]]:
    return verbs.of_task(actor(), task_id, page(query, {}))


@opinions.operation(
    "GET",
    "/opinions",
    Op(may=SIGNED_IN, summary="待我出具的意见", query=Paged, answer=Opinion(many=True)),
)
def asked_of_me(query: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    return verbs.asked_of(actor(), page(query, {}))


@opinions.operation(
    "POST", "/opinions/<opinion>", Op(may=SIGNED_IN, summary="出具意见", body=Giving, answer=Opinion)
)
def give(body: Mapping[str, Any], opinion: str) -> Mapping[str, Any]:
    return verbs.give(actor(), opinion, body["agrees"], body["text"])


@opinions.operation(
    "DELETE",
    "/opinions/<opinion>",
    Op(may=SIGNED_IN, summary="不再征询", about="由征询人或现在的签收人撤回尚未答复的征询。", status=204),
)
def drop(opinion: str) -> Response:
    verbs.drop(actor(), opinion)
    return Response(status=204)
