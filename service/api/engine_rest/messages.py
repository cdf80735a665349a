"""Messages sent by hand to a case that waits for them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
from flask import Response

from service.api import camunda
from service.api.access import SIGNED_IN
from service.api.context import actor, office
from service.api.fields import Body, Flag, Text, Variables
from service.api.resource import Op, Resource
from service.casework import looking
from service.casework import messages as verbs
from service.errors import BadRequest

messages = Resource("message", __name__, url_prefix="/engine-rest", description="消息")


class Correlation(Body):
    """A message and whom it is for."""

    name = Text(data_key="messageName", required=True)
    case_number = Text(data_key="businessKey", load_default="", metadata={"description": "受理编号"})
    instance = Text(data_key="processInstanceId", load_default="")
    tenant = Text(data_key="tenantId", metadata={"description": "只送给这个地区流程的办件"})
    no_tenant = Flag(data_key="withoutTenantId", metadata={"description": "只送给全国通用流程的办件"})
    keys = Variables(
        data_key="correlationKeys",
        load_default=dict,
        metadata={"description": "只送给流程变量等于这些值的办件"},
    )
    variables = Variables(data_key="processVariables", load_default=dict)
    everyone = Flag(data_key="all", load_default=False, metadata={"description": "不支持，只能为 false"})
    with_result = Flag(data_key="resultEnabled", load_default=False)
    with_variables = Flag(data_key="variablesInResultEnabled", load_default=False)


@messages.operation(
    "POST",
    "/message",
    Op(
        may=SIGNED_IN,
        summary="发送消息",
        about="送给唯一一个正在等待它的办件（监护人撤回等）；"
        "没有办件在等、而它开始一项业务的，用变量 student 中的学生开始新的办件。"
        "谁可以发送由流程图的 sent_by 决定。"
        "`resultEnabled` 时答 200 和结果，否则 204。",
        body=Correlation,
        status=204,
    ),
)
def correlate(body: Mapping[str, Any]) -> Response:
    if body["everyone"]:
        raise BadRequest("不支持 all", cure="一次只送给一个办件，请给出受理编号（businessKey）")
    message = verbs.Message(
        name=body["name"],
        case_number=body["case_number"],
        instance=body["instance"],
        tenants=_tenants(body),
        keys=body["keys"],
        variables=body["variables"],
    )
    done = verbs.correlate(office(), actor(), message)
    if not body["with_result"]:
        return Response(status=204)
    execution = {"id": done.instance, "processInstanceId": done.instance, "ended": done.outcome is not None}
    result: dict[str, Any] = {
        "resultType": "Execution",
        "execution": {**execution, "businessKey": done.case_number},
        "processInstance": None,
    }
    if done.opened:
        case = {**result["execution"], "ended": execution["ended"]}
        result = {"resultType": "ProcessDefinition", "execution": None, "processInstance": case}
    if body["with_variables"]:
        result["variables"] = camunda.variables(looking.look(office(), done.instance).variables)
    return Response(orjson.dumps([result]), mimetype="application/json")


def _tenants(body: Mapping[str, Any]) -> tuple[str | None, ...]:
    if body.get("no_tenant"):
        if "tenant" in body:
            raise BadRequest("tenantId 和 withoutTenantId 不能同时给出", cure="只给其中一个")
        return (None,)
    return (body["tenant"],) if "tenant" in body else ()
