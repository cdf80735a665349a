"""What a scenario is: who starts what, what is done, what must then be so. Plain values.

Knows neither files nor how a scenario is run.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias

from service.policy.values import Value

RUNNING = "running"  # outcome of a case that has not ended
NONE = "none"  # outcome where there is no case at all
FREE = "free"  # a record no case holds
NOWHERE = "none"  # the student goes to school where the record is


@dataclass(frozen=True, kw_only=True)
class Act:
    """Something a step does or asks; ``refused`` says what the refusal must speak of when it must be refused."""

    line: int
    refused: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Start(Act):
    """A person asks to start a procedure for a student, by a form or (``message``) by a message.

    Without a person the student is only watched; without a student, too, the procedure is only deployed in
    ``region``: what starts by itself there is the case.
    """

    by: str = ""
    student: str = ""
    form: Mapping[str, Value] = field(default_factory=dict)
    procedure: str = ""
    message: str = ""
    region: str = ""


@dataclass(frozen=True, kw_only=True)
class Complete(Act):
    """A person does a task, named by its path (party/task)."""

    task: str
    by: str
    form: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Send(Act):
    """A person sends a message to the case."""

    message: str
    by: str
    variables: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Broadcast(Act):
    """An operator sends a signal to whatever listens for it in the scenario's region."""

    signal: str
    variables: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Wait(Act):
    """Time passes: until an instant, or ``number`` of a ``unit`` (minute … month, working_day)."""

    until: datetime | None = None
    number: int = 0
    unit: str = ""


@dataclass(frozen=True, kw_only=True)
class Expect(Act):
    """What must be so now: what to look at, and what is to be seen there."""

    wanted: Mapping[str, Value | Mapping[str, datetime]]


Step: TypeAlias = Start | Complete | Send | Broadcast | Wait | Expect


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """One example. ``region`` is the code of the folder its file lies in."""

    name: str
    file: str
    line: int
    region: str
    at: datetime
    start: Start
    steps: tuple[Step, ...] = ()
    ends: str = ""
    clauses: tuple[str, ...] = ()
