"""Work of the system must be work the system can do."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from service.checks.calls import constants
from service.checks.findings import Finding, Severity
from service.checks.frame import Rule
from service.checks.model import Model
from service.engine.model import Node, Process
from service.registry.actions import ACTIONS, PREFIX, Action
from service.registry.occasions import OCCASIONS

rule = Rule(
    id="work_known",
    title="系统动作存在，输入齐全",
    severity=Severity.ERROR,
    kinds=("bpmn",),
    why="服务任务用外部任务的主题（topic）说明做什么。registry. 开头的由系统在同一事务里完成，名称和输入取自"
    "固定的清单；其他主题等待外部程序来取。registry. 开头的消息由系统在相应的时机发出，只能用来开始流程。",
    cure="在属性面板中选择“外部任务”，主题写 registry.<动作>，输入参数照动作的说明填写",
)


def check(model: Model) -> Iterator[Finding]:
    for process, scope, node in model.nodes():
        if node.event.kind == "message" and node.event.value.startswith(PREFIX):
            yield from _occasion(node, begins=scope is process.scope and node.kind == "startEvent")
        topic = node.settings.get("topic", "")
        if node.kind == "serviceTask" and (not topic or node.settings.get("type") != "external"):
            yield Finding(
                sentence=f"服务任务“{node.name or node.id}”没有主题", element=node.id, line=node.line
            )
        elif topic.startswith(PREFIX) and topic not in ACTIONS:
            near = get_close_matches(topic, ACTIONS, n=1)
            cure = f"是不是 {near[0]}？" if near else f"可用：{'、'.join(ACTIONS)}"
            yield Finding(sentence=f"没有“{topic}”这个系统动作", element=node.id, line=node.line, cure=cure)
        elif topic in ACTIONS:
            yield from _inputs(model, process, node, ACTIONS[topic])


def _occasion(node: Node, *, begins: bool) -> Iterator[Finding]:
    """Messages of the registry: a closed list, and each starts a process."""
    cure = f"可用：{'、'.join(OCCASIONS)}，画作流程的消息开始事件；其他消息不要以 {PREFIX} 开头"
    if node.event.value not in OCCASIONS:
        sentence = f"系统不会发出消息“{node.event.value}”"
        yield Finding(sentence=sentence, element=node.id, line=node.line, cure=cure)
    elif not begins:
        sentence = f"消息“{node.event.value}”只能用来开始流程"
        yield Finding(sentence=sentence, element=node.id, line=node.line, cure=cure)


def _inputs(model: Model, process: Process, node: Node, action: Action) -> Iterator[Finding]:
    given = {item.target: item.value for item in node.inputs}
    known = {one.name: one for one in action.inputs}
    cure = f"可用的输入：{'、'.join(known) or '无'}"
    for name in given:
        if name not in known:
            sentence = f"{action.topic} 不认识输入“{name}”"
            yield Finding(sentence=sentence, element=node.id, line=node.line, cure=cure)
    for one in action.inputs:
        if one.required and not given.get(one.name):
            sentence = f"{action.topic} 缺少输入“{one.name}”（{one.label_zh}）"
            yield Finding(sentence=sentence, element=node.id, line=node.line, cure=cure)
        elif one.name in given:
            for value in sorted(constants(model.book, process.id, given[one.name])):
                if not _allowed(model, one.type, value):
                    sentence = f"{action.topic} 的“{one.name}”不能是“{value}”"
                    yield Finding(sentence=sentence, element=node.id, line=node.line)


def _allowed(model: Model, kind: str, value: str) -> bool:
    """Whether a constant is in the closed list its type names; other types take any."""
    law = model.book.law
    if kind == "party":
        return law.parties.known(value)
    lists = {
        "status": law.statuses.statuses,
        "flag": law.statuses.side["flags"],
        "lock": law.statuses.side["lock"],
        "number_class": law.numbers.classes,
        "sanction": law.statuses.side["sanction"],
    }
    return kind not in lists or value in lists[kind]
