"""Reading an exported journal back: whatever a file may hold is either a line of an export or told as what it is.

What the lines say is judged by ``journal.verify_export``; here only their shape. Knows no database.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import orjson

from service.errors import BadRequest
from service.registry.chain import FIELDS

_HASH = 64
_CURE = "请用 xueji journal export 重新导出；文件在传送中被截断或改动的，请核对来源"
Shape = Mapping[str, Callable[[Any], bool]]


def _number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _text(value: Any) -> bool:
    return isinstance(value, str)


def _hash(value: Any) -> bool:
    return isinstance(value, str) and len(value) == _HASH and set(value) <= set("0123456789abcdef")


def _hash_or_none(value: Any) -> bool:
    return value is None or _hash(value)


def _content(value: Any) -> bool:
    if value is None:
        return True
    if not isinstance(value, dict) or not value.keys() >= set(FIELDS):
        return False
    return all(value[name] is None or isinstance(value[name], str) for name in ("case_number", "student"))


_HEAD: Shape = {"seq": _number, "hash": _hash, "signature": _text}
_LINK: Shape = {
    "seq": _number,
    "entry": _number,
    "hash": _hash,
    "case_hash": _hash_or_none,
    "student_hash": _hash_or_none,
    "content": _content,
}


def lines(file: Path) -> Iterator[dict[str, Any]]:
    """Line by line what ``journal.verify_export`` takes. Raises BadRequest naming file and line."""
    number = 0
    with file.open("rb") as source:
        for number, line in enumerate(source, 1):
            yield _line(file, number, line)
    if number == 0:
        raise _wrong(file, 1, "文件是空的")


def _line(file: Path, number: int, line: bytes) -> dict[str, Any]:
    try:
        found = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise _wrong(file, number, "不是一行完整的 JSON") from error
    if number == 1:
        heads = found.get("heads") if isinstance(found, dict) else None
        if not isinstance(heads, list) or not all(_fits(head, _HEAD) for head in heads):
            raise _wrong(file, number, "第一行应列出各个签名（heads）")
    elif not _fits(found, _LINK):
        lacking = "、".join(
            name for name, fits in _LINK.items() if not (isinstance(found, dict) and fits(found.get(name)))
        )
        raise _wrong(file, number, f"不是链上的一环（{lacking}）")
    return dict(found)


def _fits(value: Any, shape: Shape) -> bool:
    return isinstance(value, dict) and all(
        name in value and fits(value[name]) for name, fits in shape.items()
    )


def _wrong(file: Path, line: int, what: str) -> BadRequest:
    return BadRequest(f"{file.name} 不是办理记录的导出：{what}", file=str(file), line=line, cure=_CURE)
