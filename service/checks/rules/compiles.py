"""A file that cannot be compiled cannot be in force."""

from __future__ import annotations

from collections.abc import Iterator

from service.checks.findings import Finding, Severity
from service.checks.frame import Rule
from service.checks.model import Model

rule = Rule(
    id="compiles",
    title="文件能够编译",
    severity=Severity.ERROR,
    kinds=("bpmn", "dmn", "form"),
    why="流程图、决策表、表单里的每个元素和表达式都要能执行；不能执行的在部署时拒绝，不留到办理时。",
    cure="按提示修改后重新检查",
)


def check(model: Model) -> Iterator[Finding]:
    if model.problem is None:
        return
    for problem in model.problem.problems or (model.problem.problem,):
        yield Finding(
            sentence=problem.message,
            element=problem.where,
            line=problem.line,
            cure=problem.cure,
            clauses=problem.clauses,
        )
