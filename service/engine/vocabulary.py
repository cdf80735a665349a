"""The words of BPMN 2.0: what runs, what is drawn for people only, and what is refused with what to draw instead."""

from __future__ import annotations

EVENTS = {"startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent"}
GATEWAYS = {"exclusiveGateway", "inclusiveGateway", "parallelGateway", "eventBasedGateway"}
TASKS = {"task", "userTask", "manualTask", "serviceTask", "sendTask", "receiveTask", "businessRuleTask"}
CONTAINERS = {"subProcess", "transaction"}
ACTIVITIES = TASKS | CONTAINERS | {"callActivity"}

NAMES = {
    "task": "任务",
    "userTask": "用户任务",
    "manualTask": "手工任务",
    "serviceTask": "服务任务",
    "sendTask": "发送任务",
    "receiveTask": "接收任务",
    "businessRuleTask": "业务规则任务",
    "subProcess": "子流程",
    "transaction": "事务子流程",
    "callActivity": "调用活动",
    "exclusiveGateway": "排他网关",
    "inclusiveGateway": "包容网关",
    "parallelGateway": "并行网关",
    "eventBasedGateway": "事件网关",
    "startEvent": "开始事件",
    "endEvent": "结束事件",
    "intermediateCatchEvent": "中间捕获事件",
    "intermediateThrowEvent": "中间抛出事件",
    "boundaryEvent": "边界事件",
}

_CHOREOGRAPHY = ("编排任务", "改用两个泳池和消息流")
UNSUPPORTED = {
    "complexGateway": ("复杂网关", "改用排他、并行或包容网关"),
    "adHocSubProcess": ("临时（ad hoc）子流程", "改用普通子流程，把各步骤用顺序流连起来"),
    "scriptTask": ("脚本任务", "改用业务规则任务（决策表）或 registry. 主题的服务任务"),
    "choreographyTask": _CHOREOGRAPHY,
    "subChoreography": _CHOREOGRAPHY,
    "callChoreography": _CHOREOGRAPHY,
    "dataStoreReference": ("数据存储", "改用决策表读取事实，或 registry. 主题的服务任务"),
}
# Beside the processes of a file: what would have to run and cannot.
UNSUPPORTED_ROOTS = {
    "choreography": ("编排图", "改用两个泳池和消息流"),
    "globalChoreographyTask": ("全局编排任务", "改用两个泳池和消息流"),
    "globalTask": ("全局任务", "把任务画进流程"),
    "globalUserTask": ("全局用户任务", "把任务画进一个流程，用调用活动调用它"),
    "globalManualTask": ("全局手工任务", "把任务画进一个流程，用调用活动调用它"),
    "globalScriptTask": ("全局脚本任务", "改用决策表或 registry. 主题的服务任务"),
    "globalBusinessRuleTask": ("全局业务规则任务", "把任务画进一个流程，用调用活动调用它"),
    "dataStore": ("数据存储", "改用决策表读取事实，或 registry. 主题的服务任务"),
    "globalConversation": ("全局会话", "改用两个泳池和消息流"),
}
# For people, or told elsewhere: nothing of it runs, and nobody who knows BPMN expects it to.
_DRAWN = {"textAnnotation", "group", "association", "laneSet", "category", "auditing", "monitoring"}
_DATA = {"dataObject", "dataObjectReference", "property", "ioSpecification"}
_ASSOCIATED = {"dataInputAssociation", "dataOutputAssociation"}
_PARTS = {"documentation", "extensionElements", "sequenceFlow", "incoming", "outgoing"}
_MARKERS = {"multiInstanceLoopCharacteristics", "standardLoopCharacteristics"}
_LEFT_ALONE = {"supportedInterfaceRef", "resourceRole", "correlationSubscription"}
ARTEFACTS = frozenset(_DRAWN | _DATA | _ASSOCIATED | _PARTS | _MARKERS | _LEFT_ALONE)
