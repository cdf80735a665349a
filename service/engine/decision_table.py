"""One decision table, compiled: which rules match in a scope, and what they give.

Rules are bits of a number. A column is evaluated once, and only if a rule that still matches has a condition
in it; equal cells of a column are tested once. It must not know XML or required decisions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from service.engine.arithmetic import describe, equal
from service.engine.decision_types import Kind
from service.engine.expressions import Expression
from service.engine.failures import DecisionViolation, EvaluationError, Failure, Scope, UnknownName
from service.engine.feel import Check, Result
from service.engine.hit_policies import MANY, Row, Violation, aggregate, select
from service.engine.iso import Duration
from service.policy.values import is_value

_PLAIN = frozenset({str, int, bool, type(None)})


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A row as an analyst sees it: number from 1, clauses cited, and its cells as text."""

    id: str
    number: int
    clauses: tuple[str, ...]
    description: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    line: int = 0


@dataclass(frozen=True, kw_only=True)
class Input:
    """An input column; ``checks`` are its distinct conditions, each with the bits of its rules."""

    label: str
    kind: Kind
    expression: Expression
    checks: tuple[tuple[Check, int], ...]
    bits: int


@dataclass(frozen=True, kw_only=True)
class Output:
    """An output column; ``values`` are those allowed, the highest priority first."""

    name: str
    label: str
    kind: Kind
    values: tuple[Any, ...] = ()

    def accept(self, value: Any) -> Any:
        """A value worked out at run time, as this column means it. Raises Failure."""
        try:
            read = self.kind.coerced(value)
        except ValueError as error:
            raise Failure(f"应是{self.kind.label}：{error}", "请检查这一格和它读的变量") from error
        if self.values and read is not None and not any(equal(read, each) for each in self.values):
            raise Failure(f"“{read}”不在可选值里", "请检查这一格，或补上可选值")
        return read


@dataclass(frozen=True, kw_only=True)
class Table:
    """A decision table ready to run."""

    id: str
    name: str
    file: str
    policy: str
    aggregation: str
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    rules: tuple[Rule, ...]
    results: tuple[tuple[Result, ...], ...]

    @property
    def many(self) -> bool:
        """Whether the answer is a list of rows."""
        return self.policy in MANY and not self.aggregation

    def evaluate(self, scope: Scope) -> tuple[list[dict[str, Any]], tuple[str, ...]]:
        """The rows that count, as output name to value, and the ids of the rules they rest on.

        Raises EvaluationError, and DecisionViolation when the matching rules contradict the hit policy.
        """
        matching = self._matching(scope)
        if self.policy == "FIRST":
            matching = matching[:1]  # the others' outputs are nobody's business
        rows = [Row(rule, self._constants[rule] or self._values(rule, scope)) for rule in matching]
        try:
            chosen = select(self.policy, rows, [output.values for output in self.outputs])
        except Violation as violation:
            raise self._violation(violation) from violation
        matched = tuple(self.rules[row.rule].id for row in chosen)
        if self.aggregation:
            return [{self.outputs[0].name: self._aggregated(chosen)}], matched
        names = [output.name for output in self.outputs]
        kept = chosen[:1] if self.policy == "ANY" else chosen
        return [dict(zip(names, row.values, strict=True)) for row in kept], matched

    @cached_property
    def _constants(self) -> tuple[tuple[Any, ...] | None, ...]:
        """Each rule's outputs, where they are known beforehand."""
        return tuple(
            tuple(result.value for result in row) if all(result.constant for result in row) else None
            for row in self.results
        )

    def _matching(self, scope: Scope) -> list[int]:
        alive = (1 << len(self.rules)) - 1
        for column in self.inputs:
            if alive & column.bits:
                alive = self._still_alive(column, alive, scope)
            if not alive:
                return []
        return [place for place in range(len(self.rules)) if alive >> place & 1]

    def _still_alive(self, column: Input, alive: int, scope: Scope) -> int:
        value = self._read(column, scope)
        for check, bits in column.checks:
            if alive & bits:
                try:
                    if not check(value, scope):
                        alive &= ~bits
                except (Failure, UnknownName) as failure:
                    raise self._failed(failure, f"列“{column.label}”", alive & bits) from failure
        return alive

    def _read(self, column: Input, scope: Scope) -> Any:
        value = column.expression.evaluate(scope)
        try:
            return column.kind.coerced(value)
        except ValueError as error:
            raise EvaluationError(
                f"决策表“{self.name}”的输入列“{column.label}”应是{column.kind.label}：{error}",
                file=self.file,
                element=self.id,
                cure="请检查这一列的类型，或给它的变量",
            ) from error

    def _values(self, rule: int, scope: Scope) -> tuple[Any, ...]:
        values: list[Any] = []
        for output, result in zip(self.outputs, self.results[rule], strict=True):
            try:
                values.append(result.value if result.constant else output.accept(result.run(scope)))
            except (Failure, UnknownName) as failure:
                raise self._failed(failure, f"输出“{output.label}”", 1 << rule) from failure
        return tuple(values)

    def _aggregated(self, rows: Sequence[Row]) -> Any:
        try:
            return aggregate(self.aggregation, [row.values[0] for row in rows])
        except Failure as failure:
            raise self._failed(failure, f"输出“{self.outputs[0].label}”", 0) from failure

    def _failed(self, failure: Failure | UnknownName, where: str, bits: int) -> EvaluationError:
        if isinstance(failure, UnknownName):
            return UnknownName(failure.name, file=self.file, element=self.id)
        number = (bits & -bits).bit_length()
        place = f"第 {number} 条规则，" if number else ""
        return EvaluationError(
            f"决策表“{self.name}”{place}{where}：{failure.message}",
            file=self.file,
            element=self.id,
            cure=failure.cure,
            details={"rule": number},
        )

    def _violation(self, violation: Violation) -> DecisionViolation:
        rules = [self.rules[place] for place in violation.rules]
        listed = "、".join(f"第 {rule.number} 条（{rule.id}）" for rule in rules)
        clauses = dict.fromkeys(clause for rule in rules for clause in rule.clauses)
        return DecisionViolation(
            f"决策表“{self.name}”：{violation.message}：{listed}",
            file=self.file,
            element=self.id,
            cure=violation.cure,
            clauses=clauses,
            details={"decision": self.id, "rules": [rule.id for rule in rules]},
        )


def as_variable(value: Any) -> Any:
    """A result as a process variable: days, instants and durations as ISO text. Raises Failure."""
    if type(value) in _PLAIN:
        return value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Duration):
        return value.text
    if isinstance(value, list):
        return [as_variable(item) for item in value]
    if not is_value(value):
        raise Failure(f"结果是{describe(value)}，不能作变量", "请输出数字，在用的地方再写 working_days(…)")
    return value
