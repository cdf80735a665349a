"""From the text of a decision to something that runs; each mistake is named by rule and column.

All mistakes of a table are told at once. It must not know XML or how decisions feed each other.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from service.engine.arithmetic import equal
from service.engine.decision_file import RawClause, RawDecision, RawRule, RawTable
from service.engine.decision_table import Input, Output, Rule, Table
from service.engine.decision_types import Kind, kind_names, kind_of
from service.engine.expression_tokens import BadSyntax
from service.engine.expressions import Expression, check_calls, compile_expression
from service.engine.feel import Cell, Condition, Result, parse_condition, parse_result, parse_values
from service.engine.hit_policies import AGGREGATIONS, POLICIES
from service.errors import BadDefinition
from service.policy.clauses import ids_in

T = TypeVar("T", bound=Cell)


@dataclass(frozen=True, kw_only=True)
class Logic:
    """What a decision consists of."""

    body: Table | Expression
    outputs: tuple[Output, ...]
    names: frozenset[str]
    functions: frozenset[str]


_NO_AMOUNT = ("string", "boolean", "date", "dateTime", "time")


def compile_logic(raw: RawDecision, file: str) -> Logic:
    """Compile a decision's table or expression. Raises BadDefinition."""
    if isinstance(raw.logic, RawTable):
        return _TableCompiler(raw, raw.logic, file).logic()
    expression = compile_expression(raw.logic.text, file=file, element=raw.id, feel=True)
    kind = _kind(raw.logic, raw.id, file, "变量")
    return Logic(
        body=expression,
        outputs=(Output(name=raw.variable or raw.id, label=raw.name, kind=kind),),
        names=expression.names,
        functions=expression.functions,
    )


def _kind(clause: RawClause, element: str, file: str, what: str) -> Kind:
    try:
        return kind_of(clause.type_ref)
    except KeyError:
        raise BadDefinition(
            f"{what}“{clause.label}”的类型“{clause.type_ref}”不认识",
            file=file,
            element=element,
            line=clause.line,
            cure=f"请选 {'、'.join(kind_names())} 之一",
        ) from None


@dataclass(frozen=True, slots=True)
class _Column:
    """What the cells of an input column are checked against."""

    label: str
    kind: Kind
    allowed: tuple[object, ...]


