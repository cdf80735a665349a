"""Decisions: tables and expressions of a DMN file, alone or feeding each other.

The facade of the DMN engine: ``parse_dmn`` compiles a file, ``Decision.evaluate`` answers. It must not know
diagrams, tokens or where names get their values.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Protocol

from service.engine.decision_compiler import compile_logic
from service.engine.decision_file import RawDecision, read_decisions
from service.engine.decision_table import Output, Rule, Table, as_variable
from service.engine.expressions import Expression
from service.engine.failures import EvaluationError, Failure, Scope
from service.errors import BadDefinition

__all__ = ["MAPPINGS", "Decision", "Match", "Outcome", "Output", "Rule", "parse_dmn"]

MAPPINGS = ("singleEntry", "singleResult", "collectEntries", "resultList")

Rows = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Match:
    """A rule that a result rests on."""

    decision_id: str
    rule_id: str


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """A result in the shape asked for, and the rules it rests on, required decisions' first."""

    value: Any
    matched: tuple[Match, ...]


class _Logic(Protocol):
    def __call__(self, scope: Scope) -> tuple[Rows, tuple[str, ...]]: ...


@dataclass(frozen=True, kw_only=True)
class Decision:
    """A compiled decision. ``names`` are the variables and facts it and what it requires may read."""

    id: str
    name: str
    file: str
    hit_policy: str
    aggregation: str
    outputs: tuple[Output, ...]
    rules: tuple[Rule, ...]
    names: frozenset[str]
    functions: frozenset[str]
    required: tuple[Decision, ...]
    variable: str = ""
    table: Table | None = None
    logic: _Logic = field(repr=False, compare=False)

    def evaluate(self, scope: Scope, mapping: str = "resultList") -> Outcome:
        """Decide in a scope. ``mapping`` is Camunda's mapDecisionResult.

        Raises EvaluationError; DecisionViolation when rules contradict the hit policy.
        """
        run = _Run(scope)
        rows = run.rows(self)
        try:
            shaped = [{name: as_variable(value) for name, value in row.items()} for row in rows]
            return Outcome(value=_mapped(shaped, mapping), matched=tuple(run.matched))
        except Failure as failure:
            raise EvaluationError(
                f"决策“{self.name}”：{failure.message}", file=self.file, element=self.id, cure=failure.cure
            ) from failure

    @property
    def provides(self) -> frozenset[str]:
        """The names under which a decision that requires this one sees its result."""
        several = {output.name for output in self.outputs} if len(self.outputs) > 1 else set()
        return frozenset({self.id, *several, *([self.variable] if self.variable else [])})


class _Run:
    """One evaluation: every required decision is decided once, before the one that needs it."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.matched: list[Match] = []
        self._known: dict[str, Rows] = {}

    def rows(self, decision: Decision) -> Rows:
        if decision.id not in self._known:
            given: dict[str, Any] = {}
            for required in decision.required:
                given.update(_seen(required, self.rows(required)))
            scope = _Layer(given, self.scope) if given else self.scope
            rows, rules = decision.logic(scope)
            self.matched += [Match(decision.id, rule) for rule in rules]
            self._known[decision.id] = rows
        return self._known[decision.id]


@dataclass(frozen=True, slots=True)
class _Layer:
    """Results of required decisions in front of the caller's names."""

    given: dict[str, Any]
    outer: Scope

    def name(self, key: str) -> Any:
        return self.given[key] if key in self.given else self.outer.name(key)

    def function(self, key: str) -> Callable[..., Any]:
        return self.outer.function(key)


def _seen(decision: Decision, rows: Rows) -> dict[str, Any]:
    """A result as the decisions that require it see it."""
    single = len(decision.outputs) == 1
    values: list[Any] = [next(iter(row.values())) for row in rows] if single else list(rows)
    many = decision.table is not None and decision.table.many
    whole = values if many else values[0] if values else None
    seen = {key: whole for key in (decision.id, decision.variable) if key}
    if not single:
        for output in decision.outputs:
            column = [row[output.name] for row in rows]
            seen[output.name] = column if many else column[0] if column else None
    return seen


