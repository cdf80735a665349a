"""Cases nobody starts, at the desk in memory: the clocks and signals that what is deployed waits for.

Mirrors casework's self_starts. Knows neither a scenario nor how a case is opened.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from service.engine import Definition, first_due, self_starts
from service.engine.timers import Schedule, following
from service.policy.calendar import Calendar
from service.policy.regions import NATIONAL


@dataclass(frozen=True, kw_only=True)
class Armed:
    """A start event that waits: with ``plan`` for a clock, else for the signal ``wants``."""

    definition: Definition
    element: str
    wants: str
    region: str
    plan: Schedule | None = None


class Alone:
    """What waits to start by itself."""

    def __init__(self) -> None:
        self._armed: list[Armed] = []

    def arm(self, definition: Definition, region: str, now: datetime, calendar: Calendar) -> None:
        """A definition comes into force now. A date that is past does not come."""
        for one in self_starts(definition):
            armed = Armed(definition=definition, element=one.element, wants=one.value, region=region)
            if one.kind == "signal":
                self._armed.append(armed)
            elif one.kind == "timer":
                plan = first_due(definition, one.element, now, calendar)
                self._armed += [replace(armed, plan=plan)] if plan.due > now else []

    def next_due(self) -> Iterator[datetime]:
        return (one.plan.due for one in self._armed if one.plan is not None)

    def take_due(self, now: datetime) -> list[Armed]:
        """What is due, each once; a cycle then waits for its next instant."""
        due = [one for one in self._armed if one.plan is not None and one.plan.due <= now]
        for one in due:
            self._armed.remove(one)
            assert one.plan is not None
            after = following(one.plan.as_data())
            self._armed += [replace(one, plan=after)] if after is not None else []
        return due

    def hearing(self, signal: str, tenant: str | None) -> list[Armed]:
        """Who starts at a signal in a tenant."""
        region = tenant or NATIONAL
        return [
            one for one in self._armed if one.plan is None and (one.wants, one.region) == (signal, region)
        ]
