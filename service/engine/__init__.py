"""The engine: diagrams in, tokens moving, state out. The only package that knows SpiffWorkflow."""

from service.engine.definition import Definition, compile_files
from service.engine.host import (
    BpmnError,
    End,
    Ended,
    EngineError,
    ExternalWait,
    Host,
    MessageWait,
    Outcome,
    Position,
    SignalWait,
    Thrown,
    TimerWait,
    Trace,
    UncaughtError,
    UserTaskWait,
    Wait,
)
from service.engine.instance import DELETED, Instance
from service.engine.refusal import refusal
from service.engine.self_starts import SelfStart, first_due, self_starts

__all__ = [
    "DELETED",
    "BpmnError",
    "Definition",
    "End",
    "Ended",
    "EngineError",
    "ExternalWait",
    "Host",
    "Instance",
    "MessageWait",
    "Outcome",
    "Position",
    "SelfStart",
    "SignalWait",
    "Thrown",
    "TimerWait",
    "Trace",
    "UncaughtError",
    "UserTaskWait",
    "Wait",
    "compile_files",
    "first_due",
    "refusal",
    "self_starts",
]
