"""Starting a case: by definition, by procedure alone, or by procedure and region."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from service.api.access import SIGNED_IN
from service.api.context import actor, office
from service.api.engine_rest.definition_schemas import Start, Started
from service.api.engine_rest.definitions import definitions, get_definition
from service.api.resource import Op
from service.casework import cases, looking
from service.casework.advance import Advanced
from service.casework.cases import STUDENT, UNIT
from service.errors import BadRequest
from service.store.db import transaction

_STARTING = (
    "`student` 变量给出学生，其余变量是发起表单的各项。"
    "不符合办理条件时答 422，`errors` 逐条列出所违反的规定和条款。"
)


@definitions.operation(
    "POST",
    "/<definition_id>/submit-form",
    Op(may=SIGNED_IN, summary="提交发起表单", about="与 start 相同。", body=Start, answer=Started),
)
@definitions.operation(
    "POST",
    "/<definition_id>/start",
    Op(
        may=SIGNED_IN,
        summary="发起：指明流程定义",
        about=f"{_STARTING}该单位现行的是另一个定义时答 409，并指出应当用哪个。",
        body=Start,
        answer=Started,
    ),
)
def start_by_id(body: Mapping[str, Any], definition_id: str) -> dict[str, Any]:
    found = get_definition(definition_id)
    return _start(body, procedure=found["key"], definition=definition_id)


@definitions.operation(
    "POST",
    "/key/<key>/submit-form",
    Op(
        may=SIGNED_IN, summary="提交发起表单：只指明业务", about="与 start 相同。", body=Start, answer=Started
    ),
)
@definitions.operation(
    "POST",
    "/key/<key>/start",
    Op(
        may=SIGNED_IN,
        summary="发起：只指明业务",
        about=f"{_STARTING}用哪个地区、哪个版本的流程由发起单位和当日现行的规定决定。",
        body=Start,
        answer=Started,
    ),
)
def start_by_key(body: Mapping[str, Any], key: str) -> dict[str, Any]:
    return _start(body, procedure=key)


@definitions.operation(
    "POST",
    "/key/<key>/tenant-id/<tenant>/submit-form",
    Op(
        may=SIGNED_IN,
        summary="提交发起表单：指明业务和地区",
        about="与 start 相同。",
        body=Start,
        answer=Started,
    ),
)
@definitions.operation(
    "POST",
    "/key/<key>/tenant-id/<tenant>/start",
    Op(
        may=SIGNED_IN,
        summary="发起：指明业务和地区",
        about=f"{_STARTING}该单位适用的是另一个地区的流程时答 409，并指出应当用哪个。",
        body=Start,
        answer=Started,
    ),
)
def start_in_region(body: Mapping[str, Any], key: str, tenant: str) -> dict[str, Any]:
    return _start(body, procedure=key, tenant=tenant, by_tenant=True)


def _start(body: Mapping[str, Any], **which: Any) -> dict[str, Any]:
    answers = dict(body["variables"])
    student, unit = answers.pop(STUDENT, None), answers.pop(UNIT, None)
    if not isinstance(student, str) or not student:
        raise BadRequest("没有指明学生", cure=f'请在 variables 中写 "{STUDENT}": {{"value": "学生 id"}}')
    if not isinstance(unit, str | None):
        raise BadRequest("发起单位应为文字", cure=f"{UNIT} 请写单位 id，或省略")
    wish = cases.Start(student=student, form=answers, unit=unit or "", **which)
    return _started(cases.start(office(), actor(), wish), with_variables=body["with_variables"])


def _started(done: Advanced, *, with_variables: bool) -> dict[str, Any]:
    with transaction() as connection:
        row = looking.instance(connection, actor(), done.instance)
    answer = {
        "id": done.instance,
        "definition": row["definition"],
        "case_number": done.case_number,
        "ended": done.outcome is not None,
        "tenant": row["tenant"],
        "links": [],
    }
    if with_variables:
        answer["variables"] = looking.look(office(), done.instance).variables
    return answer
