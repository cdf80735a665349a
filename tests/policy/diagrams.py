"""The smallest diagrams and tables that make the references a test needs."""

from __future__ import annotations

_OPEN = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:camunda="http://camunda.org/schema/1.0/bpmn" targetNamespace="t">'
)
MESSAGE_START = '<startEvent id="m"><messageEventDefinition messageRef="x"/></startEvent>'
BARE_START = '<startEvent id="s"/>'


def form_start(form: str) -> str:
    """A start event with a form."""
    return f'<startEvent id="s" camunda:formRef="{form}" camunda:formRefBinding="latest"/>'


def call(process: str) -> str:
    """A call activity."""
    return f'<callActivity id="c" calledElement="{process}"/>'


def decide(decision: str) -> str:
    """A business rule task."""
    return f'<businessRuleTask id="d" camunda:decisionRef="{decision}"/>'


def ask(form: str) -> str:
    """A user task whose form is told the older way."""
    return f'<userTask id="u" camunda:formKey="camunda-forms:deployment:{form}.form"/>'


def process(process_id: str, *elements: str) -> str:
    """One process, without the definitions around it."""
    return f'<process id="{process_id}" isExecutable="true">{"".join(elements)}</process>'


def diagram(process_id: str, *elements: str) -> str:
    """A file with one process."""
    return f"{_OPEN}{process(process_id, *elements)}</definitions>"


def diagrams(*processes: str) -> str:
    """A file with several."""
    return f"{_OPEN}{''.join(processes)}</definitions>"


def table(*decisions: str) -> str:
    """A file of decisions."""
    inner = "".join(f'<decision id="{one}"/>' for one in decisions)
    return f'<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="f">{inner}</definitions>'
