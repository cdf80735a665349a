"""When a field is hidden: the small part of FEEL a server can work out from the form's own answers.

    =decision != "reject"    =kind = "a" or (kind = "b" and agreed)    =not(list contains(papers, "other"))

It must not know field types or process variables; anything else it meets is refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from service.policy.values import Value, same

Answers = Mapping[str, Value]
_Test = Callable[[Answers], bool]

_TOKEN = re.compile(
    r"""\s*(?:(?P<text>"(?:[^"\\]|\\.)*")|(?P<number>-?\d{1,15}(?:\.\d{1,15})?(?![\w.]))"""
    r"""|(?P<contains>list\s+contains\b)|(?P<name>[A-Za-z_]\w*)|(?P<sign>!=|[=(),]))""",
    re.ASCII,
)
_ESCAPE = re.compile(r'\\(["\\])')
_LITERALS: Mapping[str, Value] = {"true": True, "false": False, "null": None}
_RESERVED = frozenset({"and", "or", "not", *_LITERALS})
_LONGEST = 500
_DEEPEST = 10


class ConditionError(ValueError):
    """Says in Chinese why a condition cannot be worked out."""


@dataclass(frozen=True, kw_only=True)
class Condition:
    """A compiled condition; ``compared`` pairs each key with the literal it is held against."""

    source: str
    compared: tuple[tuple[str, Value], ...]
    flags: frozenset[str]
    _test: _Test = field(repr=False, compare=False)

    @property
    def names(self) -> frozenset[str]:
        """The keys it reads."""
        return self.flags | {key for key, _ in self.compared}

    def holds(self, answers: Answers) -> bool:
        """Whether it is true of the answers; a key without an answer counts as null."""
        return self._test(answers)


def parse_condition(source: str) -> Condition:
    """Compile ``=…``."""
    if not source.startswith("="):
        raise ConditionError("条件须以 = 开头")
    if len(source) > _LONGEST:
        raise ConditionError(f"条件超过 {_LONGEST} 个字符")
    parser = _Parser(_tokens(source[1:]))
    test = parser.whole()
    compared, flags = tuple(parser.compared), frozenset(parser.flags)
    return Condition(source=source, compared=compared, flags=flags, _test=test)


def _tokens(text: str) -> list[tuple[str, str]]:
    tokens, at = [], 0
    text = text.rstrip()
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise ConditionError(f"看不懂“{text[at : at + 20].strip()}”")
        kind = match.lastgroup or ""
        tokens.append((kind, match.group(kind)))
        at = match.end()
    return [*tokens, ("end", "")]


class _Parser:
    """Recursive descent over or, and, not(…), (…), key, key = literal, key != literal, list contains(…)."""

    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self._tokens, self._at, self._depth = tokens, 0, 0
        self.compared: list[tuple[str, Value]] = []
        self.flags: set[str] = set()

    def whole(self) -> _Test:
        test = self._either()
        if self._tokens[self._at][0] != "end":
            raise ConditionError(f"看不懂“{self._tokens[self._at][1]}”")
        return test

    def _take(self, *wanted: str) -> bool:
        if self._tokens[self._at][1] in wanted and self._tokens[self._at][0] in ("sign", "name"):
            self._at += 1
            return True
        return False

    def _expect(self, sign: str) -> None:
        if not self._take(sign):
            raise ConditionError(f"缺少“{sign}”")

    def _next(self) -> tuple[str, str]:
        token = self._tokens[self._at]
        self._at += token[0] != "end"
        return token

    def _either(self) -> _Test:
        tests = [self._both()]
        while self._take("or"):
            tests.append(self._both())
        return tests[0] if len(tests) == 1 else lambda answers: any(test(answers) for test in tests)

    def _both(self) -> _Test:
        tests = [self._one()]
        while self._take("and"):
            tests.append(self._one())
        return tests[0] if len(tests) == 1 else lambda answers: all(test(answers) for test in tests)

    def _one(self) -> _Test:
        if self._take("("):
            return self._inside()
        if self._take("not"):
            self._expect("(")
            test = self._inside()
            return lambda answers: not test(answers)
        kind, text = self._next()
        if kind == "contains":
            return self._contains()
        if kind == "name" and text not in _RESERVED:
            return self._about(text)
        raise ConditionError(f"这里应当是字段的 key，而不是“{text}”" if text else "条件不完整")

    def _inside(self) -> _Test:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise ConditionError("括号嵌套太深")
        test = self._either()
        self._expect(")")
        self._depth -= 1
        return test

    def _contains(self) -> _Test:
        self._expect("(")
        kind, key = self._next()
        self._expect(",")
        item = self._literal()
        self._expect(")")
        if kind != "name" or not isinstance(item, str):
            raise ConditionError('写成 list contains(字段的 key, "选项")')
        self.compared.append((key, item))

        def test(answers: Answers) -> bool:
            answer = answers.get(key)
            return isinstance(answer, list) and item in answer

        return test

    def _about(self, key: str) -> _Test:
        if self._take("="):
            return self._equals(key)
        if self._take("!="):
            equals = self._equals(key)
            return lambda answers: not equals(answers)
        self.flags.add(key)
        return lambda answers: answers.get(key) is True

    def _equals(self, key: str) -> _Test:
        literal = self._literal()
        self.compared.append((key, literal))
        if literal == "":  # a field left empty holds null here and "" in the browser
            return lambda answers: answers.get(key) in (None, "")
        return lambda answers: same(answers.get(key), literal)

    def _literal(self) -> Value:
        kind, text = self._next()
        if kind == "text":
            return _ESCAPE.sub(r"\1", text[1:-1])
        if kind == "number":
            return float(text) if "." in text else int(text)
        if kind == "name" and text in _LITERALS:
            return _LITERALS[text]
        raise ConditionError("= 和 != 的右边只能是文字（加引号）、数字、true、false 或 null")
