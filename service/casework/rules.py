"""The law as this process knows it: regions, lists, calendars. Read from files once, shared by all threads."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from service.checks.rulebook import Rulebook
from service.policy.calendar import Calendar
from service.policy.library import Library
from service.policy.regions import NATIONAL
from service.registry.law import Law


class Rules:
    """One object for everything that is read from processes/ and forms/."""

    def __init__(self, processes: Path, forms: Path) -> None:
        self.processes, self.forms = processes, forms
        self.law = Law(processes)
        self._calendar = lru_cache(maxsize=512)(self._load_calendar)

    def library(self) -> Library:
        """What lies in the folders now: they may have changed since the process started."""
        return Library(self.processes, self.forms)

    def rulebook(self) -> Rulebook:
        """The same for the checks."""
        return Rulebook(self.processes, self.forms)

    def calendar(self, region: str | None) -> Calendar:
        """The calendar of a region or county; None is the nation's."""
        return self._calendar(region or NATIONAL)

    def _load_calendar(self, region: str) -> Calendar:
        return Calendar.load(self.processes, self.law.regions.chain(region))
