"""Diagrams for tests in a few lines of text instead of pages of XML.

    start s
    user a groups=registrar@receiving_school
    xor g default=no
    end yes_end
    s -> a -> g
    g -> yes_end : ${decision == 'approve'}
    g -> no_end  as no

A node line is: kind id [name=value …]; lines between ``sub x`` and ``close`` are inside the subprocess. Values
with spaces are written in double quotes. ``on activity kind id`` attaches a boundary event. A first line
``starters role@party`` says who starts the process.
"""

from __future__ import annotations

import shlex
from itertools import pairwise
from xml.sax.saxutils import escape, quoteattr

KINDS = {
    "start": "startEvent",
    "end": "endEvent",
    "catch": "intermediateCatchEvent",
    "throw": "intermediateThrowEvent",
    "user": "userTask",
    "task": "task",
    "work": "serviceTask",
    "rule": "businessRuleTask",
    "send": "sendTask",
    "receive": "receiveTask",
    "call": "callActivity",
    "sub": "subProcess",
    "event_sub": "subProcess",
    "transaction": "transaction",
    "xor": "exclusiveGateway",
    "and": "parallelGateway",
    "or": "inclusiveGateway",
    "event": "eventBasedGateway",
    "boundary": "boundaryEvent",
}
CAMUNDA = {
    "groups": "candidateGroups",
    "assignee": "assignee",
    "due": "dueDate",
    "form": "formRef",
    "topic": "topic",
    "decision": "decisionRef",
    "result": "resultVariable",
    "mapping": "mapDecisionResult",
    "tenant": "calledElementTenantId",
    "priority": "priority",
    "before": "asyncBefore",
    "after": "asyncAfter",
}
TOLD = {"code": "Code", "text": "Message"}  # of an error or escalation: into which variables
TRIGGERS = (
    "message",
    "signal",
    "error",
    "escalation",
    "timer",
    "condition",
    "link",
    "terminate",
    "cancel",
    "compensate",
)


def sketch(text: str, process: str = "p", name: str = "", cite: str = "") -> bytes:
    """The BPMN file for a sketch; ``cite`` is the documentation of every node that has none of its own."""
    return _Sketch(process, name, cite).read(text)


