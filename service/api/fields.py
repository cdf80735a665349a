"""The marshmallow fields of the API: with limits, and with sentences people can read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, pre_load, validate

from service.api import camunda
from service.policy.values import Value, is_value

MOST_VARIABLES = 500
_LONGEST = 4000


def _messages(**more: str) -> dict[str, Any]:
    return {"required": "必须给出", "null": "不能为空", "validator_failed": "取值不正确", **more}


class Body(Schema):
    """A request: unknown keys are refused, null counts as not given."""

    error_messages = _messages(unknown="不认识这一项", type="应为 JSON 对象")

    @pre_load
    def _without_nulls(self, data: Any, **_: Any) -> Any:
        return (
            {key: value for key, value in data.items() if value is not None}
            if isinstance(data, dict)
            else data
        )


class Text(fields.String):
    """A short text."""

    default_error_messages = _messages(invalid="应为文字", invalid_utf8="应为 UTF-8 文字")

    def __init__(self, *, longest: int = _LONGEST, **options: Any) -> None:
        check = validate.Length(max=longest, error=f"不能超过 {longest} 个字符")
        super().__init__(validate=check, **options)


class Choice(fields.String):
    """One of a closed list."""

    default_error_messages = _messages(invalid="应为文字")

    def __init__(self, *choices: str, **options: Any) -> None:
        check = validate.OneOf(choices, error=f"应为其中之一：{'、'.join(choices)}")
        super().__init__(validate=check, **options)


class Whole(fields.Integer):
    """A whole number within bounds."""

    default_error_messages = _messages(invalid="应为整数", too_large="数太大")

    def __init__(self, *, least: int = 0, most: int = (1 << 31) - 1, **options: Any) -> None:
        check = validate.Range(least, most, error=f"应在 {least} 至 {most} 之间")
        super().__init__(validate=check, **options)


class Flag(fields.Boolean):
    """true or false."""

    default_error_messages = _messages(invalid="应为 true 或 false")


class Day(fields.Date):
    """A day."""

    default_error_messages = _messages(invalid="应为日期，如 2026-09-03")


class Moment(fields.Field[datetime]):
    """An instant, written as Camunda writes it."""

    default_error_messages = _messages(invalid="应为时刻，如 2026-09-03T09:00:00.000+0800")

    def _serialize(self, value: datetime | None, attr: str | None, obj: Any, **_: Any) -> str | None:
        return camunda.instant(value)

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **_: Any
    ) -> datetime:
        try:
            return camunda.parse_instant(value)
        except (ValueError, OverflowError) as error:
            raise self.make_error("invalid") from error


class Commas(fields.Field[list[str]]):
    """Several texts: separated by commas in an address, a list in a JSON body."""

    default_error_messages = _messages(
        invalid="应为用逗号分开的文字", many=f"不能多于 {MOST_VARIABLES} 项，请分几次查询"
    )

    def _serialize(self, value: Any, attr: str | None, obj: Any, **_: Any) -> Any:
        return value

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **_: Any
    ) -> list[str]:
        parts = value.split(",") if isinstance(value, str) else value
        if not isinstance(parts, list) or not all(isinstance(one, str) for one in parts):
            raise self.make_error("invalid")
        found = [one.strip() for one in parts if one.strip()]
        if len(found) > MOST_VARIABLES:  # cut, the answer would be to another question
            raise self.make_error("many")
        return found


class Variable(Schema):
    """One typed variable (only for the API's description)."""

    value = fields.Raw(metadata={"description": "值：文字、数字、是/否、文字列表或空"})
    type = fields.String(
        metadata={"description": "String、Boolean、Integer、Long、Double、Date、Json 或 Null，可省略"}
    )
    valueInfo = fields.Dict()  # noqa: N815  Camunda's name


class TypedValue(Body):
    """One typed variable, read into ``{"value": …}``."""

    value = fields.Raw(allow_none=True, metadata={"description": "值：文字、数字、是/否、文字列表或空"})
    type = Text(
        metadata={"description": "String、Boolean、Integer、Long、Double、Date、Json 或 Null，可省略"}
    )
    valueInfo = fields.Dict(load_only=True)  # noqa: N815  Camunda's name

    @post_load
    def _plain(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        try:
            return {"value": camunda.plain(data)}
        except ValueError as error:
            raise ValidationError({"value": [str(error)]}) from error


class Variables(fields.Dict):
    """Camunda's variables ``{name: {value, type}}``; read into plain values, written from them."""

    default_error_messages = _messages(invalid="应为 JSON 对象")

    def __init__(self, **options: Any) -> None:
        super().__init__(keys=fields.String(), values=fields.Nested(Variable), **options)

    def _serialize(self, value: Any, attr: str | None, obj: Any, **_: Any) -> Any:
        return camunda.variables(value or {})

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **_: Any) -> Any:
        given = _small_object(self, value)
        wrong: dict[str, list[str]] = {}
        found: dict[str, Value] = {}
        for name, entry in given.items():
            try:
                found[name] = camunda.plain(_entry(entry))
            except ValueError as error:
                wrong[name[:100]] = [str(error)]
        if wrong:
            raise ValidationError(wrong)
        return found


class Answers(fields.Dict):
    """A form's answers as plain JSON ``{key: value}``."""

    default_error_messages = _messages(invalid="应为 JSON 对象")

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **_: Any) -> Any:
        given = _small_object(self, value)
        wrong = {
            name[:100]: ["应为文字、数字、是/否、文字列表或空"]
            for name, one in given.items()
            if not is_value(one)
        }
        if wrong:
            raise ValidationError(wrong)
        return given


def _small_object(field: fields.Field[Any], value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise field.make_error("invalid")
    if len(value) > MOST_VARIABLES:
        raise ValidationError(f"不能多于 {MOST_VARIABLES} 项")
    return value


def _entry(entry: object) -> Mapping[str, Any]:
    if not isinstance(entry, dict) or not entry.keys() <= {"value", "type", "valueInfo", "local"}:
        raise ValueError('应写成 {"value": …, "type": …}')
    if not isinstance(entry.get("type"), str | None):
        raise ValueError("类型应为文字")
    return entry
