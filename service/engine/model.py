"""A diagram as plain data: what stands in a BPMN file, before anything is compiled or run.

Reading knows no engine: the checks, the differ and the compiler all start from these frozen classes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from service.policy.clauses import ids_in


@dataclass(frozen=True, kw_only=True)
class Flow:
    """A sequence flow; ``condition`` is the text between the tags, empty when there is none."""

    id: str
    source: str
    target: str
    name: str = ""
    condition: str = ""
    documentation: str = ""
    line: int = 0


@dataclass(frozen=True, kw_only=True)
class Event:
    """An event definition: ``kind`` is none, timer, message, signal, error, escalation, conditional, link,
    terminate, compensate or cancel; ``value`` the timer text, message name, error code, link name or condition."""

    kind: str = "none"
    value: str = ""
    timer: str = ""  # date, duration or cycle
    ref: str = ""  # id of the message, signal, error or escalation; activity of a compensation throw
    wait_for_completion: bool = True


@dataclass(frozen=True, kw_only=True)
class Loop:
    """Loop marker of an activity: ``kind`` is parallel, sequential (multi-instance) or standard."""

    kind: str
    cardinality: str = ""
    collection: str = ""
    item: str = ""
    completion: str = ""
    maximum: str = ""
    test_before: bool = False


@dataclass(frozen=True, kw_only=True)
class Pass:
    """One value handed over: ``camunda:in``/``out`` of a call, or an input/output parameter."""

    target: str
    value: str  # expression or literal text; a plain variable name is written ${name}
    everything: bool = False  # variables="all"
    business_key: bool = False


@dataclass(frozen=True, kw_only=True)
class Node:
    """A flow node with everything the Camunda notation says about it."""

    id: str
    kind: str
    name: str = ""
    line: int = 0
    documentation: str = ""
    lane: str = ""
    event: Event = field(default_factory=Event)
    incoming: tuple[str, ...] = ()
    outgoing: tuple[str, ...] = ()
    default: str = ""
    attached_to: str = ""
    interrupting: bool = True
    triggered_by_event: bool = False
    for_compensation: bool = False
    loop: Loop | None = None
    settings: Mapping[str, str] = field(default_factory=dict)  # camunda: attributes
    properties: Mapping[str, str] = field(default_factory=dict)  # camunda:properties
    inputs: tuple[Pass, ...] = ()  # inputParameters
    outputs: tuple[Pass, ...] = ()  # outputParameters
    call_in: tuple[Pass, ...] = ()
    call_out: tuple[Pass, ...] = ()
    called: str = ""
    body: Scope | None = None
    unsupported: str = ""  # what the reader met and nothing can run; a check refuses it

    @property
    def clauses(self) -> tuple[str, ...]:
        """Clause ids cited in the documentation."""
        return ids_in(self.documentation)


@dataclass(frozen=True, kw_only=True)
class Scope:
    """The inside of a process or subprocess."""

    id: str
    nodes: Mapping[str, Node]
    flows: Mapping[str, Flow]
    compensations: Mapping[str, str] = field(default_factory=dict)  # boundary event id -> handler id

    def starts(self) -> Iterator[Node]:
        return (node for node in self.nodes.values() if node.kind == "startEvent")

    def attached(self, activity: str) -> Iterator[Node]:
        return (node for node in self.nodes.values() if node.attached_to == activity)

    def event_subprocesses(self) -> Iterator[Node]:
        return (node for node in self.nodes.values() if node.triggered_by_event)

    def walk(self) -> Iterator[tuple[Scope, Node]]:
        """Every node of this scope and of all scopes inside it."""
        for node in self.nodes.values():
            yield self, node
            if node.body is not None:
                yield from node.body.walk()


@dataclass(frozen=True, kw_only=True)
class Process:
    """One ``<process>`` of a file."""

    id: str
    name: str
    file: str
    scope: Scope
    documentation: str = ""
    version_tag: str = ""
    executable: bool = True
    participant: str = ""
    settings: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class MessageFlow:
    """A message flow between two pools."""

    id: str
    source: str
    target: str
    name: str = ""


@dataclass(frozen=True, kw_only=True)
class Diagram:
    """A whole file: its processes, and the pools' message flows."""

    file: str
    processes: tuple[Process, ...]
    message_flows: tuple[MessageFlow, ...] = ()
