"""The expression language of diagrams and tables: ``${decision == 'approve' and graduating}``.

Python-like, with JUEL's habits accepted. Compiled once, it knows which names and functions it uses, so that a
check can prove them known before anything runs. It must not know BPMN, DMN or where names get their values.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from difflib import get_close_matches
from typing import Any, NoReturn

from service.engine.arithmetic import LONGEST_TEXT, describe, truth
from service.engine.expression_code import Run, runnable
from service.engine.expression_syntax import parse
from service.engine.expression_tokens import BadSyntax
from service.engine.expression_tree import Call, Name, Node
from service.engine.failures import DecisionViolation, EvaluationError, Failure, Names, Scope, UnknownName
from service.engine.moments import SIGNATURES
from service.errors import BadDefinition
from service.policy.values import is_number

__all__ = [
    "DecisionViolation",
    "EvaluationError",
    "Expression",
    "Failure",
    "Names",
    "Scope",
    "UnknownName",
    "compile_condition",
    "compile_expression",
    "compile_value",
    "refuse",
]

_LONGEST = 4_000


@dataclass(frozen=True, kw_only=True)
class Expression:
    """A compiled text. ``trees`` are its ${…} parts, in order; a plain text has none."""

    source: str
    file: str
    element: str
    trees: tuple[Node, ...]
    names: frozenset[str]
    functions: frozenset[str]
    run: Run = field(repr=False, compare=False)

    @property
    def is_constant(self) -> bool:
        """Whether the value is the same whatever the scope."""
        return not self.names and not self.functions

    def evaluate(self, scope: Scope) -> Any:
        """The value in a scope. Raises EvaluationError naming file and element."""
        try:
            return self.run(scope)
        except Failure as failure:
            self._fail(failure)
        except UnknownName as error:
            raise UnknownName(error.name, file=self.file, element=self.element) from error

    def test(self, scope: Scope) -> bool:
        """The value as a condition: null counts as false, anything but true and false is an error."""
        value = self.evaluate(scope)
        try:
            return truth(value)
        except Failure as failure:
            self._fail(failure)

    def _fail(self, failure: Failure) -> NoReturn:
        raise EvaluationError(
            f"表达式“{self.source}”算不出来：{failure.message}",
            file=self.file,
            element=self.element,
            cure=failure.cure,
            details={"expression": self.source},
        ) from failure


def compile_expression(source: str, *, file: str, element: str, feel: bool = False) -> Expression:
    """One expression, bare or written ``${…}``. Raises BadDefinition.

    ``feel`` admits what decision tables write differently: ``=``, ``if … then … else``, ``date and time(…)``.
    """
    text = source.strip()
    if text.startswith("${"):
        parts = _parts(text, file, element)
        if len(parts) != 1 or isinstance(parts[0], str):
            raise _bad("只能写一个表达式", "请删去 ${…} 之外的文字", text, file, element)
        return compile_value(text, file=file, element=element)
    if text.startswith("#{"):
        _parts(text, file, element)
    tree = _tree(text, text, file, element, feel=feel)
    return _expression(text, file, element, (tree,), runnable(tree))


def compile_condition(source: str, *, file: str, element: str) -> Expression:
    """A condition, which must be written as one ``${…}``. Raises BadDefinition."""
    if not source.strip().startswith("${"):
        raise _bad(
            "条件不是表达式", "条件要写成 ${…}，例如 ${decision == 'approve'}", source.strip(), file, element
        )
    return compile_expression(source, file=file, element=element)


def compile_value(text: str, *, file: str, element: str) -> Expression:
    """Plain text, one ``${…}`` (keeps its type), or both mixed (becomes text). Raises BadDefinition."""
    stripped = text.strip()
    parts = _parts(stripped, file, element)
    trees = tuple(part for part in parts if not isinstance(part, str))
    if not trees:
        return _expression(text, file, element, (), _constant(text))
    if len(parts) == 1:
        return _expression(stripped, file, element, trees, runnable(trees[0]))
    parts = _parts(text, file, element)
    return _expression(text, file, element, trees, _joined(parts))


def refuse(problem: BadSyntax, source: str, file: str, element: str) -> BadDefinition:
    """A syntax problem as the error that names file and element."""
    return _bad(problem.message, problem.cure, source, file, element)


def check_calls(tree: Node, source: str, file: str, element: str) -> None:
    """Every function called must exist and be given a fitting number of arguments."""
    for node in tree.walk():
        if isinstance(node, Call):
            problem = _call_problem(node)
            if problem is not None:
                raise _bad(*problem, source, file, element)


def _call_problem(node: Call) -> tuple[str, str] | None:
    signature = SIGNATURES.get(node.function)
    if signature is None:
        near = get_close_matches(node.function, SIGNATURES, n=1)
        cure = f"是不是想写 {near[0]}()？" if near else f"可用的函数：{'、'.join(sorted(SIGNATURES))}"
        return f"没有函数“{node.function}”", cure
    if not signature.least <= len(node.arguments) <= signature.most:
        return f"函数 {node.function}() 不能有 {len(node.arguments)} 个参数", f"写法：{signature.usage}"
    if node.roll is not None and not signature.roll:
        return f"函数 {node.function}() 没有参数 roll", f"写法：{signature.usage}"
    return None


def _tree(inner: str, source: str, file: str, element: str, *, feel: bool = False) -> Node:
    if not inner.strip():
        raise _bad("表达式是空的", "请在 ${ 与 } 之间写内容", source, file, element)
    try:
        tree = parse(inner, feel=feel)
    except BadSyntax as problem:
        raise refuse(problem, source, file, element) from problem
    check_calls(tree, source, file, element)
    return tree


def _expression(source: str, file: str, element: str, trees: tuple[Node, ...], run: Run) -> Expression:
    nodes = [node for tree in trees for node in tree.walk()]
    return Expression(
        source=source,
        file=file,
        element=element,
        trees=trees,
        names=frozenset(node.key for node in nodes if isinstance(node, Name)),
        functions=frozenset(node.function for node in nodes if isinstance(node, Call)),
        run=run,
    )


def _parts(text: str, file: str, element: str) -> list[str | Node]:
    """Literal text and trees, in order."""
    if len(text) > _LONGEST:
        raise _bad(f"文字超过 {_LONGEST} 个字符", "请缩短", f"{text[:40]}…", file, element)
    parts: list[str | Node] = []
    position = 0
    while (start := text.find("${", position)) >= 0:
        if start > position:
            parts.append(text[position:start])
        end = _closing(text, start + 2)
        if end < 0:
            raise _bad("${ 没有对应的 }", "请补上右花括号，并检查引号是否成对", text, file, element)
        parts.append(_tree(text[start + 2 : end], text, file, element))
        position = end + 1
    if position < len(text):
        parts.append(text[position:])
    if any(isinstance(part, str) and "#{" in part for part in parts):
        raise _bad("不支持 #{…}", "请改写为 ${…}", text, file, element)
    return parts


def _closing(text: str, position: int) -> int:
    """Where the ${ ends: the first } outside quotes."""
    quote = ""
    while position < len(text):
        sign = text[position]
        if quote and sign == "\\":
            position += 1
        elif quote:
            quote = "" if sign == quote else quote
        elif sign in "'\"":
            quote = sign
        elif sign == "}":
            return position
        position += 1
    return -1


def _joined(parts: list[str | Node]) -> Run:
    runs: list[tuple[str, Callable[[Scope], Any]]] = []
    for part in parts:
        if isinstance(part, str):
            runs.append(("", _constant(part)))
        else:
            runs.append((part.key if isinstance(part, Name) else "", runnable(part)))

    def run(scope: Scope) -> str:
        text = "".join(_text(each(scope), name) for name, each in runs)
        if len(text) > LONGEST_TEXT:
            raise Failure(f"拼成的文字超过 {LONGEST_TEXT} 个字")
        return text

    return run


def _constant(text: str) -> Run:
    return lambda scope: text


def _text(value: Any, name: str) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if is_number(value):
        return str(int(value)) if value == int(value) else str(value)
    if isinstance(value, date | datetime):
        return value.isoformat()
    what = f"“{name}”是{describe(value)}" if name else f"表达式的值是{describe(value)}"
    raise Failure(f"{what}，不能拼进文字", "请先确认它有值，且是文字、数字或日期")


def _bad(message: str, cure: str, source: str, file: str, element: str) -> BadDefinition:
    shown = source if len(source) <= 200 else f"{source[:200]}…"
    return BadDefinition(f"“{shown}”：{message}", file=file, element=element, cure=cure)
