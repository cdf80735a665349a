"""A process that a clock or a signal starts has no student, no form and at most its region's own authority."""

from __future__ import annotations

from collections.abc import Iterator

from service.checks import graph
from service.checks.findings import Finding, Severity
from service.checks.frame import Rule
from service.checks.model import Model, form_of
from service.checks.parties_set import Paths
from service.engine.model import Node, Process
from service.engine.self_starts import KINDS
from service.registry.actions import ACTIONS
from service.registry.counter import starter
from service.registry.facts import FACTS

rule = Rule(
    id="starts_by_itself",
    title="自动开始的流程没有学生",
    severity=Severity.ERROR,
    kinds=("bpmn",),
    why="定时或信号开始的办件没有人发起：没有开始表单，没有学生，也就没有学生的事实和学籍动作。"
    "它属于流程定义所在的地区：流程写了候选发起组（如 officer@authority）时，该地区自己的教育局就是组中的当事单位，"
    "没有自己教育局的地区（含全国）不开始；没有写时不属于任何单位，不能有用户任务。",
    cure="涉及学生的部分另画一个由人发起的流程；要由单位办的，在流程的候选发起组写 officer@authority",
)

_NEED_NO_RECORD = {topic for topic, action in ACTIONS.items() if "no_record" not in action.errors}


def check(model: Model) -> Iterator[Finding]:
    for process in model.processes:
        starts = [node for node in process.scope.starts() if node.event.kind in KINDS]
        if starts:
            yield from _forms(starts)
            yield from _records(process)
            yield from _parties(model, process)
            yield from _facts(model, process)


def _forms(starts: list[Node]) -> Iterator[Finding]:
    for node in starts:
        if form_of(node):
            sentence = f"自动开始的事件“{graph.label(node)}”有表单，没有人填"
            yield Finding(
                sentence=sentence, element=node.id, line=node.line, cure="去掉表单，或改用空白开始事件"
            )


def _records(process: Process) -> Iterator[Finding]:
    for _, node in process.scope.walk():
        topic = node.settings.get("topic", "")
        if topic in ACTIONS and topic not in _NEED_NO_RECORD:
            sentence = f"“{graph.label(node)}”要动学籍（{topic}），而自动开始的办件没有学生"
            yield Finding(sentence=sentence, element=node.id, line=node.line)


def _parties(model: Model, process: Process) -> Iterator[Finding]:
    parties = model.book.law.parties
    named = process.settings.get("candidateStarterGroups")
    party = starter(process.settings)[1] if named else ""
    if party and parties.known(party) and parties.kind(party) != "authority":
        sentence = f"候选发起组的当事单位 {party} 是学校，自动开始的办件只能归教育局"
        yield Finding(sentence=sentence, element=process.id, cure="候选发起组改写 officer@authority")
    told = set()
    for one in Paths(model, without_student=True).begin_by_itself(process, party):
        label = parties.label(one.party)
        if (one.node.id, label) not in told:
            told.add((one.node.id, label))
            sentence = (
                f"“{graph.label(one.node)}”要由{label}（{one.party}）办，自动开始的办件不能确定是哪个单位"
            )
            yield Finding(sentence=sentence, element=one.node.id, line=one.node.line)


def _facts(model: Model, process: Process) -> Iterator[Finding]:
    definition = next((one for one in model.definitions if one.process_id == process.id), None)
    if definition is None:
        return
    told = set()
    read = [(element, expression.names) for element, expression in definition.expressions]
    for node in definition.nodes.values():
        decision = definition.decisions.get(node.settings.get("decisionRef", ""))
        read += [(node.id, decision.names)] if decision else []
    for element, names in read:
        for name in sorted(names & FACTS.keys()):
            if (element, name) not in told:
                told.add((element, name))
                sentence = f"读取登记册的事实“{FACTS[name].label_zh}”（{name}），而自动开始的办件没有学生"
                yield Finding(sentence=sentence, element=element)
