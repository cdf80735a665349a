"""Text of an expression cut into tokens. Whatever is no token of the language is refused here, with a cure.

Only ASCII names exist, so that no look-alike letter passes for another name. It must not know what an
expression means.
"""

from __future__ import annotations

import re
from typing import NamedTuple

LONGEST_SOURCE = 2_000
LARGEST_NUMBER = 10**15
LONGEST_DIGITS = 25

_TOKEN = re.compile(
    r"(?P<space>[ \t\r\n\u00a0]+)"
    r"|(?P<number>\d+(?:\.\d+)?(?![A-Za-z_]))"
    r"|(?P<word>[A-Za-z_][A-Za-z0-9_]*)"
    r"|(?P<string>'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")"
    r"|(?P<sign>\.\.|&&|\|\||==|!=|<=|>=|\*\*|//|[-+*/<>!?:()\[\],=])",
    re.ASCII | re.DOTALL,
)
_ESCAPES = {"\\": "\\", "'": "'", '"': '"', "n": "\n", "t": "\t"}
_CURES = {
    ".": "表达式里不能用“.”取属性；事实和变量直接写名字，例如 grade",
    "**": "不支持乘方“**”",
    "//": "不支持整除“//”",
    "%": "不支持取余“%”",
    "{": "表达式里不能再写花括号",
    "}": "表达式里不能再写花括号",
    ";": "一个表达式只能有一句，不能用“;”",
    "&": "“并且”写作 and 或 &&",
    "|": "“或者”写作 or 或 ||",
    "'": "引号没有成对",
    '"': "引号没有成对",
    "“": "引号要用英文半角的 ' 或 \"",
    "”": "引号要用英文半角的 ' 或 \"",
    "‘": "引号要用英文半角的 ' 或 \"",
    "’": "引号要用英文半角的 ' 或 \"",
}
_FULL_WIDTH = "（），！＝＜＞＋－：？［］；"


class BadSyntax(Exception):
    """The text is no expression; ``position`` counts characters from 0."""

    def __init__(self, message: str, cure: str = "", position: int = 0) -> None:
        super().__init__(message)
        self.message, self.cure, self.position = message, cure, position


class Token(NamedTuple):
    """One token: ``kind`` is word, sign, value or end; a value's worth lies in ``value``."""

    kind: str
    text: str
    position: int
    value: str | int | float | None = None


def tokenize(source: str) -> list[Token]:
    """All tokens of a source, the last one of kind ``end``."""
    if len(source) > LONGEST_SOURCE:
        raise BadSyntax(f"表达式有 {len(source)} 个字符，最多 {LONGEST_SOURCE} 个", "请把判断拆到决策表里")
    tokens: list[Token] = []
    position = 0
    while position < len(source):
        found = _TOKEN.match(source, position)
        if found is None:
            raise _refused(source, position)
        if found.lastgroup != "space":
            tokens.append(_token(found))
        position = found.end()
    tokens.append(Token("end", "", len(source)))
    return tokens


def _token(found: re.Match[str]) -> Token:
    text, kind, position = found.group(), str(found.lastgroup), found.start()
    if kind == "number":
        return Token("value", text, position, _number(text, position))
    if kind == "string":
        return Token("value", text, position, _unescaped(text[1:-1], position))
    if kind == "word" and text.startswith("__"):
        raise BadSyntax(f"名字“{text}”不能以两个下划线开头", "请换一个名字", position)
    if text in ("**", "//"):
        raise BadSyntax(_CURES[text], "请改用 + - * /", position)
    return Token(kind, text, position)


def _number(text: str, position: int) -> int | float:
    value: int | float = 0
    if len(text) <= LONGEST_DIGITS:
        value = float(text) if "." in text else int(text)
    if len(text) > LONGEST_DIGITS or value > LARGEST_NUMBER:
        raise BadSyntax(f"数字“{text[:12]}…”太大", "请写小于一千万亿的数", position)
    return value


def _unescaped(text: str, position: int) -> str:
    if "\\" not in text:
        return text

    def replace(found: re.Match[str]) -> str:
        if found[1] not in _ESCAPES:
            raise BadSyntax(f"字符串里不认识的转义“\\{found[1]}”", r"只有 \\ \' \" \n \t", position)
        return _ESCAPES[found[1]]

    return re.sub(r"\\(.)", replace, text, flags=re.DOTALL)


def _refused(source: str, position: int) -> BadSyntax:
    sign = source[position]
    if sign in _FULL_WIDTH:
        return BadSyntax(f"全角标点“{sign}”不能用", "请改用英文半角标点", position)
    if sign.isdigit():
        return BadSyntax("名字不能以数字开头", "请给变量换一个以字母开头的名字", position)
    if sign.isalpha():
        return BadSyntax(f"“{sign}”不能用在名字里", "名字只用英文字母、数字和下划线；文字请加引号", position)
    return BadSyntax(f"不认识的符号“{sign}”", _CURES.get(sign, "请删去这个符号"), position)
