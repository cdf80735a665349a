"""Branches that part come together again as they parted: nothing waits for ever, nothing runs twice unawares."""

from __future__ import annotations

from collections.abc import Iterator

from service.checks import graph
from service.checks.findings import Finding, Severity
from service.checks.frame import Rule
from service.checks.model import Model
from service.engine.exploration import Explored

rule = Rule(
    id="tokens_joined",
    title="分支怎样分开就怎样汇合",
    severity=Severity.ERROR,
    kinds=("bpmn",),
    why="检查用真正的引擎走遍每一层的所有状态（每个条件两边都走，每个边界事件都试一次）：排他分支汇到并行网关会永远等下去，"
    "并行分支汇到排他网关会把后面的步骤办两遍，走不到结束的循环永远办不完。",
    cure="并行分开的用并行网关汇合，按条件分开的用排他网关汇合，条件可同时成立的两边都用包容网关",
)


def check(model: Model) -> Iterator[Finding]:
    for process, scope, _ in model.scopes():
        found = model.explored(process, scope)
        for name, sentence in _troubles(found):
            node = scope.nodes[name]
            told = sentence.format(name=graph.label(node))
            yield Finding(sentence=told, element=node.id, line=node.line)


def _troubles(found: Explored) -> Iterator[tuple[str, str]]:
    for name in sorted(found.stuck):
        yield name, "“{name}”会一直等一条不会再来的分支，办件停在这里"
    for name in sorted(found.piled):
        yield name, "“{name}”会同时办两遍：并行的分支没有先汇合"
    for name in sorted(found.endless):
        yield name, "到了“{name}”之后，无论怎样都走不到结束"
