"""A clause that is cited must exist, and must bind where the file is in force."""

from __future__ import annotations

from collections.abc import Iterator

from service.checks.citations import citations
from service.checks.findings import Finding, Severity
from service.checks.frame import Rule
from service.checks.model import Model

rule = Rule(
    id="clause_known",
    title="引用的条款存在，且在本地区有效",
    severity=Severity.ERROR,
    kinds=("bpmn", "dmn", "form"),
    why="流程、决策表和表单里写的条款号都要能在 processes/clauses/ 中查到，并且属于本地区或"
    "它的上级：全国的文件不能以某地的规定为据。",
    cure="核对条款号，或在 processes/clauses/ 中登记这一条",
)


def check(model: Model) -> Iterator[Finding]:
    chain = {region.code for region in model.book.law.regions.chain(model.region)}
    for one in citations(model):
        if one.clause not in model.book.clauses:
            yield Finding(sentence=f"没有编号为 {one.clause} 的条款", element=one.element, line=one.line)
        elif (region := model.book.clauses.get(one.clause).region) not in chain:
            where = model.book.law.regions.get(region).name
            here = model.book.law.regions.get(model.region).name
            sentence = f"{one.clause} 是{where}的规定，不能作为{here}的依据"
            yield Finding(sentence=sentence, element=one.element, line=one.line)
