"""How an error looks, for the API's description."""

from __future__ import annotations

from marshmallow import Schema, fields


class FindingSchema(Schema):
    """One finding of several: a field, a broken rule, an element of a diagram."""

    message = fields.String(required=True)
    where = fields.String(metadata={"description": "表单项、决策规则或流程元素的 id"})
    file = fields.String()
    line = fields.Integer()
    cure = fields.String(metadata={"description": "怎样改正"})
    clauses = fields.List(fields.String(), metadata={"description": "所依据的条款"})


class ProblemSchema(Schema):
    """An error (RFC 9457, with Camunda's ``type`` and ``message``)."""

    type = fields.String(required=True, metadata={"description": "Camunda 的异常类型"})
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True, metadata={"description": "哪里不对，怎样改正"})
    message = fields.String(required=True, metadata={"description": "detail 及逐条所列"})
    code = fields.String(required=True, metadata={"description": "供程序判断的代码"})
    instance = fields.String(metadata={"description": "所请求的路径"})
    clauses = fields.List(fields.String(), metadata={"description": "所依据的条款"})
    errors = fields.List(fields.Nested(FindingSchema))
    file = fields.String()
    element = fields.String()
    line = fields.Integer()
    cure = fields.String()
    winner = fields.String(metadata={"description": "409：先办理的人"})
    reference = fields.String(metadata={"description": "500：供管理员查找日志的编号"})
