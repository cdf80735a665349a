"""Turns the nodes of the model into steps: picks the class, compiles every expression."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.engine.expressions import Expression, compile_value
from service.engine.model import Node, Pass, Scope
from service.engine.nodes import activities, events, gateways, scopes
from service.engine.nodes.base import Code, Exit, Given, Step
from service.engine.nodes.pausing import AFTER, BEFORE
from service.errors import BadDefinition

if TYPE_CHECKING:
    from service.engine.definition import ScopeSpec

_CLASSES: dict[str, type[Step]] = {
    "startEvent": events.StartEvent,
    "endEvent": events.EndEvent,
    "intermediateCatchEvent": events.CatchEvent,
    "intermediateThrowEvent": events.ThrowEvent,
    "boundaryEvent": events.BoundaryEvent,
    "exclusiveGateway": gateways.ExclusiveGateway,
    "parallelGateway": gateways.ParallelGateway,
    "inclusiveGateway": gateways.InclusiveGateway,
    "eventBasedGateway": gateways.EventBasedGateway,
    "task": activities.Activity,
    "manualTask": activities.Activity,
    "userTask": activities.UserTask,
    "serviceTask": activities.ServiceTask,
    "sendTask": activities.SendTask,
    "receiveTask": activities.ReceiveTask,
    "businessRuleTask": activities.BusinessRuleTask,
    "subProcess": scopes.SubProcess,
    "transaction": scopes.SubProcess,
    "callActivity": scopes.CallActivity,
}
# Settings that may hold an expression, by kind of node.
_BEFORE, _AFTER = ("asyncBefore", "async"), ("asyncAfter",)
_SETTINGS = {
    "userTask": ("candidateGroups", "assignee", "dueDate", "followUpDate", "priority", "formRef", "formKey"),
    "serviceTask": ("topic", "taskPriority"),
    "sendTask": ("topic", "taskPriority"),
    "businessRuleTask": ("decisionRef", "topic", "taskPriority"),
    "callActivity": ("calledElementTenantId",),
}


def _pauses(node: Node) -> frozenset[str]:
    """Where a token stops for the worker. A boundary event is entered long before it happens: it stops after."""
    before, after = (any(node.settings.get(name) == "true" for name in names) for names in (_BEFORE, _AFTER))
    if node.kind == "boundaryEvent":
        before, after = False, before or after
    return frozenset((*[BEFORE] * before, *[AFTER] * after))


class Compiler:
    """Compiles one file; remembers every expression with its place and every name they read."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.expressions: list[tuple[str, Expression]] = []
        self.names: set[str] = set()

    def step(self, spec: ScopeSpec, scope: Scope, node: Node) -> Step:
        """Add a node to a spec. Raises BadDefinition for a node or expression that cannot run."""
        if node.unsupported:
            raise BadDefinition(node.unsupported, file=self.file, element=node.id, line=node.line)
        return _CLASSES[node.kind](spec, self.code(scope, node))

    def starter(self, spec: ScopeSpec, start: Node, subprocess: str) -> events.EventSubprocessStart:
        """The token-side of an event subprocess: waits in the scope around it."""
        return events.EventSubprocessStart(spec, Code(node=start, values=self.values(start)), subprocess)

    def code(self, scope: Scope, node: Node) -> Code:
        attached = tuple(scope.attached(node.id))
        return Code(
            node=node,
            exits=self.exits(scope, node),
            inputs=self.given(node, node.inputs),
            outputs=self.given(node, node.outputs),
            call_in=self.given(node, node.call_in),
            call_out=self.given(node, node.call_out),
            values=self.values(node),
            attached=attached,
            pauses=_pauses(node),
            compensated=any(event.event.kind == "compensate" for event in attached)
            or any(start.event.kind == "compensate" for start in _inner_starts(node)),
        )

    def exits(self, scope: Scope, node: Node) -> tuple[Exit, ...]:
        if node.kind == "intermediateThrowEvent" and node.event.kind == "link":
            return (self.link(scope, node),)
        found = []
        for identifier in node.outgoing:
            flow = scope.flows[identifier]
            if flow.target not in scope.nodes:
                raise BadDefinition(
                    f"顺序流指向不存在的元素 {flow.target}",
                    file=self.file,
                    element=flow.id,
                    line=flow.line,
                    cure="请把顺序流重新连到目标元素",
                )
            condition = self.condition(flow.condition, flow.id) if flow.condition else None
            found.append(Exit(flow.id, flow.target, condition, flow.id == node.default))
        return tuple(found)

    def link(self, scope: Scope, node: Node) -> Exit:
        targets = [
            other.id
            for other in scope.nodes.values()
            if other.kind == "intermediateCatchEvent" and other.event == node.event
        ]
        if len(targets) != 1:
            raise BadDefinition(
                f"链接“{node.event.value}”应有且只有一个同名的捕获链接事件，现有 {len(targets)} 个",
                file=self.file,
                element=node.id,
                line=node.line,
                cure="请补画或改名捕获链接事件",
            )
        return Exit(f"{node.id}->{targets[0]}", targets[0], None, False)

    def condition(self, text: str, element: str) -> Expression:
        if "${" not in text:
            raise BadDefinition(
                f"条件“{text}”不是表达式",
                file=self.file,
                element=element,
                cure="条件要写成 ${…}，例如 ${decision == 'approve'}",
            )
        return self.compile(text, element)

    def given(self, node: Node, items: tuple[Pass, ...]) -> tuple[Given, ...]:
        return tuple(
            Given(item.target, self.compile(item.value, node.id))
            for item in items
            if not item.everything and not item.business_key
        )

    def values(self, node: Node) -> dict[str, Expression]:
        texts = {
            name: node.settings[name] for name in _SETTINGS.get(node.kind, ()) if node.settings.get(name)
        }
        if node.kind == "callActivity":
            texts["calledElement"] = node.called
        if node.event.kind == "timer":
            texts["timer"] = node.event.value
        if node.properties.get("sent_by"):
            texts["sent_by"] = node.properties["sent_by"]
        if node.event.kind == "conditional":
            texts["condition"] = node.event.value
        if node.loop is not None:
            collection = node.loop.collection
            texts["collection"] = f"${{{collection}}}" if collection.isidentifier() else collection
            texts.update(cardinality=node.loop.cardinality, completion=node.loop.completion)
        return {name: self.compile(text, node.id) for name, text in texts.items() if text}

    def compile(self, text: str, element: str) -> Expression:
        expression = compile_value(text, file=self.file, element=element)
        self.expressions.append((element, expression))
        self.names |= expression.names
        return expression


def _inner_starts(node: Node) -> list[Node]:
    if node.body is None:
        return []
    return [start for sub in node.body.event_subprocesses() if sub.body for start in sub.body.starts()]
