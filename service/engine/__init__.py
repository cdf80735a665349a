"""The engine: diagrams in, tokens moving, state out. The only package that knows SpiffWorkflow."""

from service.engine.codec import back_to
from service.engine.definition import Definition, compile_files
from service.engine.fitting import alike, mismatch
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
from service.engine.moving import Effect, Guide, Moved, Unfit, move
from service.engine.refusal import refusal
from service.engine.restarting import Change, modify, restart, steps
from service.engine.self_starts import SelfStart, first_due, self_starts

__all__ = [
    "DELETED",
    "BpmnError",
    "Change",
    "Definition",
    "Effect",
    "End",
    "Ended",
    "EngineError",
    "ExternalWait",
    "Guide",
    "Host",
    "Instance",
    "MessageWait",
    "Moved",
    "Outcome",
    "Position",
    "SelfStart",
    "SignalWait",
    "Thrown",
    "TimerWait",
    "Trace",
    "UncaughtError",
    "Unfit",
    "UserTaskWait",
    "Wait",
    "alike",
    "back_to",
    "compile_files",
    "first_due",
    "mismatch",
    "modify",
    "move",
    "refusal",
    "restart",
    "self_starts",
    "steps",
]
