"""Patterns a form may ask a text to match, kept to those whose matching time is bounded.

A pattern comes from an upload and runs on whatever people send: a repeated group that itself repeats, or
many repeats in a row, would take years. It must not know forms or fields.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

LONGEST_TEXT = 100
_LONGEST_PATTERN = 200
# A rough count of the ways to match: a repeat multiplies them by this, a choice by two.
_WAYS_OF_A_REPEAT, _WAYS_OF_A_CHOICE, _MOST_WAYS = 40, 2, 2**17

_TOKEN = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\(\?:|\(\?|[()|]|(?:[*+?]|\{\d*,?\d*\})\??|.", re.DOTALL)
_REPEAT = re.compile(r"(?:[*+]|\{\d*,\d*\})\??")
_CHOICE = re.compile(r"\||\?\??")
_FIXED = re.compile(r"\{\d+\}\??")
_OUTSIDE = re.compile(r"\(\?|\\[1-9]")

EMAIL = r"^[^\s@]+@[^\s@]+\.[^\s@]+$"


class PatternError(ValueError):
    """Says in Chinese what is wrong with a pattern."""


def compile_pattern(pattern: str) -> re.Pattern[str]:
    """The pattern, to be searched for in a text as browsers do; \\d and \\w mean ASCII as they do there."""
    if len(pattern) > _LONGEST_PATTERN:
        raise PatternError(f"正则表达式超过 {_LONGEST_PATTERN} 个字符")
    _check(_TOKEN.findall(pattern))
    try:
        return re.compile(pattern, re.ASCII)
    except (re.error, RecursionError, OverflowError) as error:
        raise PatternError(f"不是有效的正则表达式（{error}）") from error


def _check(tokens: Sequence[str]) -> None:
    if any(_OUTSIDE.fullmatch(token) for token in tokens):
        raise PatternError("用了环视、命名组或反向引用")
    ways = 1
    for token in tokens:
        ways *= _WAYS_OF_A_REPEAT if _REPEAT.fullmatch(token) else 1
        ways *= _WAYS_OF_A_CHOICE if _CHOICE.fullmatch(token) else 1
    if ways > _MOST_WAYS:
        raise PatternError("* + ? | 和 {m,n} 太多")
    for inside in _repeated_groups(tokens):
        if any(_REPEAT.fullmatch(token) or _CHOICE.fullmatch(token) for token in inside):
            raise PatternError("重复的组里又有重复或选择")


def _repeated_groups(tokens: Sequence[str]) -> Iterator[Sequence[str]]:
    """What stands inside each group that is matched several times."""
    starts: list[int] = []
    for index, (sign, after) in enumerate(zip(tokens, [*tokens[1:], ""], strict=True)):
        if sign in ("(", "(?:"):
            starts.append(index)
        elif sign == ")" and starts:
            start = starts.pop()
            if _REPEAT.fullmatch(after) or _FIXED.fullmatch(after):
                yield tokens[start + 1 : index]
