"""The guardian's look at one case: no account, only the case's number and the code the school gave."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, request
from marshmallow import Schema, fields

from service.api.access import PUBLIC_COSTLY, SIGNED_IN
from service.api.context import actor, office, services
from service.api.fields import Body, Moment, Text
from service.api.resource import Op, Resource
from service.casework import guardian as verbs

guardians = Resource("guardian", __name__, url_prefix="/api", description="监护人查询")


class GuardianKey(Body):
    """What the guardian was given."""

    number = Text(required=True, longest=100, metadata={"description": "受理编号"})
    code = Text(required=True, longest=40, metadata={"description": "学校给出的查询码"})


class GuardianRecall(GuardianKey):
    """And why."""

    reason = Text(load_default="", longest=500)


class GuardianWaiting(Schema):
    """A step that is being worked on."""

    unit = fields.String(required=True)
    step = fields.String()
    until = Moment(dump_only=True, allow_none=True, metadata={"description": "应当办结的时刻"})


class GuardianEvent(Schema):
    """A step that is over."""

    at = Moment(dump_only=True)
    unit = fields.String()
    what = fields.String()
    step = fields.String()


class GuardianNotice(Schema):
    """What the guardian was told."""

    at = Moment(dump_only=True)
    text = fields.String()


class GuardianView(Schema):
    """The case in plain words; names units, never officials."""

    number = fields.String(required=True)
    procedure = fields.String()
    student = fields.String(metadata={"description": "姓名，只显示姓"})
    opened_at = Moment(dump_only=True)
    closed_at = Moment(dump_only=True, allow_none=True)
    outcome = fields.String()
    status = fields.String(metadata={"description": "办到哪里、应于何时办结"})
    to_do = fields.String(metadata={"description": "监护人要做什么"})
    may_recall = fields.Boolean()
    waiting = fields.List(fields.Nested(GuardianWaiting))
    history = fields.List(fields.Nested(GuardianEvent))
    notices = fields.List(fields.Nested(GuardianNotice))


class IssuedCode(Schema):
    """A code, shown this once."""

    code = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "用同一 Idempotency-Key 重发的答复中为空：请用新的值重新发放"},
    )


@guardians.operation(
    "POST",
    "/guardian/case",
    Op(
        may=PUBLIC_COSTLY,
        summary="监护人查询办件",
        about="凭受理编号和查询码查看这一个办件：办到哪里、应于何时办结、需要做什么。"
        "编号或查询码不对时都答 404；一个地址连续输错会被暂时锁定（429）。",
        body=GuardianKey,
        answer=GuardianView,
        reads=True,
    ),
)
def look(body: Mapping[str, Any]) -> dict[str, Any]:
    view = verbs.look(services().settings.secret_key, _key(body))
    return {**vars(view), "notices": [{"at": at, "text": text} for at, text in view.notices]}


@guardians.operation(
    "POST",
    "/guardian/recall",
    Op(
        may=PUBLIC_COSTLY,
        summary="监护人撤回办件",
        about="流程图允许监护人（sent_by 中的 guardian）撤回、且尚未过可撤回的环节时。",
        body=GuardianRecall,
        status=204,
    ),
)
def recall(body: Mapping[str, Any]) -> Response:
    verbs.recall(office(), services().settings.secret_key, _key(body), body["reason"])
    return Response(status=204)


@guardians.operation(
    "POST",
    "/cases/<number>/guardian-code",
    Op(
        may=SIGNED_IN,
        summary="给监护人发放查询码",
        about="查询码只在这里显示一次，系统只保存其摘要；重新发放后旧码作废。须是当事单位。",
        answer=IssuedCode,
        told_once="code",
    ),
)
def issue(number: str) -> dict[str, str]:
    return {"code": verbs.issue(services().settings.secret_key, actor(), number)}


def _key(body: Mapping[str, Any]) -> verbs.Key:
    return verbs.Key(number=body["number"], code=body["code"], address=request.remote_addr or "")
