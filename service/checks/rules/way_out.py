"""A choice has an answer for every case."""

from __future__ import annotations

from collections.abc import Iterator

from service.checks import graph
from service.checks.findings import Finding, Severity
from service.checks.frame import Rule
from service.checks.model import Model
from service.engine.model import Node, Scope

rule = Rule(
    id="way_out",
    title="条件全都不成立时也有路走",
    severity=Severity.WARNING,
    kinds=("bpmn",),
    why="没有默认流的网关（或带条件流出的活动），条件全都不成立时办件会停在这里，成为异常件。"
    "一条条件是另一条的反面（如 ${x} 和 ${not x}，== 和 !=）的不提醒。",
    cure="把其中一条流设为默认流（斜线标记），或补全条件",
)


def check(model: Model) -> Iterator[Finding]:
    for _, scope, _ in model.scopes():
        for node in scope.nodes.values():
            if node.outgoing and _may_fail(scope, node):
                sentence = f"“{graph.label(node)}”没有默认流，条件可能全都不成立"
                yield Finding(sentence=sentence, element=node.id, line=node.line)


def _may_fail(scope: Scope, node: Node) -> bool:
    if node.default or node.kind in ("parallelGateway", "eventBasedGateway"):
        return False
    conditions = [scope.flows[flow].condition for flow in node.outgoing]
    return all(conditions) and not _exhaustive(conditions)


def _exhaustive(conditions: list[str]) -> bool:
    bare = [_bare(text) for text in conditions]
    return "true" in bare or any(_opposite(one) in bare for one in bare)


def _bare(text: str) -> str:
    inner = text.strip().removeprefix("${").removesuffix("}")
    words = inner.replace("!=", " != ").replace("==", " == ").replace("(", " ( ").replace(")", " ) ")
    return " ".join(words.lower().replace("&&", "and").replace("||", "or").split())


def _opposite(text: str) -> str:
    """The text of the condition that holds just when this one does not, for the common ways to write it."""
    for sign, other in ((" == ", " != "), (" > ", " <= "), (" < ", " >= "), (" empty ", " not empty ")):
        if sign in text and " and " not in text and " or " not in text:
            return text.replace(sign, other)
    return f"not {text}"
