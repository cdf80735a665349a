"""A student's numbers: masked, whole for a purpose, for an outsider, for a guardian."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields, validate

from service.api.access import SIGNED_IN
from service.api.context import actor, office
from service.api.fields import Body, Text
from service.api.resource import Op, Resource
from service.casework import disclosure
from service.casework.disclosure import Numbers, Wish

personal = Resource("personal", __name__, url_prefix="/api/students", description="学生的个人信息")

_KNOWN = "本单位须是学生的学校、其上级主管部门，或其在办办件的当事方。"


class Looked(Body):
    """An identity number and the name that belongs to it."""

    id_number = Text(required=True, longest=40)
    name = Text(required=True, longest=100)


class Found(Schema):
    """The student."""

    student = fields.String(required=True, metadata={"description": "学生编号"})


class Reason(Body):
    """Why numbers are wanted."""

    reason = Text(required=True, longest=500, metadata={"description": "事由，至少 4 个字，不写证件号码"})


class Purpose(Reason):
    """A purpose of the region's list, and the reason."""

    purpose = Text(required=True, longest=64, metadata={"description": "用途，见地区的 personal_data.yaml"})


class Outside(Reason):
    """Who gets the data, and by which approval."""

    recipient = Text(required=True, longest=200, metadata={"description": "接收单位或个人"})
    document = Text(
        load_default="", longest=200, metadata={"description": "书面批准的文号（须书面批准的地区）"}
    )


class Asked(Reason):
    """Who asks, and the papers that were shown."""

    applicant = Text(required=True, longest=64, metadata={"description": "申请人身份，如 guardian"})
    materials = fields.List(
        Text(longest=64),
        load_default=list,
        validate=validate.Length(max=20),
        metadata={"description": "已核对的证明"},
    )


class Personal(Schema):
    """A student and numbers; which of them there are depends on what is kept."""

    student = fields.String(attribute="student.id", required=True)
    name = fields.String(attribute="student.name")
    school = fields.String(attribute="student.school")
    school_name = fields.String(attribute="student.school_name")
    grade = fields.Integer(attribute="student.grade")
    status = fields.String(attribute="student.status")
    id_number = fields.String(attribute="numbers.id_number", metadata={"description": "身份证号"})
    student_number = fields.String(attribute="numbers.student_number", metadata={"description": "学籍号"})
    local_number = fields.String(attribute="numbers.local_number", metadata={"description": "本地学籍号"})
    guardian_phone = fields.String(attribute="numbers.guardian_phone")
    address = fields.String(attribute="numbers.address")


@personal.operation(
    "POST",
    "/find",
    Op(
        may=SIGNED_IN,
        summary="按身份证号和姓名找学生",
        about="两者都相符才有答复。号码放在请求体中，因为地址会留在访问日志里；每次查找都留痕。",
        body=Looked,
        answer=Found,
    ),
)
def find(body: Mapping[str, Any]) -> dict[str, str]:
    return {"student": disclosure.find(office(), actor(), body["id_number"], body["name"])}


@personal.operation(
    "GET",
    "/<student_id>/personal",
    Op(may=SIGNED_IN, summary="学生的号码，遮盖后", about=_KNOWN, answer=Personal),
)
def look(student_id: str) -> Numbers:
    return disclosure.look(office(), actor(), student_id)


class HeldNumber(Schema):
    """One student number, masked."""

    scheme = fields.String(required=True, metadata={"description": "national 全国，local 本地"})
    kind = fields.String(required=True, metadata={"description": "L 临时、J 居留、G 正式；本地的为空"})
    number = fields.String(required=True, metadata={"description": "遮盖后的号码"})
    since = fields.Date(allow_none=True, metadata={"description": "赋号之日；早先建籍的不详"})
    until = fields.Date(allow_none=True, metadata={"description": "改号之日；现行的为空"})
    clauses = fields.List(fields.String(), required=True)


class History(Schema):
    """Every student number of a student."""

    numbers = fields.List(fields.Nested(HeldNumber), required=True)


@personal.operation(
    "GET",
    "/<student_id>/numbers",
    Op(may=SIGNED_IN, summary="学籍号的历史，遮盖后", about=f"{_KNOWN}改号保存历史。", answer=History),
)
def numbers(student_id: str) -> dict[str, Any]:
    return {"numbers": disclosure.history(office(), actor(), student_id)}


@personal.operation(
    "POST",
    "/<student_id>/reveal",
    Op(
        may=SIGNED_IN,
        summary="查看完整号码",
        about=f"{_KNOWN}须说明用途和事由，并记入办理记录；谁可以查看由学生所在地区的规则定。",
        body=Purpose,
        answer=Personal,
    ),
)
def reveal(body: Mapping[str, Any], student_id: str) -> Numbers:
    return disclosure.reveal(office(), actor(), Wish(student=student_id, **body))


@personal.operation(
    "POST",
    "/<student_id>/release",
    Op(
        may=SIGNED_IN,
        summary="经批准对外提供学籍信息",
        about="由学籍主管部门负责人办理；形式按地区的规则，有的地区一律不得对外提供。",
        body=Outside,
        answer=Personal,
    ),
)
def release(body: Mapping[str, Any], student_id: str) -> Numbers:
    return disclosure.release(office(), actor(), Wish(student=student_id, **body))


@personal.operation(
    "POST",
    "/<student_id>/query",
    Op(
        may=SIGNED_IN,
        summary="学校答复监护人的查询",
        about="学校核验申请人的身份和证明之后办理；谁可以申请、须出示什么由地区的规则定。",
        body=Asked,
        answer=Personal,
    ),
)
def answer_query(body: Mapping[str, Any], student_id: str) -> Numbers:
    return disclosure.answer_query(office(), actor(), Wish(student=student_id, **body))
