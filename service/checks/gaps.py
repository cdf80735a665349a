"""Whether some of several conditions holds whatever the values: looks for values for which none does.

Comparisons with constants are tried with values around those constants; whatever else may be true or false is
tried as both. Knows expressions, not diagrams.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import product
from typing import Any

from service.engine.expression_tree import Binary, Compare, Items, Literal, Name, Node, Unary
from service.policy.values import is_number

Options = Callable[[str], set[Any] | None]  # the values a name can have, where they are known

OTHER = "（其他）"
_MOST = 5_000  # combinations tried; with more there may be a gap
_TESTS: Mapping[str, Callable[[Any, Any], bool]] = {
    "==": lambda left, right: bool(left == right),
    "!=": lambda left, right: bool(left != right),
    "<": lambda left, right: bool(left < right),
    "<=": lambda left, right: bool(left <= right),
    ">": lambda left, right: bool(left > right),
    ">=": lambda left, right: bool(left >= right),
    "in": lambda left, right: left in right,
    "not in": lambda left, right: left not in right,
}


def gap(conditions: Sequence[Node], options: Options) -> Mapping[Node, Any] | None:
    """Values for which no condition holds; None when one always does."""
    subjects: dict[Node, list[Any]] = {}
    for condition in conditions:
        for subject, constants in _subjects(condition):
            subjects.setdefault(subject, []).extend(constants)
    choices = {subject: _values(subject, constants, options) for subject, constants in subjects.items()}
    for count, values in enumerate(product(*choices.values())):
        world = dict(zip(choices, values, strict=True))
        if count >= _MOST or not any(_holds(condition, world) for condition in conditions):
            return world
    return None


def told(world: Mapping[Node, Any]) -> str:
    """The names among the values, for people."""
    named = {subject.key: value for subject, value in world.items() if isinstance(subject, Name)}
    return "，".join(f"{name} = {_text(value)}" for name, value in named.items())


def _text(value: Any) -> str:
    return (
        {True: "true", False: "false", None: "null"}.get(value, str(value))
        if not is_number(value)
        else str(value)
    )


def _constants(compare: Compare) -> list[Any] | None:
    """What a name is compared with; None where it is not a plain comparison with constants."""
    if len(compare.rest) != 1:
        return None
    right = compare.rest[0][1]
    if isinstance(right, Literal):
        return [right.value]
    if isinstance(right, Items) and all(isinstance(item, Literal) for item in right.items):
        return [item.value for item in right.items if isinstance(item, Literal)]
    return None


def _subjects(node: Node) -> Iterator[tuple[Node, list[Any]]]:
    if isinstance(node, Binary) and node.sign in ("and", "or"):
        yield from _subjects(node.left)
        yield from _subjects(node.right)
    elif isinstance(node, Unary) and node.sign == "not":
        yield from _subjects(node.operand)
    elif isinstance(node, Compare) and (constants := _constants(node)) is not None:
        yield node.first, constants
    elif not isinstance(node, Literal):
        yield node, [True, False]


def _values(subject: Node, constants: list[Any], options: Options) -> list[Any]:
    known = options(subject.key) if isinstance(subject, Name) else None
    if known:
        return sorted(known | ({None} & set(constants)), key=str)
    if any(isinstance(one, bool) for one in constants):
        return [True, False]
    numbers = [one for one in constants if is_number(one)]
    if numbers:
        around = {near for one in numbers for near in (one - 1, one, one + 1)}
        return sorted(one for one in around if one >= 0 or min(numbers) < 0)
    # Two answers that are both asked for are taken for all there are: approve and reject.
    return [*dict.fromkeys(constants)] if len(set(constants)) > 1 else [*constants[:1], OTHER]


def _holds(node: Node, world: Mapping[Node, Any]) -> bool:
    if isinstance(node, Literal):
        return node.value is True
    if isinstance(node, Binary) and node.sign in ("and", "or"):
        left, right = _holds(node.left, world), _holds(node.right, world)
        return (left and right) if node.sign == "and" else (left or right)
    if isinstance(node, Unary) and node.sign == "not":
        return not _holds(node.operand, world)
    if isinstance(node, Compare) and (constants := _constants(node)) is not None:
        sign, value = node.rest[0][0], world[node.first]
        try:
            return _TESTS[sign](value, constants if sign.endswith("in") else constants[0])
        except TypeError:
            return False
    return world[node] is True
