"""Reading a strict YAML mapping key by key: right type or an error with file, line and what to do.

``done()`` refuses every key nobody asked for, so the list of known keys cannot drift from the code.
It must not know what any file means.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import TypeVar

from service.errors import BadDefinition
from service.policy.strict_yaml import Rows, Table, load
from service.policy.values import kind_zh

T = TypeVar("T")


class Reader:
    """One mapping of a data file."""

    def __init__(self, data: object, file: str, line: int = 0, what: str = "这里") -> None:
        if not isinstance(data, Table):
            cure = "写成“键: 值”的形式"
            raise BadDefinition(f"{what}应当是键值表，现在是{kind_zh(data)}", file=file, line=line, cure=cure)
        self.data, self.file = data, file
        self._known: set[str] = set()

    @classmethod
    def of_file(cls, path: Path, file: str) -> Reader:
        """The top mapping of a file; ``file`` is the name messages use."""
        return cls(load(path.read_bytes(), file), file, 1, "文件")

    @property
    def line(self) -> int:
        """The line the mapping starts on."""
        return self.data.line

    def bad(self, message: str, key: str = "", cure: str = "") -> BadDefinition:
        """An error at a key of this mapping, to be raised by the caller."""
        line = self.data.lines.get(key, self.data.line)
        return BadDefinition(message, file=self.file, line=line, cure=cure)

    def has(self, key: str) -> bool:
        """Whether the key is there with a value."""
        self._known.add(key)
        return self.data.get(key) is not None

    def _value(self, key: str, kind: type[T], name: str) -> T:
        self._known.add(key)
        if key not in self.data:
            raise self.bad(f"缺少“{key}”", cure=f"补上“{key}”，值为{name}")
        value = self.data[key]
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            raise self.bad(f"“{key}”应当是{name}，现在是{kind_zh(value)}", key, f"把值改成{name}")
        return value

    def text(self, key: str, default: str | None = None) -> str:
        """A text that is not empty."""
        if default is not None and not self.has(key):
            return default
        text = self._value(key, str, "文字（数字形式的代码要加引号）")
        if not text.strip():
            raise self.bad(f"“{key}”是空的", key, "写上内容")
        return text

    def choice(self, key: str, allowed: Collection[str], default: str | None = None) -> str:
        """A text out of a closed list."""
        text = self.text(key, default)
        if text not in allowed:
            raise self.bad(f"“{key}”的值“{text}”不在允许之列", key, f"可用：{'、'.join(sorted(allowed))}")
        return text

    def integer(self, key: str, default: int | None = None) -> int:
        """A whole number."""
        return default if default is not None and not self.has(key) else self._value(key, int, "整数")

    def flag(self, key: str, default: bool | None = None) -> bool:
        """true or false."""
        if default is not None and not self.has(key):
            return default
        return self._value(key, bool, "true 或 false")

    def day(self, key: str) -> date:
        """A calendar day."""
        return self._value(key, date, "日期（如 2026-09-01）")

    def day_or_none(self, key: str) -> date | None:
        """A calendar day, or None where the key is missing or null."""
        return self.day(key) if self.has(key) else None

    def days(self, key: str) -> tuple[date, ...]:
        """A list of calendar days."""
        rows = self._value(key, Rows, "列表")
        for item, line in zip(rows, rows.lines, strict=True):
            if not isinstance(item, date):
                raise self._bad_item(item, line, "日期", "逐项写成 2026-09-01 的样子，不加引号")
        return tuple(item for item in rows if isinstance(item, date))

    def texts(self, key: str, default: tuple[str, ...] | None = None) -> tuple[str, ...]:
        """A list of texts."""
        if default is not None and not self.has(key):
            return default
        rows = self._value(key, Rows, "列表")
        return tuple(self._text_of(item, line) for item, line in zip(rows, rows.lines, strict=True))

    def _text_of(self, item: object, line: int) -> str:
        if isinstance(item, str) and item.strip():
            return item
        raise self._bad_item(item, line, "文字", "逐项写文字，数字形式的代码要加引号")

    def _bad_item(self, item: object, line: int, wanted: str, cure: str) -> BadDefinition:
        message = f"列表里应当都是{wanted}，这里是{kind_zh(item)}"
        return BadDefinition(message, file=self.file, line=line, cure=cure)

    def table(self, key: str) -> Reader:
        """A mapping inside this one."""
        return Reader(self._value(key, Table, "键值表"), self.file, self.data.lines[key], f"“{key}”")

    def tables(self, key: str) -> tuple[Reader, ...]:
        """A list of mappings."""
        rows = self._value(key, Rows, "列表")
        pairs = zip(rows, rows.lines, strict=True)
        return tuple(Reader(item, self.file, line, f"“{key}”的每一项") for item, line in pairs)

    def named_tables(self, key: str) -> Iterator[tuple[str, Reader]]:
        """A mapping from names to mappings."""
        outer = self.table(key)
        return ((name, outer.table(name)) for name in outer.data)

    def names(self, key: str) -> dict[str, str]:
        """A mapping from texts to texts; empty when missing."""
        outer = self.table(key) if self.has(key) else None
        return {} if outer is None else {name: outer.text(name) for name in outer.data}

    def plain(self, key: str) -> object:
        """Whatever is there, for data no rule of ours reads."""
        return self._value(key, object, "任意值")

    def done(self) -> None:
        """Refuse keys that nobody asked for."""
        for key in self.data:
            if key not in self._known:
                near = get_close_matches(key, self._known, 1)
                hint = f"是不是“{near[0]}”？" if near else ""
                raise self.bad(f"不认识的键“{key}”", key, f"{hint}可用的键：{'、'.join(sorted(self._known))}")
