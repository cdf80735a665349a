"""A repetition says how often, or over what."""

from __future__ import annotations

from collections.abc import Iterator

from service.checks import graph
from service.checks.findings import Finding, Severity
from service.checks.frame import Rule
from service.checks.model import Model
from service.engine.model import Loop

rule = Rule(
    id="loop_complete",
    title="重复的活动写明重复多少次",
    severity=Severity.ERROR,
    kinds=("bpmn",),
    why="多实例要有集合（collection）或次数（loopCardinality）；标准循环要有条件（loopCondition）或最多次数（loopMaximum）。",
    cure="在属性面板的多实例（循环）一栏补全",
)


def check(model: Model) -> Iterator[Finding]:
    for _, _, node in model.nodes():
        for sentence in _wrong(node.loop) if node.loop else ():
            yield Finding(sentence=f"“{graph.label(node)}”{sentence}", element=node.id, line=node.line)


def _wrong(loop: Loop) -> Iterator[str]:
    if loop.kind == "standard":
        if not loop.completion and not loop.maximum:
            yield "的循环没有条件，也没有最多次数"
        if loop.maximum and not loop.maximum.isdecimal():
            yield f"的最多次数 {loop.maximum} 不是整数"
    else:
        yield from _many(loop)
    if loop.completion and not loop.completion.startswith("${"):
        yield f"的条件 {loop.completion} 不是表达式，要写成 ${{…}}"


def _many(loop: Loop) -> Iterator[str]:
    if not loop.collection and not loop.cardinality:
        yield "是多实例，但没有写集合，也没有写次数"
    if loop.collection and loop.cardinality:
        yield "同时写了集合和次数，只能写一个"
    if loop.cardinality and "${" not in loop.cardinality and not loop.cardinality.isdecimal():
        yield f"的次数 {loop.cardinality} 不是整数"
    if loop.item and not loop.collection:
        yield f"写了元素变量 {loop.item}，但没有写集合"
