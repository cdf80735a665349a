"""A process goes by the name of its file, has a name for people, and is meant to run."""

from __future__ import annotations

from collections.abc import Iterator

from service.checks.findings import Finding, Severity
from service.checks.frame import Rule
from service.checks.model import Model

rule = Rule(
    id="process_named",
    title="流程 id 与文件同名，可执行，有中文名称",
    severity=Severity.ERROR,
    kinds=("bpmn",),
    why="流程按 id 查找、按文件名覆盖，两者要一致：<id>.bpmn；一个文件里有两个流程（两个泳池）时，id 以文件名开头，"
    "例如 cross_province_receiving。isExecutable=false 的流程不会执行。",
    cure="在属性面板中把流程 id 改成文件名（不含 .bpmn），勾选“可执行”，写上名称",
)


def check(model: Model) -> Iterator[Finding]:
    stem = model.source.name.removesuffix(".bpmn")
    alone = len(model.processes) == 1
    for process in model.processes:
        fits = process.id == stem if alone else process.id.startswith(f"{stem}_")
        if not fits:
            wanted = stem if alone else f"{stem}_…"
            yield Finding(sentence=f"流程 id {process.id} 与文件名不一致，应为 {wanted}", element=process.id)
        if not process.executable:
            yield Finding(
                sentence=f"流程 {process.id} 标为不可执行（isExecutable=false）", element=process.id
            )
        if not process.name:
            yield Finding(sentence=f"流程 {process.id} 没有名称", element=process.id)
