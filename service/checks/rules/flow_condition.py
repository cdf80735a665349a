"""Conditions stand where they are asked."""

from __future__ import annotations

from collections.abc import Iterator

from service.checks import graph
from service.checks.findings import Finding, Severity
from service.checks.frame import Rule
from service.checks.model import Model
from service.engine.model import Flow, Node, Scope

rule = Rule(
    id="flow_condition",
    title="条件写在会被问到的流上",
    severity=Severity.ERROR,
    kinds=("bpmn",),
    why="排他网关和包容网关的每条流出都要么有条件、要么是默认流；默认流在别的条件都不成立时才走，它自己的条件不会被问；"
    "并行网关和基于事件的网关不问条件。",
    cure="补写条件，或把没有条件的那条设为默认流；默认流上的条件删去",
)

_NEVER_ASK = {"parallelGateway": "并行网关", "eventBasedGateway": "基于事件的网关"}
_CHOOSE = ("exclusiveGateway", "inclusiveGateway")


def check(model: Model) -> Iterator[Finding]:
    for _, scope, _ in model.scopes():
        for node in scope.nodes.values():
            if node.default and node.default not in node.outgoing:
                sentence = f"“{graph.label(node)}”的默认流 {node.default} 不是从它流出的"
                yield Finding(sentence=sentence, element=node.id, line=node.line)
            for flow in (scope.flows[each] for each in node.outgoing):
                if sentence := _wrong(scope, node, flow):
                    yield Finding(sentence=sentence, element=flow.id, line=flow.line)


def _wrong(scope: Scope, node: Node, flow: Flow) -> str:
    if flow.condition:
        if flow.id == node.default:
            return f"默认流“{flow.name or flow.id}”写了条件，条件不会被问"
        if node.kind in _NEVER_ASK:
            return f"{_NEVER_ASK[node.kind]}“{graph.label(node)}”不问条件"
        if node.kind == "startEvent" or node.kind == "boundaryEvent":
            return f"事件“{graph.label(node)}”流出的顺序流不能带条件"
    elif node.kind in _CHOOSE and len(node.outgoing) > 1 and flow.id != node.default:
        return f"网关“{graph.label(node)}”流出的“{flow.name or flow.id}”既没有条件，也不是默认流"
    return ""
