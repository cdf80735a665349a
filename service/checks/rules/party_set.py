"""Nobody is asked before it is settled who it is."""

from __future__ import annotations

from collections.abc import Iterator

from service.checks import graph
from service.checks.findings import Finding, Severity
from service.checks.frame import Rule
from service.checks.model import Model, form_of
from service.checks.parties_set import Paths

rule = Rule(
    id="party_set",
    title="当事单位先确定，后使用",
    severity=Severity.ERROR,
    kinds=("bpmn",),
    why="parties.yaml 里 from: case 的当事单位（以及由它推出的），要由发起单位（候选发起组）"
    "或前面某一步的表单字段（属性 party）确定。只要有一条路走到这里时还没有确定，任务就不知道归谁。",
    cure="在每条路上先办一个带有 party 属性的单位字段的表单，或由该单位发起",
)


def check(model: Model) -> Iterator[Finding]:
    paths = Paths(model)
    for process in model.processes:
        if any(form_of(start) for start in process.scope.starts()):
            told = set()
            for one in paths.begin(process):
                label = model.book.law.parties.label(one.party)
                sentence = f"到“{graph.label(one.node)}”时还没有确定{label}（{one.party}）"
                if (one.node.id, sentence) not in told:
                    told.add((one.node.id, sentence))
                    yield Finding(sentence=sentence, element=one.node.id, line=one.node.line)
