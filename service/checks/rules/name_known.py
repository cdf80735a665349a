"""A name an expression reads must be a fact, or something must write it."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from service.checks.findings import Finding, Severity
from service.checks.frame import Rule
from service.checks.model import Model
from service.checks.written import written
from service.engine import Definition
from service.engine.expressions import compile_value
from service.engine.model import Node
from service.registry.facts import FACTS

rule = Rule(
    id="name_known",
    title="表达式里的名称有来处",
    severity=Severity.ERROR,
    kinds=("bpmn",),
    why="表达式和决策表只能读：表单字段、调用活动交来的变量（camunda:in）、调用返回的变量（camunda:out）、决策结果、"
    "输出参数、消息带来的变量，以及登记册提供的事实。读一个没有来处的名称，值永远是空。",
    cure="请检查拼写；文字要加引号；外部任务或消息带来的变量用属性 returns 写明",
)


def check(model: Model) -> Iterator[Finding]:
    for definition in model.definitions:
        known = written(model, definition.process)
        if known is not None:
            yield from _unknown(definition, known | FACTS.keys())
            yield from _returned(model, definition)


def _unknown(definition: Definition, known: set[str]) -> Iterator[Finding]:
    """Names in the expressions and tables of a process that nothing writes."""
    for node in definition.nodes.values():
        for name in sorted(_read_by(definition, node) - known):
            yield _finding(node, name, known)
    flows = definition.flows
    for element, expression in definition.expressions:
        for name in sorted(expression.names - known) if element in flows else ():
            yield Finding(sentence=_sentence(name), element=element, cure=_near(name, known))


def _read_by(definition: Definition, node: Node) -> frozenset[str]:
    inside = {item.value for item in node.call_out} - {item.value for item in node.call_in}
    names = frozenset[str]()
    for element, expression in definition.expressions:
        if element == node.id and expression.source not in inside:
            names |= expression.names
    decision = definition.decisions.get(node.settings.get("decisionRef", ""))
    return names | decision.names if decision else names


def _returned(model: Model, definition: Definition) -> Iterator[Finding]:
    """What a call takes back is read inside the called process."""
    for node in definition.nodes.values():
        if node.kind != "callActivity" or "${" in node.called:
            continue
        known = _inside(model, node.called)
        if known is None:
            continue
        for item in node.call_out:
            names = compile_value(item.value, file=definition.file, element=node.id).names
            for name in sorted(names - known):
                yield _finding(node, name, known, f"被调用的流程 {node.called} 里")


def _inside(model: Model, process_id: str) -> set[str] | None:
    for source in model.bundle.files.values():
        if source.name.endswith(".bpmn"):
            other = Model(book=model.book, bundle=model.bundle, source=source)
            for process in other.processes:
                if process.id == process_id:
                    known = written(other, process)
                    return None if known is None else known | FACTS.keys()
    return None


def _finding(node: Node, name: str, known: set[str], where: str = "") -> Finding:
    return Finding(
        sentence=f"{where}{_sentence(name)}", element=node.id, line=node.line, cure=_near(name, known)
    )


def _sentence(name: str) -> str:
    return f"“{name}”既不是事实，也没有任何表单、调用或决策写它"


def _near(name: str, known: set[str]) -> str:
    near = get_close_matches(name, known, n=1)
    return f"是不是想写 {near[0]}？" if near else ""
