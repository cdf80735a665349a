"""Reading an object of a form's JSON: the right type, or an error that names the component and the cure.

It must not know what a component means.
"""

from __future__ import annotations

from collections.abc import Mapping

from service.errors import BadDefinition
from service.policy.values import is_number, kind_zh


class Part:
    """A JSON object of a form being read, with the place for messages."""

    def __init__(self, data: Mapping[str, object], file: str, where: str) -> None:
        self.data, self.file, self.where = data, file, where

    def bad(self, message: str, cure: str) -> BadDefinition:
        """An error at this place, to be raised by the caller."""
        return BadDefinition(message, file=self.file, element=self.where, cure=cure)

    def get(self, key: str, kind: type | tuple[type, ...], name: str) -> object:
        """A value of a type or None; a FEEL expression where a plain value belongs has its own sentence."""
        value = self.data.get(key)
        if isinstance(value, str) and value.lstrip().startswith("="):
            raise self.bad(f"“{key}”用了表达式，服务器无法核对", f"写成固定的{name}，需要判断的放进决策表")
        if value is None or (isinstance(value, kind) and (kind is bool or not isinstance(value, bool))):
            return value
        raise self.bad(f"“{key}”应当是{name}，现在是{kind_zh(value)}", f"改成{name}")

    def text(self, key: str) -> str:
        """A text, empty when missing."""
        return str(self.get(key, str, "文字") or "")

    def flag(self, key: str) -> bool:
        """true or false, false when missing."""
        return self.get(key, bool, "true 或 false") is True

    def count(self, key: str) -> int | None:
        """A whole number from zero, None when missing."""
        value = self.get(key, int, "整数")
        if isinstance(value, int) and value < 0:
            raise self.bad(f"“{key}”不能是负数", "改成零或正整数")
        return value if isinstance(value, int) else None

    def number(self, key: str) -> float | None:
        """A number, None when missing."""
        value = self.get(key, (int, float), "数字")
        return value if is_number(value) else None

    def part(self, key: str) -> Part:
        """An object inside, empty when missing."""
        value = self.get(key, dict, "对象")
        return Part(value if isinstance(value, dict) else {}, self.file, self.where)

    def only(self, known: frozenset[str], of: str) -> None:
        """Refuse settings nobody would act upon."""
        for key in self.data:
            if key not in known:
                raise self.bad(f"{of}的设置“{key}”不受支持", f"删去它；可用：{'、'.join(sorted(known))}")
