"""Start events without a form: what a host waits for, a clock, a signal, a message, before there is any instance.

The engine says what to wait for and when it is due; keeping that, and opening the case, is the host's.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from service.engine import timers
from service.engine.definition import Definition
from service.engine.failures import Names
from service.engine.moments import functions
from service.engine.timers import Schedule
from service.policy.calendar import Calendar

KINDS = ("timer", "signal")


@dataclass(frozen=True, kw_only=True)
class SelfStart:
    """A start event: ``kind`` is timer, signal or message, ``value`` the timer's text or the name of what it hears."""

    element: str
    name: str
    kind: str
    value: str


def self_starts(definition: Definition) -> Iterator[SelfStart]:
    """The start events of a process that wait for a clock, a signal, or a message a person may send."""
    for node in definition.process.scope.starts():
        by_hand = node.event.kind == "message" and node.properties.get("sent_by")
        if node.event.kind in KINDS or by_hand:
            yield SelfStart(element=node.id, name=node.name, kind=node.event.kind, value=node.event.value)


def first_due(definition: Definition, element: str, since: datetime, calendar: Calendar) -> Schedule:
    """When a timer start event is due first, counted from ``since``.

    Raises EngineError where its value is no time, EvaluationError where it cannot be worked out.
    """
    value = (definition.spec.task_specs[element].code.values or {})["timer"]
    return timers.schedule(
        value.evaluate(Names(functions=functions(since, calendar))), since, calendar, element
    )
