"""Cells of decision tables: S-FEEL as dmn-js writes it, over the expression language.

A condition cell is ``-``, comparisons, ranges, values, lists of these (any of them), or ``not(…)`` around
them; a value cell is an expression. Both may read names. It must not know tables, hit policies or XML.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from service.engine.arithmetic import contained, describe, equal, order
from service.engine.decision_types import Kind
from service.engine.expression_code import Run, is_boolean, runnable
from service.engine.expression_syntax import Parser
from service.engine.expression_tokens import BadSyntax
from service.engine.expression_tree import Call, Literal, Name, Node
from service.engine.failures import Failure, Names, Scope
from service.engine.moments import GENERAL

Check = Callable[[Any, Scope], bool]

_ORDERS = ("<", "<=", ">", ">=")
_SIGNS = (*_ORDERS, "=", "==", "!=")


@dataclass(frozen=True, kw_only=True)
class Cell:
    """What both sorts of cell have in common: the text and what it uses."""

    source: str
    trees: tuple[Node, ...] = ()

    @property
    def names(self) -> frozenset[str]:
        """Variables and facts the cell reads."""
        nodes = (node for tree in self.trees for node in tree.walk())
        return frozenset(node.key for node in nodes if isinstance(node, Name))

    @property
    def functions(self) -> frozenset[str]:
        """Functions the cell calls."""
        nodes = (node for tree in self.trees for node in tree.walk())
        return frozenset(node.function for node in nodes if isinstance(node, Call))


@dataclass(frozen=True, kw_only=True)
class Condition(Cell):
    """A condition cell; ``check`` is None when any value will do, ``literals`` are the values it names."""

    check: Check | None = field(default=None, repr=False, compare=False)
    literals: tuple[Any, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Result(Cell):
    """A value cell; ``constant`` tells whether ``value`` holds it already."""

    run: Run = field(repr=False, compare=False)
    constant: bool = False
    value: Any = None


@dataclass(frozen=True, slots=True)
class _Piece:
    """One alternative of a condition: a sign with one end, or a range with two."""

    sign: str
    ends: tuple[Node, ...]
    closed: tuple[bool, bool] = (True, True)


def parse_condition(text: str, kind: Kind) -> Condition:
    """A condition cell. Raises BadSyntax."""
    source = text.strip()
    if source in ("", "-"):
        return Condition(source=source)
    parser = _CellParser(source, feel=True)
    negated, pieces = parser.condition()
    check = _any_of([_checker(piece, kind) for piece in pieces], _texts(pieces, kind))
    return Condition(
        source=source,
        trees=tuple(end for piece in pieces for end in piece.ends),
        check=_not(check) if negated else check,
        literals=() if negated else tuple(_constant(p.ends[0], kind) for p in pieces if _is_value(p)),
    )


def parse_result(text: str, kind: Kind) -> Result:
    """A value cell; an empty one or ``-`` is null. Raises BadSyntax."""
    source = text.strip()
    if source in ("", "-"):
        return Result(source=source, run=lambda scope: None, constant=True)
    parser = _CellParser(source, feel=True)
    tree = parser.expression()
    parser.expect_end()
    if _is_constant(tree):
        value = _constant(tree, kind)
        return Result(source=source, trees=(tree,), run=lambda scope: value, constant=True, value=value)
    return Result(source=source, trees=(tree,), run=runnable(tree))


def parse_values(text: str, kind: Kind) -> tuple[Any, ...]:
    """A list of allowed values, as in ``"approve","reject"``. Raises BadSyntax."""
    parser = _CellParser(text.strip(), feel=True)
    negated, pieces = parser.condition()
    if negated or not all(_is_value(piece) for piece in pieces):
        raise BadSyntax("可选值应是一串常量", '请写成 "甲","乙" 的样子')
    return tuple(_constant(piece.ends[0], kind) for piece in pieces)


class _CellParser(Parser):
    """The grammar of condition cells on top of the expressions'."""

    def condition(self) -> tuple[bool, list[_Piece]]:
        """Whether the whole is negated, and its alternatives."""
        negated = self._is_negation()
        if negated:
            self.index += 2
        pieces = [self._piece()]
        while self.accept(","):
            pieces.append(self._piece())
        if negated:
            self.expect(")", '否定写作 not("甲","乙")')
        self.expect_end()
        return negated, pieces

    def _is_negation(self) -> bool:
        first, second = self.tokens[0], self.tokens[min(1, len(self.tokens) - 1)]
        return first.kind == "word" and first.text == "not" and second.text == "("

    def _piece(self) -> _Piece:
        if sign := self.accept(*_SIGNS):
            return _Piece("==" if sign == "=" else sign, (self.sum(),))
        piece = self._range()
        if piece is not None:
            return piece
        node = self.expression()
        if is_boolean(node) and not isinstance(node, Literal):
            raise BadSyntax(
                "单元格里不能写完整的条件", "单元格只写对本列的要求，例如 > 5；其他条件请另加一个输入列"
            )
        return _Piece("==", (node,))

    def _range(self) -> _Piece | None:
        start = self.index
        opening = self.accept("[", "(", "]")
        if not opening:
            return None
        try:
            low = self.sum()
        except BadSyntax:
            low = None
        if low is None or not self.accept(".."):
            self.index = start  # a list or a bracketed expression after all
            return None
        high = self.sum()
        closing = self.accept("]", ")", "[")
        if not closing:
            raise self.unexpected("区间写作 [1..6]、(1..6]、[1..6)")
        return _Piece("..", (low, high), (opening == "[", closing == "]"))


