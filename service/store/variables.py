"""Conditions on an instance's variables (``i.variables``), as lists ask them: a name, a comparison, a value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

# Values of another kind than the one asked for never match; an order is one of numbers, or one of texts.
_COMPARED = """jsonb_typeof(i.variables->:variable) = jsonb_typeof(cast(:value as jsonb))
    and i.variables->:variable {} cast(:value as jsonb)"""
_TEXT = "jsonb_typeof(i.variables->:variable) = 'string' and i.variables->>:variable {} :value"

CONDITIONS = {
    "variable_eq": "i.variables->:variable = cast(:value as jsonb)",
    "variable_neq": "i.variables->:variable <> cast(:value as jsonb)",
    **{
        f"variable_{name}": _COMPARED.format(sign)
        for name, sign in (("gt", ">"), ("gteq", ">="), ("lt", "<"), ("lteq", "<="))
    },
    "variable_like": _TEXT.format("like"),
    "variable_notLike": _TEXT.format("not like"),
}
OPERATORS = ("eq", "neq", "gt", "gteq", "lt", "lteq", "like", "notLike")


def condition(name: str, operator: str, value: Any) -> tuple[str, Mapping[str, Any]]:
    """The condition's name and its values; ``operator`` is one of OPERATORS, ``value`` a plain value."""
    told = value if operator in ("like", "notLike") else orjson.dumps(value).decode()
    return f"variable_{operator}", {"variable": name, "value": told}
