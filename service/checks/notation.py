"""What of the notation the engine obeys: attributes and extension elements, and what to use instead of the rest.

Works on the XML itself, because the model keeps only what runs. Two rules tell of it: what would change how a
case goes is an error, what only tunes Camunda's own machinery a warning.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from service.engine.dialect import line_of
from service.engine.vocabulary import ACTIVITIES, EVENTS, GATEWAYS

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
CAMUNDA = "{http://camunda.org/schema/1.0/bpmn}"

_TOPIC = '改用“外部任务”（camunda:type="external"）并填写主题，例如 registry.<动作>'
_LATEST = "绑定改为 latest；办件始终用它开始时的版本"
_GROUPS = "改用候选组（角色@当事单位）"
_FORM = "改用表单引用（formRef）"
_STEP = "需要做的事画成一个服务任务"

# Attributes that are obeyed.
_OBEYED = {
    "process": "candidateStarterGroups isStartableInTasklist versionTag historyTimeToLive",
    "startEvent": "formRef formRefBinding formKey",
    "userTask": "candidateGroups assignee dueDate followUpDate priority formRef formRefBinding formKey",
    "serviceTask": "type topic taskPriority resultVariable",
    "sendTask": "type topic taskPriority",
    "businessRuleTask": "type topic taskPriority decisionRef decisionRefBinding resultVariable mapDecisionResult",
    "callActivity": "calledElementTenantId calledElementBinding",
    "multiInstanceLoopCharacteristics": "collection elementVariable",
    "errorEventDefinition": "errorCodeVariable errorMessageVariable",
    "escalationEventDefinition": "escalationCodeVariable",
}
_DESCRIBES = {"modelerTemplate", "modelerTemplateVersion", "modelerTemplateIcon", "diagramRelationId"}
_KEEPS = {"asyncBefore", "asyncAfter", "async", "exclusive"}
_NODES = EVENTS | GATEWAYS | ACTIVITIES
_NOTHING_AFTER = {"endEvent": "结束事件之后没有别的", "eventBasedGateway": "之后的几个事件要一起等"}
_LATEST_ONLY = {"formRefBinding", "calledElementBinding", "decisionRefBinding"}
_INSTEAD = {
    **dict.fromkeys(("class", "delegateExpression", "expression"), _TOPIC),
    **dict.fromkeys(("candidateUsers", "candidateStarterUsers"), _GROUPS),
    **dict.fromkeys(("formRefVersion", "calledElementVersion", "calledElementVersionTag"), _LATEST),
    **dict.fromkeys(("decisionRefVersion", "decisionRefVersionTag", "caseBinding"), _LATEST),
    **dict.fromkeys(
        ("variableMappingClass", "variableMappingDelegateExpression"), "改用输入输出映射（camunda:in/out）"
    ),
    **dict.fromkeys(("variableName", "variableEvents"), "删去；条件在任何变量变化时都会重新判断"),
    "initiator": "删去；发起人由系统记录，四眼原则用属性 four_eyes",
    "decisionRefTenantId": "删去；决策表按流程所在地区取用",
    "resource": "把条件写成 ${…} 表达式",
    "errorCode": "删去",
}

_ELEMENTS_OBEYED = {"properties", "property", "inputOutput", "inputParameter", "outputParameter", "in", "out"}
_ELEMENTS_TUNE = {"failedJobRetryTimeCycle"}
_ELEMENTS_INSTEAD = {
    **dict.fromkeys(("executionListener", "taskListener"), _STEP),
    **dict.fromkeys(("formData", "formField", "formProperty", "formFieldConstraint"), _FORM),
    **dict.fromkeys(("connector", "connectorId"), _TOPIC),
    **dict.fromkeys(("script", "list", "map", "entry", "value"), "写成一个 ${…} 表达式"),
    "field": _TOPIC,
    "errorEventDefinition": "让外部程序上报 BPMN 错误，用错误边界事件接住",
    "potentialStarter": "改用候选发起组（candidateStarterGroups）",
}
_WITH_INPUTS = {
    *("task", "userTask", "manualTask", "serviceTask", "sendTask", "receiveTask", "businessRuleTask"),
    *("subProcess", "transaction", "callActivity", "intermediateThrowEvent", "endEvent"),
}
# BPMN's own attributes and children that would change how a case goes.
_BPMN_ATTRIBUTES = {
    "instantiate": ("true", "用消息开始事件开始流程"),
    "waitForCompletion": ("false", "删去；补偿总是等待完成"),
    "parallelMultiple": ("true", "拆成多个事件"),
}
_BPMN_VALUES = {
    "eventGatewayType": ({"Exclusive"}, "改用并行网关"),
    "behavior": ({"All"}, "删去；需要在每次完成时做的事，画在多实例子流程里"),
    "startQuantity": ({"1"}, "改用多实例"),
    "completionQuantity": ({"1"}, "改用多实例"),
}
_BPMN_CHILDREN = {
    **dict.fromkeys(("potentialOwner", "humanPerformer", "performer"), _GROUPS),
    **dict.fromkeys(
        ("loopDataInputRef", "loopDataOutputRef", "inputDataItem", "outputDataItem"),
        "改用 camunda:collection",
    ),
    "complexBehaviorDefinition": "改用完成条件（completionCondition）",
}


@dataclass(frozen=True, kw_only=True)
class Unobeyed:
    """Something written that the engine does not obey; ``tunes`` if nothing about a case depends on it."""

    what: str
    cure: str
    element: str
    line: int
    tunes: bool = False


def unobeyed(root: etree._Element) -> Iterator[Unobeyed]:
    """Everything in a file that is not obeyed."""
    for element in root.iter():
        if not isinstance(element.tag, str):
            continue
        for what, cure, tunes in _in(element):
            yield Unobeyed(what=what, cure=cure, element=_owner(element), line=line_of(element), tunes=tunes)


def _in(element: etree._Element) -> Iterator[tuple[str, str, bool]]:
    tag = str(element.tag)
    if tag.startswith(CAMUNDA):
        yield from _extension(element, tag.removeprefix(CAMUNDA))
    elif tag.startswith(BPMN):
        name = tag.removeprefix(BPMN)
        yield from _camunda_attributes(element, name)
        yield from _bpmn(element, name)


def _camunda_attributes(element: etree._Element, name: str) -> Iterator[tuple[str, str, bool]]:
    for key, value in ((str(key), str(value)) for key, value in element.attrib.items()):
        attribute = key.removeprefix(CAMUNDA)
        if not key.startswith(CAMUNDA) or attribute in _DESCRIBES:
            continue
        if attribute in _KEEPS:
            yield from _keeping(name, attribute, value)
        elif attribute == "jobPriority":
            yield f"属性 camunda:{attribute} 不起作用", "删去；到期的先办", True
        elif attribute not in _OBEYED.get(name, "").split():
            yield (
                f"不执行属性 camunda:{attribute}",
                _INSTEAD.get(attribute, "删去，或改用受支持的写法"),
                False,
            )
        elif attribute in _LATEST_ONLY and value != "latest":
            yield f"不支持 camunda:{attribute}=“{value}”", _LATEST, False
        elif attribute == "type" and value != "external":
            yield f"不支持 camunda:type=“{value}”", _TOPIC, False


def _keeping(name: str, attribute: str, value: str) -> Iterator[tuple[str, str, bool]]:
    """Asynchronous continuations are obeyed on what runs; the jobs of one case are always exclusive."""
    if attribute == "exclusive":
        if value == "false":
            yield "camunda:exclusive=“false”不起作用", "删去；一个办件的作业总是一个接一个", True
    elif name not in _NODES:
        yield f"这里的 camunda:{attribute} 不起作用", "写在活动、事件或网关本身上", True
    elif attribute == "asyncAfter" and value == "true" and name in _NOTHING_AFTER:
        yield f"属性 camunda:asyncAfter 不起作用：{_NOTHING_AFTER[name]}", "删去", True


def _extension(element: etree._Element, name: str) -> Iterator[tuple[str, str, bool]]:
    if name in _ELEMENTS_TUNE:
        yield f"camunda:{name} 不起作用", "删去；失败的工作会自动重试，之后转为异常件", True
    elif name not in _ELEMENTS_OBEYED:
        yield f"不执行 camunda:{name}", _ELEMENTS_INSTEAD.get(name, "删去，或改用受支持的写法"), False
    elif name in ("in", "out"):
        yield from _mapping(element, name)
    elif name == "inputParameter" and _holder(element) not in _WITH_INPUTS:
        yield "这里的输入参数不起作用", "输入参数只写在活动和抛出、结束事件上", False


def _mapping(element: etree._Element, name: str) -> Iterator[tuple[str, str, bool]]:
    if _holder(element) != "callActivity":
        yield (
            f"camunda:{name} 只在调用活动上起作用",
            "消息和信号带出的值写成输入参数（inputParameter）",
            False,
        )
    if element.get("local") == "true":
        yield f"不支持 camunda:{name} 的 local", "逐个写出要交的变量", False
    key = element.get("businessKey")
    if key is not None and "processBusinessKey" not in key:
        yield f"不支持把业务编号换成 {key}", "删去；被调用的流程总是用同一个受理编号", False
    if name == "in" and key is None and element.get("variables") != "all" and not element.get("target"):
        yield "输入映射没有写目标变量（target）", "在属性面板中补全", False


def _bpmn(element: etree._Element, name: str) -> Iterator[tuple[str, str, bool]]:
    for attribute, (bad, cure) in _BPMN_ATTRIBUTES.items():
        if element.get(attribute) == bad:
            yield f"不支持 {attribute}=“{bad}”", cure, False
    for attribute, (good, cure) in _BPMN_VALUES.items():
        value = element.get(attribute)
        if value is not None and value not in good:
            yield f"不支持 {attribute}=“{value}”", cure, False
    if name in _BPMN_CHILDREN:
        yield f"不执行 {name}", _BPMN_CHILDREN[name], False
    language = element.get("language", "")
    if name in ("conditionExpression", "condition") and language:
        yield f"不支持用 {language} 写条件", "改写为 ${…} 表达式，并删去 language", False


def _holder(element: etree._Element) -> str:
    """The kind of node whose extension an element is part of."""
    for parent in element.iterancestors():
        tag = str(parent.tag)
        if tag.startswith(BPMN) and tag != f"{BPMN}extensionElements":
            return tag.removeprefix(BPMN)
    return ""


def _owner(element: etree._Element) -> str:
    """The id people see in the modeler: of the node or flow, not of its parts."""
    current: etree._Element | None = element
    while current is not None:
        name = str(current.tag)
        if name.startswith(BPMN) and not name.endswith("EventDefinition") and current.get("id"):
            return current.get("id", "")
        current = current.getparent()
    return ""
