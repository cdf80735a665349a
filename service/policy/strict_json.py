"""JSON from outside read strictly: duplicate keys, NaN and endless nesting are errors with a Chinese cure.

It must not know what the data mean.
"""

from __future__ import annotations

import json

from service.errors import BadDefinition
from service.policy.strict_yaml import load as load_yaml


class _DuplicateError(ValueError):
    """A key stands twice in one object."""


def load(content: bytes, file: str) -> object:
    """The data of a JSON document."""
    cure = "在表单编辑器中重新保存，或检查括号、逗号和引号"
    try:
        return json.loads(content.decode("utf-8-sig"), object_pairs_hook=_once, parse_constant=_no_constant)
    except _DuplicateError as error:
        raise _located(str(error), content, file) from error
    except json.JSONDecodeError as error:
        message = f"不是有效的 JSON（{error.msg}）"
        raise BadDefinition(message, file=file, line=error.lineno, cure=cure) from error
    except (ValueError, RecursionError) as error:
        raise BadDefinition("不是有效的 JSON", file=file, cure=cure) from error


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    table = dict(pairs)
    if len(table) < len(pairs):
        keys = [key for key, _ in pairs]
        raise _DuplicateError(next(key for key in keys if keys.count(key) > 1))
    return table


def _no_constant(name: str) -> object:
    raise ValueError(name)


def _located(key: str, content: bytes, file: str) -> BadDefinition:
    """The duplicate with its line, which only the YAML reader knows (JSON without tabs is YAML)."""
    try:
        load_yaml(content.replace(b"\t", b" "), file)
    except BadDefinition as error:
        if "重复" in error.message:
            return error
    return BadDefinition(f"键“{key}”重复", file=file, cure="删去或改名其中一个")
