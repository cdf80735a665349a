"""YAML read strictly: what a person mistyped is an error with file and line, never a surprise at night.

Duplicate keys, anchors, tags and YAML 1.1's odd readings (yes/no, 010, 12:30) are out. Keys are text
as written. It must not know what any file means; ``reader.py`` helps those who do.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import yaml

from service.errors import BadDefinition

_Parser: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_DEEPEST = 40

_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})", re.ASCII)
_DECIMAL = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})\.[0-9]{1,17}", re.ASCII)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_WORDS: dict[str, object] = {"": None, "~": None, "null": None, "true": True, "false": False}


class Table(dict[str, object]):
    """A mapping that remembers the line it starts on and the line of each key."""

    __slots__ = ("line", "lines")

    def __init__(self, line: int) -> None:
        super().__init__()
        self.line = line
        self.lines: dict[str, int] = {}


class Rows(list[object]):
    """A list that remembers the line of each item."""

    __slots__ = ("lines",)

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[int] = []


def load(content: bytes | str, file: str) -> object:
    """The data of one YAML document, mappings as ``Table`` and lists as ``Rows``."""
    parser = None
    try:
        parser = _Parser(content)
        return _Builder(parser, file).document()
    except (yaml.YAMLError, UnicodeError) as error:
        raise _syntax(error, file) from error
    finally:
        if parser is not None:
            parser.dispose()


def _syntax(error: Exception, file: str) -> BadDefinition:
    mark = getattr(error, "problem_mark", None)
    reason = getattr(error, "problem", None) or str(error).splitlines()[0]
    cure = "检查缩进、冒号后的空格、引号是否成对，文件须为 UTF-8 编码"
    line = 0 if mark is None else int(mark.line) + 1
    return BadDefinition(f"不是有效的 YAML（{reason}）", file=file, line=line, cure=cure)


class _Builder:
    """Builds the data from parser events; the library's own composer overflows its stack when nested deep."""

    def __init__(self, parser: Any, file: str) -> None:
        self._parser, self._file = parser, file

    def document(self) -> object:
        self._parser.get_event()
        if self._parser.check_event(yaml.StreamEndEvent):
            return None
        self._parser.get_event()
        data = self._node(self._parser.get_event(), 0)
        self._parser.get_event()
        if not self._parser.check_event(yaml.StreamEndEvent):
            raise self._bad(self._parser.get_event(), "文件里有多个文档", "去掉 --- 分隔线，一个文件只写一份")
        return data

    def _bad(self, event: Any, message: str, cure: str) -> BadDefinition:
        return BadDefinition(message, file=self._file, line=event.start_mark.line + 1, cure=cure)

    def _node(self, event: Any, depth: int) -> object:
        if getattr(event, "anchor", None):
            raise self._bad(event, "不支持锚点和引用（& 与 *）", "把内容直接写在用到的地方")
        if event.tag:
            raise self._bad(event, f"不支持类型标记“{event.tag}”", "去掉以 ! 开头的标记")
        if depth > _DEEPEST:
            raise self._bad(event, "嵌套太深", "减少嵌套层次")
        if isinstance(event, yaml.ScalarEvent):
            return self._plain(event) if event.implicit[0] else event.value
        return self._table(event, depth) if isinstance(event, yaml.MappingStartEvent) else self._rows(depth)

    def _table(self, start: Any, depth: int) -> Table:
        table = Table(start.start_mark.line + 1)
        while not isinstance(event := self._parser.get_event(), yaml.MappingEndEvent):
            key = self._key(event, table)
            table[key] = self._node(self._parser.get_event(), depth + 1)
            table.lines[key] = event.start_mark.line + 1
        return table

    def _key(self, event: Any, table: Table) -> str:
        if not isinstance(event, yaml.ScalarEvent) or event.tag or event.anchor:
            raise self._bad(event, "键必须是简单的文字", "把键写成一个词")
        key = str(event.value)
        if key in table:
            message = f"键“{key}”重复（第 {table.lines[key]} 行已有）"
            raise self._bad(event, message, "删去或改名其中一个")
        return key

    def _rows(self, depth: int) -> Rows:
        rows = Rows()
        while not isinstance(event := self._parser.get_event(), yaml.SequenceEndEvent):
            rows.append(self._node(event, depth + 1))
            rows.lines.append(event.start_mark.line + 1)
        return rows

    def _plain(self, event: Any) -> object:
        """A word without quotes: a number, a day, true, false, nothing, or text."""
        text = str(event.value)
        if text in _WORDS:
            return _WORDS[text]
        if _INTEGER.fullmatch(text):
            return int(text)
        if _DECIMAL.fullmatch(text):
            return float(text)
        return self._day(event, text) if _DAY.fullmatch(text) else text

    def _day(self, event: Any, text: str) -> date:
        try:
            return date.fromisoformat(text)
        except ValueError as error:
            cure = "日期写成 2026-09-01 的样子，且当月须有这一天"
            raise self._bad(event, f"“{text}”不是有效的值", cure) from error