def _is_constant(tree: Node) -> bool:
    """Whether a tree reads no name and asks no clock or calendar."""
    return not any(
        isinstance(node, Name) or (isinstance(node, Call) and node.function not in GENERAL)
        for node in tree.walk()
    )


def _constant(tree: Node, kind: Kind) -> Any:
    try:
        value = runnable(tree)(Names(functions=GENERAL))
        if isinstance(value, list):
            return [kind.literal(item) for item in value]
        return kind.literal(value)
    except (Failure, ValueError) as problem:
        raise BadSyntax(str(problem), "请改正单元格，或改列的类型") from problem


def _end(tree: Node, kind: Kind) -> Run:
    if not _is_constant(tree):
        return runnable(tree)
    value = _constant(tree, kind)
    return lambda scope: value


def _is_value(piece: _Piece) -> bool:
    return piece.sign == "==" and _is_constant(piece.ends[0])


def _texts(pieces: Sequence[_Piece], kind: Kind) -> frozenset[str]:
    """The values of a cell that only lists text for a text column: one look-up instead of comparisons."""
    if kind.name != "string" or not all(_is_value(piece) for piece in pieces):
        return frozenset()
    values = [_constant(piece.ends[0], kind) for piece in pieces]
    return frozenset(values) if all(isinstance(value, str) for value in values) else frozenset()


def _any_of(checks: Sequence[Check], texts: frozenset[str]) -> Check:
    if texts:
        return lambda value, scope: value in texts
    if len(checks) == 1:
        return checks[0]
    return lambda value, scope: any(check(value, scope) for check in checks)


def _not(check: Check) -> Check:
    return lambda value, scope: not check(value, scope)


def _checker(piece: _Piece, kind: Kind) -> Check:
    if piece.sign == "..":
        return _range_checker(piece, kind)
    end = _end(piece.ends[0], kind)
    if piece.sign in _ORDERS:
        _check_order(piece, kind)
        return _order_checker(piece, end)
    if piece.sign == "!=":
        return lambda value, scope: not _matches(value, end(scope))
    return lambda value, scope: _matches(value, end(scope))


def _matches(value: Any, wanted: Any) -> bool:
    if isinstance(wanted, list):
        return contained(value, wanted)
    if isinstance(value, list) and wanted is not None:
        raise Failure("输入是列表，不能与单个值比", "请把输入写成 contains(列表, '值')，单元格写 true")
    return equal(value, wanted)


def _check_order(piece: _Piece, kind: Kind) -> None:
    for tree in piece.ends:
        if _is_constant(tree) and isinstance(value := _constant(tree, kind), bool | list | None):
            raise BadSyntax(f"不能与{describe(value)}比大小", "比大小只用于数字、日期、文字和时长")


def _order_checker(piece: _Piece, end: Run) -> Check:
    sign, tree = piece.sign, piece.ends[0]
    tests: dict[str, Callable[[int], bool]] = {
        "<": lambda found: found < 0,
        "<=": lambda found: found <= 0,
        ">": lambda found: found > 0,
        ">=": lambda found: found >= 0,
    }
    test = tests[sign]
    # null has no order, so it fits no such cell; a null on the table's own side is a mistake
    if _is_constant(tree):
        constant = end(Names())
        return lambda value, scope: value is not None and test(order(value, constant))
    return lambda value, scope: value is not None and test(order(value, _known(end(scope), tree)))


def _range_checker(piece: _Piece, kind: Kind) -> Check:
    _check_order(piece, kind)
    low_tree, high_tree = piece.ends
    low, high = _end(low_tree, kind), _end(high_tree, kind)
    low_bound, high_bound = (0 if closed else 1 for closed in piece.closed)
    if _is_constant(low_tree) and _is_constant(high_tree):
        _check_range(_constant(low_tree, kind), _constant(high_tree, kind))

    def check(value: Any, scope: Scope) -> bool:
        if value is None or order(value, _known(low(scope), low_tree)) < low_bound:
            return False
        return -order(value, _known(high(scope), high_tree)) >= high_bound

    return check


def _check_range(low: Any, high: Any) -> None:
    try:
        wrong = order(low, high) > 0
    except Failure as failure:
        raise BadSyntax(failure.message, failure.cure) from failure
    if wrong:
        raise BadSyntax("区间的下界大于上界", "请对调两端，例如 [1..6]")


def _known(value: Any, tree: Node) -> Any:
    if value is None:
        what = f"“{tree.key}”" if isinstance(tree, Name) else "比较的另一边"
        raise Failure(f"{what}是空，不能比大小", "请确认它在这一步之前已有值")
    return value
