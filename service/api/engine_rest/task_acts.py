"""What is done with user tasks: taking, passing on, completing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response

from service.api import camunda
from service.api.access import SIGNED_IN
from service.api.context import actor, office
from service.api.engine_rest import task_schemas as schemas
from service.api.engine_rest.shared import as_json
from service.api.engine_rest.task_query import check_self
from service.api.engine_rest.tasks import get_task, tasks
from service.api.preconditions import expected
from service.api.resource import Op
from service.casework import delegating, handing, looking
from service.casework import tasks as verbs
from service.errors import BadRequest, Forbidden


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
        check_self(actor(), body["user_id"])
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
    return as_json(camunda.variables(looking.look(office(), done.instance).variables))


@tasks.operation(
    "POST",
    "/<task_id>/submit-form",
    Op(
        may=SIGNED_IN,
        summary="提交表单办结任务",
        about="与 complete 相同；受托办理（delegationState 为 PENDING）的任务则交回委托人，此时 variables 须为空。",
        body=schemas.Complete,
        status=204,
    ),
)
def submit_form(body: Mapping[str, Any], task_id: str) -> Response:
    if looking.open_task(actor(), task_id).delegation == delegating.PENDING:
        return resolve(body, task_id)
    return complete(body, task_id)


@tasks.operation(
    "POST",
    "/<task_id>/delegate",
    Op(
        may=SIGNED_IN,
        summary="委托他人办理",
        about="由签收人（未签收时由候选组中的人）委托给能办这个任务的同事：任务到受托人手中，"
        "`delegationState` 为 PENDING；受托人交回（resolve）之后，由委托人办结。",
        body=schemas.Delegate,
        status=204,
    ),
)
def delegate(body: Mapping[str, Any], task_id: str) -> Response:
    delegating.delegate(office(), actor(), task_id, body["user_id"], expected("t"))
    return Response(status=204)


@tasks.operation(
    "POST",
    "/<task_id>/resolve",
    Op(may=SIGNED_IN, summary="受托人交回任务", body=schemas.Resolve, status=204),
)
def resolve(body: Mapping[str, Any], task_id: str) -> Response:
    if body["variables"]:
        raise BadRequest(
            "交回时不提交表单", cure="请去掉 variables；意见请写在 comment 中，表单由委托人办结时提交"
        )
    delegating.resolve(actor(), task_id, expected("t"))
    return Response(status=204)


@tasks.operation(
    "POST",
    "/<task_id>/bpmnError",
    Op(
        may=SIGNED_IN,
        summary="以业务错误结束任务",
        about="流程从任务上接住这个代码的错误边界事件继续；没有接住的答 422，任务不变。",
        body=schemas.TaskError,
        status=204,
    ),
)
def bpmn_error(body: Mapping[str, Any], task_id: str) -> Response:
    delegating.throw(office(), actor(), task_id, body["code"], body["message"])
    return Response(status=204)


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


@tasks.operation(
    "POST",
    "/<task_id>/identity-links",
    Op(
        may=SIGNED_IN,
        summary="指定签收人",
        about="`type` 只接受 assignee，与 /assignee 相同；候选组由流程图决定，不能由人增减（403）。",
        body=schemas.Link,
        status=204,
    ),
)
def add_link(body: Mapping[str, Any], task_id: str) -> Response:
    user = _assignee_of(body, task_id)
    return assignee({"user_id": user}, task_id)


@tasks.operation(
    "POST",
    "/<task_id>/identity-links/delete",
    Op(
        may=SIGNED_IN,
        summary="退回签收",
        about="`type` 只接受 assignee，须是自己；候选组由流程图决定，不能由人增减（403）。",
        body=schemas.Link,
        status=204,
    ),
)
def delete_link(body: Mapping[str, Any], task_id: str) -> Response:
    check_self(actor(), _assignee_of(body, task_id))
    return unclaim(task_id)


def _assignee_of(body: Mapping[str, Any], task_id: str) -> str:
    """The person of a link we may change."""
    looking.open_task(actor(), task_id)
    if body["kind"] != "assignee":
        raise Forbidden("谁可以办由流程图的候选组决定，不能由人增减", cure="type 请写 assignee，或修改流程图")
    if "user" not in body or "group" in body:
        raise BadRequest("签收人应是一个人", cure="请给出 userId，不给 groupId")
    return str(body["user"])