class _Sketch:
    def __init__(self, process: str, name: str, cite: str) -> None:
        self.process, self.name, self.cite = process, name, cite
        self.catalogue: dict[str, str] = {}
        self.flows = 0

    def read(self, text: str) -> bytes:
        lines = [
            line.strip() for line in text.splitlines() if line.strip() and not line.strip().startswith("#")
        ]
        title = f" name={quoteattr(self.name)}" if self.name else ""
        if lines and lines[0].startswith("starters "):
            title += f" camunda:candidateStarterGroups={quoteattr(lines.pop(0).split()[1])}"
        body = self.scope(lines)
        return (
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d" targetNamespace="t"'
            ' xmlns:camunda="http://camunda.org/schema/1.0/bpmn" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
            f'{"".join(self.catalogue.values())}<bpmn:process id="{self.process}"{title} isExecutable="true">'
            f"{body}</bpmn:process></bpmn:definitions>"
        ).encode()

    def scope(self, lines: list[str]) -> str:
        nodes: list[str] = []
        flows: list[str] = []
        while lines:
            line = lines.pop(0)
            if line == "close":
                break
            if line.startswith("undo "):
                _, event, handler = line.split()
                flows.append(
                    f'<bpmn:association id="as_{event}" sourceRef="{event}" targetRef="{handler}" '
                    'associationDirection="One" />'
                )
            elif "->" in line:
                flows.extend(self.flow(line))
            else:
                nodes.append(self.node(line, lines))
        return "".join(nodes + flows)

    def flow(self, line: str) -> list[str]:
        path, _, condition = line.partition(" : ")
        path, _, name = path.partition(" as ")
        found = []
        for source, target in pairwise(part.strip() for part in path.split("->")):
            self.flows += 1
            identifier = name.strip() or f"f{self.flows}_{source}_{target}"
            inner = (
                f'<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">{escape(condition)}'
                "</bpmn:conditionExpression>"
                if condition
                else ""
            )
            found.append(
                f'<bpmn:sequenceFlow id="{identifier}" sourceRef="{source}" targetRef="{target}">{inner}'
                "</bpmn:sequenceFlow>"
            )
        return found

    def node(self, line: str, lines: list[str]) -> str:
        attached = ""
        if line.startswith("on "):
            _, attached, line = line.split(" ", 2)
        words = shlex.split(line)
        kind, identifier = words[0], words[1]
        options = dict(word.split("=", 1) if "=" in word else (word, "true") for word in words[2:])
        attributes = {"id": identifier, "name": options.get("name", "")}
        if attached:
            attributes["attachedToRef"] = attached
            attributes["cancelActivity"] = str("beside" not in options).lower()
        self.plain(kind, options, attributes)
        inner = self.extension(options) + self.event(kind, options) + self.loop(options)
        if kind in ("sub", "event_sub", "transaction"):
            inner += self.scope(lines)
        written = "".join(f" {key}={quoteattr(value)}" for key, value in attributes.items() if value)
        return f"<bpmn:{KINDS[kind]}{written}>{inner}</bpmn:{KINDS[kind]}>"

    def plain(self, kind: str, options: dict[str, str], attributes: dict[str, str]) -> None:
        fixed = {
            "triggeredByEvent": kind == "event_sub" and "true",
            "isInterrupting": kind == "start" and "beside" in options and "false",
            "isForCompensation": "undoes" in options and "true",
            "messageRef": kind in ("receive", "send")
            and "message" in options
            and self.reference("message", options["message"]),
            "camunda:type": "topic" in options and "external",
            "camunda:formRefBinding": "form" in options and "latest",
        }
        attributes.update({name: value for name, value in fixed.items() if value})
        named = {"default": "default", "called": "calledElement"}
        named.update({name: f"camunda:{attribute}" for name, attribute in CAMUNDA.items()})
        attributes.update({written: options[name] for name, written in named.items() if name in options})

    def extension(self, options: dict[str, str]) -> str:
        passes = ""
        for direction in ("in", "out"):
            for item in filter(None, options.get(direction, "").split(";")):
                target, value = item.split(":", 1)
                if target in ("*", "#"):
                    what = (
                        'variables="all"'
                        if target == "*"
                        else 'businessKey="#{execution.processBusinessKey}"'
                    )
                    passes += f"<camunda:{direction} {what} />"
                else:
                    source = (
                        f"source={quoteattr(value)}"
                        if value.isidentifier()
                        else f"sourceExpression={quoteattr(value)}"
                    )
                    passes += f"<camunda:{direction} {source} target={quoteattr(target)} />"
        parameters = ""
        for option, tag in (("inputs", "inputParameter"), ("outputs", "outputParameter")):
            for item in filter(None, options.get(option, "").split(";")):
                target, value = item.split(":", 1)
                parameters += f"<camunda:{tag} name={quoteattr(target)}>{escape(value)}</camunda:{tag}>"
        if parameters:
            passes += f"<camunda:inputOutput>{parameters}</camunda:inputOutput>"
        for item in filter(None, options.get("properties", "").split(";")):
            key, value = item.split(":", 1)
            passes += (
                f"<camunda:properties><camunda:property name={quoteattr(key)} value={quoteattr(value)} />"
                "</camunda:properties>"
            )
        said = options.get("doc", self.cite)
        documentation = f"<bpmn:documentation>{escape(said)}</bpmn:documentation>" if said else ""
        return documentation + (
            f"<bpmn:extensionElements>{passes}</bpmn:extensionElements>" if passes else ""
        )

    def event(self, kind: str, options: dict[str, str]) -> str:
        trigger = next((name for name in TRIGGERS if name in options), "")
        if not trigger or kind in ("receive", "send", "user", "work", "rule", "task", "sub", "call"):
            return ""
        value = options[trigger]
        if trigger == "timer":
            form = next((name for name in ("date", "cycle") if name in options), "duration").capitalize()
            when = f"<bpmn:time{form}>{escape(value)}</bpmn:time{form}>"
            return f"<bpmn:timerEventDefinition>{when}</bpmn:timerEventDefinition>"
        if trigger == "condition":
            condition = f"<bpmn:condition>{escape(value)}</bpmn:condition>"
            return f"<bpmn:conditionalEventDefinition>{condition}</bpmn:conditionalEventDefinition>"
        if trigger == "link":
            return f"<bpmn:linkEventDefinition name={quoteattr(value)} />"
        if trigger == "compensate":
            reference = "" if value == "true" else f' activityRef="{value}"'
            return f"<bpmn:compensateEventDefinition{reference} />"
        if trigger in ("terminate", "cancel"):
            return f"<bpmn:{trigger}EventDefinition />"
        reference = "" if value == "true" else f' {trigger}Ref="{self.reference(trigger, value)}"'
        for option, name in TOLD.items():
            reference += f' camunda:{trigger}{name}Variable="{options[option]}"' if option in options else ""
        return f"<bpmn:{trigger}EventDefinition{reference} />"

    def reference(self, trigger: str, value: str) -> str:
        identifier = f"{trigger}_{value}"
        code = f" {trigger}Code={quoteattr(value)}" if trigger in ("error", "escalation") else ""
        self.catalogue[identifier] = (
            f"<bpmn:{trigger} id={quoteattr(identifier)} name={quoteattr(value)}{code} />"
        )
        return identifier

    def loop(self, options: dict[str, str]) -> str:
        if "while" in options or "repeat" in options:
            maximum = f' loopMaximum="{options["repeat"]}"' if "repeat" in options else ""
            condition = (
                f"<bpmn:loopCondition>{escape(options['while'])}</bpmn:loopCondition>"
                if "while" in options
                else ""
            )
            maximum += ' testBefore="true"' if "first" in options else ""
            tag = "bpmn:standardLoopCharacteristics"
            return f"<{tag}{maximum}>{condition}</{tag}>"
        if not {"times", "each"} & options.keys():
            return ""
        sequential = ' isSequential="true"' if "sequential" in options else ""
        each = ""
        if "each" in options:
            item, _, collection = options["each"].partition(" in ")
            each = f" camunda:collection={quoteattr(collection)} camunda:elementVariable={quoteattr(item)}"
        inner = (
            f"<bpmn:loopCardinality>{escape(options['times'])}</bpmn:loopCardinality>"
            if "times" in options
            else ""
        )
        if "until" in options:
            inner += f"<bpmn:completionCondition>{escape(options['until'])}</bpmn:completionCondition>"
        tag = "bpmn:multiInstanceLoopCharacteristics"
        return f"<{tag}{sequential}{each}>{inner}</{tag}>"
