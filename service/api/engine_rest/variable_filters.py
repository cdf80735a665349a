"""Conditions on process variables as Camunda's clients write them: ``name_eq_value`` in an address (always a text),
``[{"name", "operator", "value"}]`` in a body."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from marshmallow import ValidationError, fields

from service.policy.values import is_value
from service.store.listing import Each
from service.store.variables import OPERATORS, condition

_MOST = 20
_WRITTEN = '地址中应写成 名称_eq_值（逗号分开），请求体中应写成 [{"name": …, "operator": "eq", "value": …}]'


class VariableConditions(fields.Field[list[tuple[str, str, Any]]]):
    """(name, operator, value) each."""

    def __init__(self, **options: Any) -> None:
        told = options.pop("metadata", {})
        about = {"description": f"{_WRITTEN}；运算：{'、'.join(OPERATORS)}", **told}
        super().__init__(metadata=about, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **_: Any) -> Any:
        entries = list(_split(value)) if isinstance(value, str) else value
        if not isinstance(entries, list) or len(entries) > _MOST:
            raise ValidationError(_WRITTEN)
        return [_read(entry) for entry in entries]


def _split(text: str) -> Iterator[dict[str, Any]]:
    for part in text.split(","):
        name, operator, value = _parts(part)
        yield {"name": name, "operator": operator, "value": value}


def _parts(text: str) -> tuple[str, str, str]:
    """The operator is the first one that stands between two underscores: names may hold underscores themselves."""
    found = [(text.find(f"_{one}_"), one) for one in OPERATORS if text.find(f"_{one}_") > 0]
    if not found:
        raise ValidationError(_WRITTEN)
    at, operator = min(found)
    return text[:at], operator, text[at + len(operator) + 2 :]


def _read(entry: Any) -> tuple[str, str, Any]:
    if not isinstance(entry, dict) or not {"name", "operator", "value"} >= entry.keys() >= {
        "name",
        "operator",
    }:
        raise ValidationError(_WRITTEN)
    name, operator, value = entry["name"], entry["operator"], entry.get("value")
    if not isinstance(name, str) or operator not in OPERATORS or not is_value(value):
        raise ValidationError(_WRITTEN)
    if operator in ("like", "notLike") and not isinstance(value, str):
        raise ValidationError(f"{operator} 的值应为文字")
    return name, operator, value


def conditions_of(asked: Sequence[tuple[str, str, Any]]) -> dict[str, Each]:
    """As a listing takes them."""
    found: dict[str, list[Any]] = {}
    for name, operator, value in asked:
        key, values = condition(name, operator, value)
        found.setdefault(key, []).append(values)
    return {key: Each(values) for key, values in found.items()}