class _TableCompiler:
    """Compiles one table and collects what is wrong with it."""

    def __init__(self, decision: RawDecision, table: RawTable, file: str) -> None:
        self.decision, self.raw, self.file = decision, table, file
        self.errors: list[BadDefinition] = []
        self.cells: list[Cell] = []

    def logic(self) -> Logic:
        self._check_policy()
        self._check_rules()
        outputs = tuple(self._output(clause) for clause in self.raw.outputs)
        self._check_outputs(outputs)
        inputs = tuple(self._input(place, clause) for place, clause in enumerate(self.raw.inputs))
        results = tuple(self._results(number, rule, outputs) for number, rule in self._numbered())
        self._report()
        table = Table(
            id=self.decision.id,
            name=self.decision.name,
            file=self.file,
            policy=self.raw.policy,
            aggregation=self.raw.aggregation,
            inputs=inputs,
            outputs=outputs,
            rules=tuple(_rule(number, rule) for number, rule in self._numbered()),
            results=results,
        )
        return Logic(
            body=table,
            outputs=outputs,
            names=frozenset[str]().union(
                *(i.expression.names for i in inputs), *(c.names for c in self.cells)
            ),
            functions=frozenset[str]().union(
                *(i.expression.functions for i in inputs), *(c.functions for c in self.cells)
            ),
        )

    def _numbered(self) -> list[tuple[int, RawRule]]:
        return list(enumerate(self.raw.rules, start=1))

    def _bad(self, message: str, cure: str, line: int = 0) -> BadDefinition:
        place = f"决策表“{self.decision.name}”"
        line = line or self.decision.line
        return BadDefinition(
            f"{place}{message}", file=self.file, element=self.decision.id, line=line, cure=cure
        )

    def _check_policy(self) -> None:
        policy, aggregation = self.raw.policy, self.raw.aggregation
        if policy not in POLICIES:
            raise self._bad(f"的命中策略“{policy}”不认识", f"请选 {'、'.join(POLICIES)} 之一")
        if aggregation and (policy != "COLLECT" or aggregation not in AGGREGATIONS):
            raise self._bad(f"的汇总“{aggregation}”用不上", "汇总只用于 COLLECT，可选 SUM、MIN、MAX、COUNT")
        if aggregation and len(self.raw.outputs) != 1:
            raise self._bad("要汇总，只能有一个输出列", "请拆成几张表，或去掉汇总")
        if aggregation == "SUM" and self.raw.outputs[0].type_ref.strip() in _NO_AMOUNT:
            label = self.raw.outputs[0].label
            raise self._bad(f"要求和的输出列“{label}”不是数字", "把类型改为 number，或改用 COUNT")

    def _check_rules(self) -> None:
        seen: dict[str, int] = {}
        for number, rule in self._numbered():
            if rule.id in seen:
                message = f"的第 {seen[rule.id]} 条和第 {number} 条规则 id 相同（{rule.id}）"
                self.errors.append(self._bad(message, "请给其中一条换个 id", rule.line))
            seen[rule.id] = number
            found = f"{len(rule.inputs)} 个输入格和 {len(rule.outputs)} 个输出格"
            wanted = f"{len(self.raw.inputs)} 个输入格和 {len(self.raw.outputs)} 个输出格"
            if found != wanted:
                message = f"的第 {number} 条规则有 {found}，应有 {wanted}"
                self.errors.append(self._bad(message, "请用 Modeler 重新保存这张表", rule.line))
        self._report()

    def _check_outputs(self, outputs: tuple[Output, ...]) -> None:
        names = [output.name for output in outputs]
        for output in outputs:
            if len(outputs) > 1 and (not output.name or names.count(output.name) > 1):
                message = f"的输出列“{output.label}”没有自己的名字"
                raise self._bad(message, "有几个输出时，每个都要有不同的 name")
        if self.raw.policy in ("PRIORITY", "OUTPUT ORDER") and not any(output.values for output in outputs):
            raise self._bad(
                "按优先级命中，却没有一个输出列列出可选值", "请给输出列填写可选值，排在前面的优先"
            )

    def _input(self, place: int, clause: RawClause) -> Input:
        expression = self._expression(clause)
        kind = self._kind(clause, "输入列")
        column = _Column(clause.label, kind, self._allowed(clause, kind))
        checks: dict[str, tuple[Condition, int]] = {}
        for number, rule in self._numbered():
            source = rule.inputs[place]
            known = checks.get(source)
            condition = known[0] if known else self._condition(column, number, source, rule.line)
            checks[source] = condition, (known[1] if known else 0) | 1 << (number - 1)
        used = [(condition.check, bits) for condition, bits in checks.values() if condition.check is not None]
        return Input(
            label=clause.label,
            kind=kind,
            expression=expression,
            checks=tuple(used),
            bits=sum(b for _, b in used),
        )

    def _expression(self, clause: RawClause) -> Expression:
        try:
            return compile_expression(clause.text, file=self.file, element=self.decision.id, feel=True)
        except BadDefinition as error:
            problem = error.problem
            self.errors.append(
                self._bad(f"的输入列“{clause.label}”{problem.message}", problem.cure, clause.line)
            )
            return compile_expression("null", file=self.file, element=self.decision.id)

    def _kind(self, clause: RawClause, what: str) -> Kind:
        try:
            return _kind(clause, self.decision.id, self.file, what)
        except BadDefinition as error:
            self.errors.append(self._bad(f"的{error.problem.message}", error.problem.cure, clause.line))
            return kind_of("")

    def _allowed(self, clause: RawClause, kind: Kind) -> tuple[object, ...]:
        try:
            return parse_values(clause.values, kind) if clause.values else ()
        except BadSyntax as problem:
            message = f"的列“{clause.label}”的可选值“{clause.values}”：{problem.message}"
            self.errors.append(self._bad(message, problem.cure, clause.line))
            return ()

    def _output(self, clause: RawClause) -> Output:
        kind = self._kind(clause, "输出列")
        name = clause.name or ("" if len(self.raw.outputs) > 1 else self.decision.id)
        return Output(name=name, label=clause.label, kind=kind, values=self._allowed(clause, kind))

    def _condition(self, column: _Column, number: int, source: str, line: int) -> Condition:
        place = f"的第 {number} 条规则，列“{column.label}”"
        cell = self._cell(partial(parse_condition, source, column.kind), source, place, line)
        if cell is None:
            return Condition(source=source)
        self._check_allowed(cell.literals, column.allowed, place, line)
        return cell

    def _results(self, number: int, rule: RawRule, outputs: tuple[Output, ...]) -> tuple[Result, ...]:
        results: list[Result] = []
        for output, source in zip(outputs, rule.outputs, strict=True):
            place = f"的第 {number} 条规则，输出“{output.label}”"
            cell = self._cell(partial(parse_result, source, output.kind), source, place, rule.line)
            if cell is not None:
                self._check_allowed((cell.value,) if cell.constant else (), output.values, place, rule.line)
                results.append(cell)
        return tuple(results)

    def _cell(self, parse: Callable[[], T], source: str, place: str, line: int) -> T | None:
        try:
            cell = parse()
            for tree in cell.trees:
                check_calls(tree, source, self.file, self.decision.id)
        except BadSyntax as problem:
            self.errors.append(self._bad(f"{place}：“{source}”：{problem.message}", problem.cure, line))
            return None
        except BadDefinition as error:
            self.errors.append(self._bad(f"{place}：{error.problem.message}", error.problem.cure, line))
            return None
        self.cells.append(cell)
        return cell

    def _check_allowed(
        self, values: tuple[object, ...], allowed: tuple[object, ...], place: str, line: int
    ) -> None:
        for value in values:
            if allowed and value is not None and not any(equal(value, each) for each in allowed):
                message = f"{place}：“{value}”不在可选值里"
                self.errors.append(self._bad(message, "请改正单元格，或把它加进这一列的可选值", line))

    def _report(self) -> None:
        if len(self.errors) == 1:
            raise self.errors[0]
        if self.errors:
            problems = [error.problem for error in self.errors]
            message, cure = f"有 {len(problems)} 处错误", "请逐条改正"
            first = self._bad(message, cure)
            raise BadDefinition(
                first.message,
                file=self.file,
                element=self.decision.id,
                line=first.problem.line,
                cure=cure,
                problems=problems,
            )


def _rule(number: int, rule: RawRule) -> Rule:
    return Rule(
        id=rule.id,
        number=number,
        clauses=ids_in(rule.description),
        description=rule.description,
        inputs=rule.inputs,
        outputs=rule.outputs,
        line=rule.line,
    )
