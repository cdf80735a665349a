"""One case's window on the registry during one transaction: facts, parties and actions.

Loads nothing until asked and loads once; a change makes it look again. Knows neither engine nor database.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from service.policy.values import Value
from service.registry import facts
from service.registry.actions import ActionContext, perform
from service.registry.changes import Change
from service.registry.law import Law
from service.registry.model import CaseView, Unit
from service.registry.world import Registry, SchoolCalendar, Snapshot


@dataclass(eq=False)
class CaseRecords:
    """What casework and the scenario runner ask; ``apply`` makes an action's changes so."""

    registry: Registry
    law: Law
    case: CaseView
    now: datetime
    calendar: SchoolCalendar
    apply: Callable[[tuple[Change, ...]], None]
    _snapshot: Snapshot | None = field(default=None, init=False)

    @property
    def snapshot(self) -> Snapshot:
        """The picture of the case, taken at the first question after a change."""
        if self._snapshot is None:
            self._snapshot = self.registry.snapshot(self.case)
        return self._snapshot

    def see(self, case: CaseView) -> None:
        """The case itself changed (a form came in): look again when next asked."""
        self.case, self._snapshot = case, None

    def settle(self, parties: Mapping[str, str]) -> None:
        """Parties are written down; the picture taken before still serves if it shows their units."""
        self.case = replace(self.case, parties={**self.case.parties, **parties})
        seen = self._snapshot
        known = seen is not None and set(parties.values()) <= seen.units.keys()
        self._snapshot = replace(seen, case=self.case) if seen is not None and known else None

    def fact(self, name: str) -> Value:
        """The fact's present value; KeyError for a name that is no fact."""
        if name not in facts.FACTS:
            raise KeyError(name)
        return facts.compute(name, self.snapshot, self.now, self.calendar, self.law)

    def party(self, name: str) -> Unit:
        """The unit of a party; a conflict when the case does not determine it."""
        return self.law.parties.resolve(name, self.snapshot)

    def to_settle(self) -> dict[str, str]:
        """Parties to write down at the start of the case."""
        return self.law.parties.to_settle(self.snapshot)

    def work(
        self, topic: str, inputs: Mapping[str, Value], since: datetime | None = None
    ) -> tuple[Change, ...]:
        """Do an action and apply what it changes; ``since`` is when what led to it became due, if not now."""
        ctx = ActionContext(
            view=self.case,
            look=lambda: self.snapshot,
            inputs=inputs,
            now=self.now,
            since=since or self.now,
            calendar=self.calendar,
            law=self.law,
        )
        changes = perform(topic, ctx)
        if changes:
            self.apply(changes)
            self._snapshot = None
        return changes
