"""Trees made runnable: every node becomes one closure over the closures of its parts.

No Python code is generated or evaluated, so an expression can do only what a closure here does. Names are
asked of the scope when, and only if, they are needed. It must not know text, files or diagrams.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from service.engine.arithmetic import (
    add,
    contained,
    describe,
    divide,
    equal,
    is_empty,
    multiply,
    negate,
    order,
    subtract,
    truth,
)
from service.engine.expression_tree import Binary, Call, Choice, Compare, Items, Literal, Name, Node, Unary
from service.engine.failures import Failure, Scope
from service.engine.iso import looks_like_date
from service.errors import XuejiError

Run: TypeAlias = Callable[[Scope], Any]

_NUMBERS: dict[str, Callable[[Any, Any], Any]] = {"*": multiply, "/": divide}
_TIMES: dict[str, Callable[..., Any]] = {"+": add, "-": subtract}
_TESTS: dict[str, Callable[[Any, Any], bool]] = {
    "==": equal,
    "!=": lambda left, right: not equal(left, right),
    "<": lambda left, right: order(left, right) < 0,
    "<=": lambda left, right: order(left, right) <= 0,
    ">": lambda left, right: order(left, right) > 0,
    ">=": lambda left, right: order(left, right) >= 0,
    "in": contained,
    "not in": lambda left, right: not contained(left, right),
}


def runnable(node: Node) -> Run:
    """The closure that works a tree out in a scope. It raises Failure."""
    match node:
        case Literal(value=value):
            return lambda scope: value
        case Name(key=key):
            return lambda scope: scope.name(key)
        case Compare():
            return _comparison(node)
        case Binary(sign="and" | "or"):
            return _logic(node)
        case Binary():
            return _arithmetic(node)
        case Unary():
            return _unary(node)
    return _compound(node)


def _compound(node: Node) -> Run:
    match node:
        case Call():
            return _call(node)
        case Choice(condition=condition, then=then, otherwise=otherwise):
            test, yes, no = condition_of(condition), runnable(then), runnable(otherwise)
            return lambda scope: yes(scope) if test(scope) else no(scope)
        case Items(items=items):
            parts = tuple(runnable(item) for item in items)
            return lambda scope: [part(scope) for part in parts]
    raise TypeError(f"no closure for {type(node).__name__}")


def is_boolean(node: Node) -> bool:
    """Whether a node can only be true or false, whatever the values."""
    match node:
        case Compare() | Unary(sign="not" | "empty") | Binary(sign="and" | "or"):
            return True
        case Literal(value=value):
            return isinstance(value, bool)
        case Choice(then=then, otherwise=otherwise):
            return is_boolean(then) and is_boolean(otherwise)
    return False


def condition_of(node: Node) -> Callable[[Scope], bool]:
    """The closure of a node used as a condition: what is neither true, false nor null is a Failure."""
    run = runnable(node)
    if is_boolean(node):
        return run

    def test(scope: Scope) -> bool:
        value = run(scope)
        if value is True or value is False:
            return value
        try:
            return truth(value)
        except Failure as failure:
            raise _named(failure, (node, value)) from None

    return test


def _logic(node: Binary) -> Run:
    left, right = condition_of(node.left), condition_of(node.right)
    if node.sign == "and":
        return lambda scope: left(scope) and right(scope)
    return lambda scope: left(scope) or right(scope)


def _comparison(node: Compare) -> Run:
    sign, other = node.rest[0]
    if len(node.rest) > 1:
        return _chain(node)
    if sign == "==" and isinstance(other, Literal) and _plain(other.value):
        value, left = other.value, runnable(node.first)
        return lambda scope: bool(left(scope) == value)
    return _test(sign, node.first, other)


def _plain(value: object) -> bool:
    """Text that cannot stand for a day: Python's own equality is the language's."""
    if not isinstance(value, str) or looks_like_date(value):
        return False
    return value[:1] not in ("P", "-") and ":" not in value


def _test(sign: str, first: Node, second: Node) -> Run:
    left, right, test = runnable(first), runnable(second), _TESTS[sign]

    def run(scope: Scope) -> bool:
        one, two = left(scope), right(scope)
        try:
            return test(one, two)
        except Failure as failure:
            raise _named(failure, (first, one), (second, two)) from None

    return run


def _chain(node: Compare) -> Run:
    parts = [(node, runnable(node)) for node in node.children]
    tests = [_TESTS[sign] for sign, _ in node.rest]

    def run(scope: Scope) -> bool:
        left = parts[0][1](scope)
        for index, test in enumerate(tests):
            right = parts[index + 1][1](scope)
            try:
                if not test(left, right):
                    return False
            except Failure as failure:
                raise _named(failure, (parts[index][0], left), (parts[index + 1][0], right)) from None
            left = right
        return True

    return run


def _arithmetic(node: Binary) -> Run:
    left, right = runnable(node.left), runnable(node.right)
    timed, plain = _TIMES.get(node.sign), _NUMBERS.get(node.sign)

    def run(scope: Scope) -> Any:
        one, two = left(scope), right(scope)
        try:
            return timed(one, two, scope.function) if timed else plain(one, two) if plain else None
        except Failure as failure:
            raise _named(failure, (node.left, one), (node.right, two)) from None

    return run


def _unary(node: Unary) -> Run:
    if node.sign == "not":
        test = condition_of(node.operand)
        return lambda scope: not test(scope)
    run = runnable(node.operand)
    if node.sign == "empty":
        return lambda scope: is_empty(run(scope))

    def minus(scope: Scope) -> Any:
        value = run(scope)
        try:
            return negate(value)
        except Failure as failure:
            raise _named(failure, (node.operand, value)) from None

    return minus


def _call(node: Call) -> Run:
    key = node.function
    arguments = tuple(runnable(argument) for argument in node.arguments)
    roll = None if node.roll is None else condition_of(node.roll)

    def run(scope: Scope) -> Any:
        values = [argument(scope) for argument in arguments]
        options = {} if roll is None else {"roll": roll(scope)}
        try:
            return scope.function(key)(*values, **options)
        except Failure as failure:
            raise _named(
                failure, *zip(node.arguments, values, strict=True), prefix=f"函数 {key}()："
            ) from None
        except XuejiError as error:
            raise Failure(f"函数 {key}()：{error.message}", error.problem.cure) from error
        except (TypeError, ValueError, ArithmeticError, LookupError) as error:
            raise Failure(f"函数 {key}() 的参数不对（{error}）", "请检查参数的个数和类型") from error

    return run


def _named(failure: Failure, *operands: tuple[Node, object], prefix: str = "") -> Failure:
    """The same failure, telling which variables were involved and what they held."""
    if "（其中" in failure.message:
        return Failure(f"{prefix}{failure.message}", failure.cure)
    held = [f"{node.key} 是{describe(value)}" for node, value in operands if isinstance(node, Name)]
    known = f"（其中 {'，'.join(held)}）" if held else ""
    return Failure(f"{prefix}{failure.message}{known}", failure.cure)
