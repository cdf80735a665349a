"""The text of a yearly calendar file, made from the ``holidays`` package.

The only module that imports it: the files are kept, so that an upgrade of the package cannot move a
deadline. It must not know who reads the files.
"""

from __future__ import annotations

from importlib.metadata import version

import holidays

_HEAD = """\
# Generated from the holidays package; edit only to follow an official notice, and say so in `source`.
# days_off: no work, named; make_up_days: weekend days worked in exchange. Other weekends are off.
"""


def generate(year: int) -> str:
    """The content of processes/calendar/<year>.yaml."""
    # The neighbours matter: a notice may move a working day across New Year.
    china = holidays.country_holidays("CN", years=(year - 1, year, year + 1), language="zh_CN")
    days_off = sorted((day, name) for day, name in china.items() if day.year == year)
    make_up = sorted(day for day in china.weekend_workdays if day.year == year)
    lines = [
        f"year: {year}",
        f"provisional: {'false' if _published(year) else 'true'}",
        f"source: holidays {version('holidays')}",
        "days_off:" if days_off else "days_off: {}",
        *(f"  {day}: {name}" for day, name in days_off),
        "make_up_days:" if make_up else "make_up_days: []",
        *(f"  - {day}" for day in make_up),
    ]
    return _HEAD + "\n".join(lines) + "\n"


def _published(year: int) -> bool:
    """Every official schedule swaps working days; one the package only works out has none."""
    # The package lists some worked days of other years whatever year is asked for.
    return any(day.year == year for day in holidays.country_holidays("CN", years=year).weekend_workdays)
