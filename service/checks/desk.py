"""What a scenario is played on: the same verbs over an in-memory world or over HTTP and a database.

Refusals are XuejiErrors. Knows neither of the two.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from service.engine import Trace
from service.policy.values import Value


@dataclass(frozen=True, kw_only=True)
class Look:
    """A case and its student's record as they are to be seen now; ``outcome`` is empty while the case runs.

    The suspension is the one that runs.
    """

    tasks: tuple[str, ...] = ()
    due: Mapping[str, datetime | None] = field(default_factory=dict)
    overdue: tuple[str, ...] = ()
    bulletin: tuple[str, ...] = ()
    outcome: str = ""
    status: str = ""
    case_lock: str = ""
    school: str = ""
    grade: int = 0
    flags: tuple[str, ...] = ()
    place: str = ""  # where the student goes to school instead of where the record is
    told: str = ""  # the last words to the guardian
    suspended_since: date | None = None
    suspended_until: date | None = None


@dataclass(frozen=True, kw_only=True)
class Who:
    """Who starts a case for whom: with the start form, or by a message."""

    by: str
    student: str
    message: str = ""


class Desk(Protocol):
    """People are named by user name, students and units by id; acts are about the case started last."""

    @property
    def now(self) -> datetime:
        """Business time."""

    def watch(self, student: str) -> None:
        """Look after a student for whom nobody starts anything: what the system starts for him is the case."""

    def deploy(self, procedure: str, region: str) -> None:
        """A region's procedure comes into force now: what it starts by itself is the case."""

    def start(self, who: Who, procedure: str, form: Mapping[str, Value]) -> None:
        """Start a case. Raises what the product raises: Refused, Forbidden, Invalid …"""

    def complete(self, task: str, by: str, form: Mapping[str, Value]) -> None:
        """Do the open task of this path. Raises NotFound when there is none."""

    def send(self, message: str, by: str, variables: Mapping[str, Value]) -> None:
        """Send a message to the case; ``by`` may be ``counter.GUARDIAN``, who takes it back by the code of the case."""

    def broadcast(self, signal: str, region: str, variables: Mapping[str, Value]) -> None:
        """An operator sends a signal to whatever listens in a region."""

    def wait_until(self, moment: datetime) -> None:
        """Let time pass; what is due on the way happens at its own instant."""

    def look(self) -> Look:
        """The case as it stands."""

    def trail(self) -> tuple[Trace, ...]:
        """What was walked so far, refused starts included; empty where it cannot be known."""
