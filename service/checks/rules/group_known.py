"""Groups name a role a unit of that party really has."""

from __future__ import annotations

from collections.abc import Iterator

from service.checks.calls import constants
from service.checks.findings import Finding, Severity
from service.checks.frame import Rule
from service.checks.model import Model
from service.engine.model import Node, Process
from service.registry import counter

rule = Rule(
    id="group_known",
    title="候选组是“角色@当事单位”",
    severity=Severity.ERROR,
    kinds=("bpmn",),
    why="角色取自 roles.yaml（学校：registrar、head；主管部门：officer、responsible），当事单位取自 parties.yaml。"
    "共用流程里写 ${first}@${party} 的，按每个调用处交来的值逐一核对。"
    "消息的 sent_by（其中还可以写 guardian，即持查询码的监护人）和流程的候选发起组同样核对。",
    cure="写成 角色@当事单位，例如 head@sending_school；当事单位的上级写 superior_of_<当事单位>",
)


def check(model: Model) -> Iterator[Finding]:
    for process in model.processes:
        starters = process.settings.get("candidateStarterGroups", "")
        yield from _check(model, process, None, starters)
    for process, _, node in model.nodes():
        yield from _check(model, process, node, node.settings.get("candidateGroups", ""))
        yield from _check(model, process, node, _people(node.properties.get("sent_by", "")))


def _people(sent_by: str) -> str:
    """Who may send, without the guardian, who has no unit."""
    return ",".join(one for one in sent_by.split(",") if one.strip() != counter.GUARDIAN)


def _check(model: Model, process: Process, node: Node | None, text: str) -> Iterator[Finding]:
    element, line = (node.id, node.line) if node else (process.id, 0)
    said: set[str] = set()
    for value in sorted(constants(model.book, process.id, text)) if text else ():
        for group in filter(None, (part.strip() for part in value.split(","))):
            sentence = _wrong(model, group)
            if sentence and sentence not in said:
                said.add(sentence)
                yield Finding(sentence=sentence, element=element, line=line)


def _wrong(model: Model, group: str) -> str:
    role, at, party = group.partition("@")
    parties, roles = model.book.law.parties, model.book.law.roles
    if not at:
        return f"候选组“{group}”没有写当事单位"
    if not parties.known(party):
        return f"没有“{party}”这个当事单位"
    allowed = roles.in_units(parties.kind(party))
    if role not in allowed:
        return f"{parties.label(party)}没有“{role}”这个角色，可用：{'、'.join(allowed)}"
    return ""
