"""Students within one's right: search, record, timeline. Identity numbers are in ``personal``, masked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from marshmallow import Schema, fields

from service.api.access import SIGNED_IN
from service.api.context import actor
from service.api.engine_rest.shared import Count, Paged, conditions, page, sort_order
from service.api.fields import Body, Choice, Flag, Text, Whole
from service.api.resource import Op, Resource
from service.casework import rolls

students = Resource("students", __name__, url_prefix="/api/students", description="学生与学籍")

_SORTS = {"name": "name", "grade": "grade", "school": "school", "status": "status"}
_CONDITIONS = {
    name: name
    for name in (
        *("name", "name_like", "school", "stage", "grade", "class_no", "status", "number_class", "in_case"),
    )
}


class StudentFilter(Body):
    """Which students."""

    name = Text(longest=100)
    name_like = Text(data_key="nameLike", longest=100, metadata={"description": "如 张%"})
    school = Text(longest=100)
    stage = Choice("primary", "junior", "senior")
    grade = Whole(most=12)
    class_no = Whole(data_key="classNo", most=1000)
    status = Text(longest=50, metadata={"description": "学籍状态，见 statuses.yaml"})
    number_class = Text(data_key="numberClass", longest=50)
    in_case = Flag(data_key="inCase", metadata={"description": "true：有在办办件"})


class StudentQuery(StudentFilter, Paged):
    """And which part of them."""

    sort_by = Choice(*_SORTS, data_key="sortBy")
    sort_order = sort_order()


class Student(Schema):
    """A student with the record (学籍)."""

    id = fields.String(required=True)
    name = fields.String()
    school = fields.String()
    school_name = fields.String()
    county = fields.String()
    stage = fields.String()
    grade = fields.Integer()
    class_no = fields.Integer(allow_none=True)
    status = fields.String()
    number_class = fields.String()
    problem_flag = fields.String()
    sanction = fields.String()
    lock_kind = fields.String(allow_none=True, metadata={"description": "在办业务"})
    lock_case = fields.String(allow_none=True, metadata={"description": "在办办件的受理编号"})
    place_of_study = fields.String()


class Turn(Schema):
    """One turn in the life of a record."""

    on = fields.Date(required=True)
    kind = fields.String(metadata={"description": "case、move 或 suspension"})
    what = fields.String()
    case = fields.String(metadata={"description": "所依据的办件"})


@students.operation(
    "GET",
    "",
    Op(
        may=SIGNED_IN,
        summary="学生列表",
        about="学校可查本校学生，主管部门可查所辖和所办学校的学生；其他学生只能经由办件查看。不含证件号码。",
        query=StudentQuery,
        answer=Student(many=True),
    ),
)
def listed(query: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    return rolls.students_found(actor(), conditions(query, _CONDITIONS), page(query, _SORTS))


@students.operation("GET", "/count", Op(may=SIGNED_IN, summary="学生数", query=StudentFilter, answer=Count))
def counted(query: Mapping[str, Any]) -> dict[str, int]:
    return {"count": rolls.students_counted(actor(), conditions(query, _CONDITIONS))}


@students.operation(
    "GET",
    "/<student_id>",
    Op(
        may=SIGNED_IN,
        summary="一名学生的学籍",
        about="本单位须是学生的学校、其上级主管部门，或其在办办件的当事方。",
        answer=Student,
    ),
)
def one(student_id: str) -> Mapping[str, Any]:
    return rolls.student(actor(), student_id)


@students.operation(
    "GET",
    "/<student_id>/timeline",
    Op(
        may=SIGNED_IN,
        summary="学籍经过",
        about="办件、学籍转移和休学，先发生的在前。只因办件知道该学生的单位，只看到自己参与的办件。",
        answer=Turn(many=True),
    ),
)
def timeline(student_id: str) -> list[rolls.Turn]:
    return rolls.turns(actor(), student_id)