def _mapped(rows: Rows, mapping: str) -> Any:
    if mapping == "resultList":
        return rows
    if mapping == "collectEntries":
        return [_single(row, mapping) for row in rows]
    if mapping not in MAPPINGS:
        raise Failure(f"不认识结果映射“{mapping}”", f"请选 {'、'.join(MAPPINGS)} 之一")
    if len(rows) > 1:
        cure = "请把映射改为 collectEntries 或 resultList，或改命中策略"
        raise Failure(f"有 {len(rows)} 条结果，而映射 {mapping} 只容一条", cure)
    if mapping == "singleResult":
        return rows[0] if rows else None
    return _single(rows[0], mapping) if rows else None


def _single(row: dict[str, Any], mapping: str) -> Any:
    if len(row) > 1:
        cure = "请把映射改为 singleResult 或 resultList"
        raise Failure(f"有 {len(row)} 个输出，而映射 {mapping} 只容一个", cure)
    return next(iter(row.values()))


@lru_cache(maxsize=512)  # every diagram that asks a table compiles it
def parse_dmn(content: bytes, file: str) -> Mapping[str, Decision]:
    """Compile every decision of a file, by id. Raises BadDefinition naming decision, rule and column."""
    raws = {raw.id: raw for raw in read_decisions(content, file)}
    return _Compiler(raws, file).all()


class _Compiler:
    """Compiles decisions after those they require."""

    def __init__(self, raws: dict[str, RawDecision], file: str) -> None:
        self.raws, self.file = raws, file
        self.done: dict[str, Decision] = {}

    def all(self) -> dict[str, Decision]:
        return {key: self.decision(key, ()) for key in self.raws}

    def decision(self, key: str, above: tuple[str, ...]) -> Decision:
        if key in above:
            circle = " → ".join((*above[above.index(key) :], key))
            raise self._bad(f"决策互相需要，成了圈：{circle}", "请删去其中一个箭头", key)
        if key not in self.done:
            raw = self.raws[key]
            for each in raw.requires:
                if each not in self.raws:
                    raise self._bad(f"所需的决策“{each}”不存在", "请删去箭头，或补上这个决策", key)
            required = tuple(self.decision(each, (*above, key)) for each in raw.requires)
            self._check_results(key, required)
            self.done[key] = _decision(raw, required, self.file)
        return self.done[key]

    def _check_results(self, key: str, required: tuple[Decision, ...]) -> None:
        owner: dict[str, str] = {}
        for each in required:
            for name in each.provides:
                if owner.setdefault(name, each.id) != each.id:
                    cure = "请给其中一个输出换个名字"
                    raise self._bad(f"决策“{owner[name]}”和“{each.id}”都提供“{name}”", cure, key)

    def _bad(self, message: str, cure: str, key: str) -> BadDefinition:
        line = self.raws[key].line
        return BadDefinition(message, file=self.file, element=key, line=line, cure=cure)


def _decision(raw: RawDecision, required: tuple[Decision, ...], file: str) -> Decision:
    logic = compile_logic(raw, file)
    provided = frozenset(name for each in required for name in each.provides)
    table = logic.body if isinstance(logic.body, Table) else None
    return Decision(
        id=raw.id,
        name=raw.name,
        file=file,
        hit_policy=table.policy if table else "",
        aggregation=table.aggregation if table else "",
        outputs=logic.outputs,
        rules=table.rules if table else (),
        names=(logic.names - provided).union(*(each.names for each in required)),
        functions=logic.functions.union(*(each.functions for each in required)),
        required=required,
        variable=raw.variable,
        table=table,
        logic=logic.body.evaluate
        if isinstance(logic.body, Table)
        else _literal(logic.body, logic.outputs[0]),
    )


def _literal(expression: Expression, output: Output) -> _Logic:
    def evaluate(scope: Scope) -> tuple[Rows, tuple[str, ...]]:
        value = expression.evaluate(scope)
        try:
            return [{output.name: output.kind.coerced(value)}], ()
        except ValueError as error:
            raise EvaluationError(
                f"决策的结果应是{output.kind.label}：{error}",
                file=expression.file,
                element=expression.element,
                cure="请改正表达式，或改变量的类型",
            ) from error

    return evaluate
