"""The calendar of a region: legal limits, school terms and windows, asked by diagrams and facts.

Working days are the nation's; the terms are those of the nearest region that has a ``terms.yaml``; a
window is the one of the nearest region in force that names it, so a wider region's window stays in sight
until a narrower one redefines that very name. It must not know diagrams, cases or the present moment.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from service.clock import day_of, end_of, midnight
from service.policy.limits import Limit, Unit, days, first_day, last_day, months, weeks, working_days, years
from service.policy.regions import NATIONAL, Region
from service.policy.shelves import dated_folders
from service.policy.terms import Term, Terms
from service.policy.windows import Days, Window, load_windows, unknown_window
from service.policy.workdays import WorkingDays

__all__ = ["Calendar", "Limit", "Term", "Unit", "days", "months", "weeks", "working_days", "years"]


@dataclass(frozen=True, kw_only=True)
class _RegionWindows:
    """A region's windows: the folder's own and each since-folder's, the latest first."""

    region: Region
    versions: tuple[tuple[date, Mapping[str, Window]], ...]

    def get(self, name: str, day: date) -> Window | None:
        if self.region.code != NATIONAL and not self.region.in_force(day):
            return None
        held = (windows[name] for since, windows in self.versions if since <= day and name in windows)
        return next(held, None)


class Calendar:
    """Limits, terms and windows as they hold in one region."""

    def __init__(self, workdays: WorkingDays, terms: Terms, windows: Sequence[_RegionWindows]) -> None:
        self._workdays, self._terms, self._windows = workdays, terms, tuple(windows)
        self._days: dict[Window, tuple[Days, ...]] = {}

    @classmethod
    def load(cls, processes: Path, chain: Sequence[Region]) -> Calendar:
        """Read processes/calendar/ and the terms and windows along a chain, nearest first."""
        workdays = WorkingDays.load(processes / "calendar")
        folders = [(region, region.folder) for region in chain if region.folder is not None]
        windows = [_windows_of(region, folder, processes) for region, folder in folders]
        return cls(workdays, _nearest_terms([folder for _, folder in folders], processes), windows)

    def is_working_day(self, day: date) -> bool:
        """Whether people work that day, make-up days included."""
        return self._workdays.is_working_day(day_of(day))

    def told(self, day: date) -> str:
        """Why a day is off or worked, where it is not an ordinary one: 国庆节, 调休上班."""
        return self._workdays.told(day_of(day))

    def terms(self) -> tuple[Term, ...]:
        """Every known term."""
        return self._terms.all

    def provisional(self, year: int) -> bool:
        """Whether the year's official schedule of days off was not yet published."""
        return self._workdays.provisional(year)

    def deadline(self, base: datetime | date, limit: Limit, roll: bool = False) -> datetime:
        """24:00 of a limit's last day. ``roll`` moves it off a day off to the next working day."""
        last = last_day(day_of(base), limit, self._workdays)
        return end_of(self._workdays.rolled(last) if roll else last)

    def before(self, base: datetime | date, limit: Limit) -> datetime:
        """00:00 of the day a limit counted backwards reaches."""
        return midnight(first_day(day_of(base), limit, self._workdays))

    def term(self, day: date) -> Term | None:
        """The term a day lies in, None in the school holidays."""
        return self._terms.on(day_of(day))

    def term_start(self, day: date) -> date:
        """The first day of this term, in the holidays of the next."""
        return self._terms.on_or_next(day_of(day)).start

    def term_end(self, day: date) -> date:
        """The last day of this term, in the holidays of the next."""
        return self._terms.on_or_next(day_of(day)).end

    def term_number(self, day: date) -> int:
        """1 or 2: this term's number, in the holidays the next one's."""
        return self._terms.on_or_next(day_of(day)).number

    def school_year(self, day: date) -> int:
        """The year in which the school year of this (or the next) term began: 2026 for 2026/27."""
        return self._terms.on_or_next(day_of(day)).school_year

    def in_school_holiday(self, day: date) -> bool:
        """Whether a day lies between two terms."""
        return self.term(day) is None

    def window(self, name: str, day: date) -> Window:
        """The window of a name as it holds on a day."""
        for each in self._windows:
            if (found := each.get(name, day_of(day))) is not None:
                return found
        raise unknown_window(name, self.window_names())

    def window_names(self) -> list[str]:
        """Every window name that holds at some time in this region."""
        names = {name for each in self._windows for _, windows in each.versions for name in windows}
        return sorted(names)

    def window_open(self, name: str, at: datetime) -> bool:
        """Whether a window is open at an instant."""
        day = day_of(at)
        window = self.window(name, day)
        inside = any(span.has(day) for span in window.yearly) or self._near_a_term(window, day)
        return inside is window.open_inside

    def _near_a_term(self, window: Window, day: date) -> bool:
        if not window.around:
            return False
        self._terms.on_or_next(day)  # a day beyond the known terms is an error, not a closed window
        if window not in self._days:
            self._days[window] = window.days(self._terms, self._workdays)
        return any(first <= day <= last for first, last in self._days[window])


def _label(path: Path, processes: Path) -> str:
    return str(path.relative_to(processes.parent))


def _windows_of(region: Region, folder: Path, processes: Path) -> _RegionWindows:
    versions: list[tuple[date, Mapping[str, Window]]] = []
    for since, place in dated_folders(folder):
        path = place / "windows.yaml"
        if path.is_file():
            versions.append((since or date.min, load_windows(path, _label(path, processes))))
    versions.sort(key=lambda one: one[0], reverse=True)
    return _RegionWindows(region=region, versions=tuple(versions))


def _nearest_terms(folders: Sequence[Path], processes: Path) -> Terms:
    paths = [folder / "terms.yaml" for folder in folders]
    path = next((one for one in paths if one.is_file()), processes / "terms.yaml")
    label = _label(path, processes)
    return Terms.load(path, label) if path.is_file() else Terms((), label)
