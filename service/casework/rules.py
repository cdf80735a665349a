"""The law as this process knows it: regions, lists, calendars. Read from files once, shared by all threads."""

from __future__ import annotations

from functools import cached_property, lru_cache
from pathlib import Path

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

    @cached_property
    def library(self) -> Library:
        return Library(self.processes, self.forms)

    def calendar(self, region: str | None) -> Calendar:
        """The calendar of a region or county; None is the nation's."""
        return self._calendar(region or NATIONAL)

    def _load_calendar(self, region: str) -> Calendar:
        return Calendar.load(self.processes, self.law.regions.chain(region))
