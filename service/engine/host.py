"""What the engine asks of its surroundings, and what it tells them after a run.

The caller (the casework layer, or the scenario runner) gives one ``Host`` for each transaction. The engine never
touches a database, a clock or a network: everything it needs comes in here and everything it wants done
goes out in an ``Outcome``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple, Protocol

from service.errors import XuejiError
from service.policy.calendar import Calendar
from service.policy.values import Value

if TYPE_CHECKING:
    from service.engine.definition import Definition


class Host(Protocol):
    """The world outside one run of one instance."""

    @property
    def now(self) -> datetime:
        """Business time of this transaction, aware, Asia/Shanghai."""

    def fact(self, name: str) -> Value:
        """A fact of the registry, read afresh. Raises KeyError for a name that is no fact."""

    def calendar(self, tenant: str | None) -> Calendar:
        """The calendar of a definition's region (None: national)."""

    def definition(self, process_id: str, tenant: str | None) -> Definition:
        """The version in force of a called process for a region."""

    def by_digest(self, digest: str, process_id: str) -> Definition:
        """The very definition an instance started with."""

    def work(self, topic: str, inputs: Mapping[str, Value], since: datetime) -> Mapping[str, Value]:
        """Do a registry action inside this transaction. Raises BpmnError for a business error.

        ``since`` is the instant the timer that led here was due at, which a late sweep does not move; else now.
        """


class BpmnError(Exception):
    """A business error of a service task, caught by an error boundary event with this code.

    ``message`` and ``cure`` are for the person whose act led here, ``clauses`` what forbids it.
    """

    def __init__(
        self, code: str, message: str = "", *, cure: str = "", clauses: tuple[str, ...] = ()
    ) -> None:
        self.code, self.message, self.cure, self.clauses = code, message, cure, clauses
        super().__init__(message or code)


class EngineError(XuejiError):
    """A running case met something its diagram does not provide for; becomes an incident."""

    code, status = "engine_error", 500


class UncaughtError(XuejiError):
    """An error end event, or a business error of the work, that no boundary event catches.

    ``by_work``: the work's own sentence and cure tell a person why; else it is for who draws the diagram.
    """

    code, status = "uncaught_error", 422

    outcome: Outcome | None = None  # what happened up to it

    def __init__(self, error: BpmnError, element: str) -> None:
        self.error_code, self.by_work = error.code, bool(error.cure)
        text = error.message or f"流程抛出的错误 {error.code or '（无代码）'} 没有任何边界事件接住"
        cure = error.cure or "请在活动上加错误边界事件，或在起始处作为不予受理处理"
        super().__init__(text, element=element, cure=cure, clauses=error.clauses)


@dataclass(frozen=True, kw_only=True)
class Wait:
    """Something the instance waits for; ``id`` is unique in the instance and stays until the wait ends."""

    id: str
    element: str
    name: str
    process: str


@dataclass(frozen=True, kw_only=True)
class UserTaskWait(Wait):
    """A task for a person. ``groups`` are role@party; ``path`` is party/element; ``barred`` people may not do it."""

    path: str
    groups: tuple[str, ...]
    assignee: str = ""
    form: str = ""
    due: datetime | None = None
    follow_up: datetime | None = None
    priority: int = 50
    barred: tuple[str, ...] = ()
    clauses: tuple[str, ...] = ()
    tenant: str | None = None
    digest: str = ""


@dataclass(frozen=True, kw_only=True)
class TimerWait(Wait):
    """A timer; ``due`` is the business instant from which it may fire."""

    due: datetime


@dataclass(frozen=True, kw_only=True)
class MessageWait(Wait):
    """A message awaited by name; ``sent_by`` is who may send it by hand (role@party)."""

    message: str
    sent_by: str = ""


@dataclass(frozen=True, kw_only=True)
class SignalWait(Wait):
    """A signal awaited by name."""

    signal: str


@dataclass(frozen=True, kw_only=True)
class ExternalWait(Wait):
    """Work for an external worker."""

    topic: str
    inputs: Mapping[str, Value] = field(default_factory=dict)
    priority: int = 50


@dataclass(frozen=True, kw_only=True)
class Position:
    """A token as an onlooker sees it; ``parent`` is the token whose subprocess or called process it stands in."""

    id: str
    parent: str
    process: str
    element: str
    name: str
    kind: str
    called: str = ""


@dataclass(frozen=True, kw_only=True)
class Ended:
    """A wait that is over: completed, or cancelled by something else."""

    id: str
    element: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class Thrown:
    """A message or signal for others; ``payload`` holds only what the diagram names."""

    kind: str
    name: str
    element: str
    payload: Mapping[str, Value]
    properties: Mapping[str, str] = field(default_factory=dict)


class Trace(NamedTuple):
    """One thing that happened: kind is node, flow, decision or work. A completion makes fifteen."""

    kind: str
    process: str
    element: str
    file: str = ""
    rules: tuple[str, ...] = ()
    clauses: tuple[tuple[str, ...], ...] = ()  # of a decision: the clauses of each matched rule
    result: object = None  # of a decision: its value
    tenant: str | None = None
    digest: str = ""


@dataclass(frozen=True, kw_only=True)
class End:
    """How the instance ended: ``element`` is the last end event of the process reached, or of what interrupted it.

    One ``inside`` a subprocess counts only while the process itself has reached none.
    """

    element: str
    name: str
    kind: str = "completed"
    inside: bool = False


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """Everything one run changed."""

    created: tuple[Wait, ...] = ()
    ended: tuple[Ended, ...] = ()
    thrown: tuple[Thrown, ...] = ()
    trail: tuple[Trace, ...] = ()
    facts: Mapping[str, Value] = field(default_factory=dict)
    variables: Mapping[str, Value] = field(default_factory=dict)
    end: End | None = None
    next_due: datetime | None = None
