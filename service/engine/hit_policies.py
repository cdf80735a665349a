"""What a table answers when several of its rules match: the hit policies of DMN.

It works on rows (rule index and output values) that have matched already. It must not know cells or XML.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from service.engine.arithmetic import equal, order
from service.engine.failures import Failure

POLICIES = ("UNIQUE", "FIRST", "ANY", "PRIORITY", "COLLECT", "RULE ORDER", "OUTPUT ORDER")
AGGREGATIONS = ("SUM", "MIN", "MAX", "COUNT")
MANY = frozenset({"COLLECT", "RULE ORDER", "OUTPUT ORDER"})


@dataclass(frozen=True, slots=True)
class Row:
    """A rule that matched, by index, and the values of its outputs."""

    rule: int
    values: tuple[Any, ...]


class Violation(Exception):
    """The rules that match contradict the policy."""

    def __init__(self, message: str, cure: str, rules: Sequence[int]) -> None:
        super().__init__(message)
        self.message, self.cure, self.rules = message, cure, tuple(rules)


def select(policy: str, rows: Sequence[Row], priorities: Sequence[Sequence[Any]]) -> list[Row]:
    """The rows that count, in the order the policy wants. Raises Violation.

    ``priorities`` holds each output's list of values, the highest first (empty: the output has no say).
    """
    if policy == "UNIQUE" and len(rows) > 1:
        raise Violation(
            "多条规则同时符合，而策略是“唯一”", "请改条件使其互斥，或改用其他命中策略", _rules(rows)
        )
    if policy == "FIRST":
        return list(rows[:1])
    if policy == "ANY":
        return _agreeing(rows)
    if policy in ("PRIORITY", "OUTPUT ORDER"):
        ranked = sorted(rows, key=lambda row: _rank(row, priorities))
        return ranked[:1] if policy == "PRIORITY" else ranked
    return list(rows)


def aggregate(aggregation: str, values: Sequence[Any]) -> Any:
    """One value for a COLLECT table's single output; null entries do not count. Raises Failure."""
    held = [value for value in values if value is not None]
    if aggregation == "COUNT":
        return len(held)
    if not held:
        return None
    if aggregation == "SUM":
        return _sum(held)
    return _extreme(held, -1 if aggregation == "MIN" else 1)


def _rules(rows: Sequence[Row]) -> list[int]:
    return [row.rule for row in rows]


def _agreeing(rows: Sequence[Row]) -> list[Row]:
    """Every row of an ANY table, for all of them are the basis; the first speaks."""
    for row in rows[1:]:
        if not all(map(equal, row.values, rows[0].values)):
            raise Violation(
                "多条规则同时符合而结果不同，而策略是“任一”", "请让这些规则的输出一致", _rules(rows)
            )
    return list(rows)


def _rank(row: Row, priorities: Sequence[Sequence[Any]]) -> tuple[int, ...]:
    pairs = zip(row.values, priorities, strict=True)
    return tuple(_place(value, wanted) for value, wanted in pairs if wanted)


def _place(value: Any, wanted: Sequence[Any]) -> int:
    return next((place for place, each in enumerate(wanted) if equal(each, value)), len(wanted))


def _sum(values: Sequence[Any]) -> Any:
    if not all(isinstance(value, int | float) and not isinstance(value, bool) for value in values):
        raise Failure("只有数字能求和", "请检查输出列的值")
    return sum(values)


def _extreme(values: Sequence[Any], sign: int) -> Any:
    best = values[0]
    for value in values:
        best = value if order(value, best) == sign else best
    return best
