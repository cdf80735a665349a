"""Which rules hold at a unit on a day, for the desk in memory: the nearest region that covers the stage first.

Mirrors what casework asks the tables. Knows no case.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from service.checks.rulebook import Rulebook
from service.engine import Definition
from service.errors import NotFound
from service.policy.values import Value
from service.registry import counter
from service.registry.model import Unit


def definition_for(book: Rulebook, procedure: str, unit: Unit, stage: str, today: date) -> Definition:
    """The version in force for the host unit. Raises NotFound."""
    found = _nearest(book, unit, stage, today, lambda code: book.current(procedure, code, today))
    if found is None:
        raise NotFound(f"没有可用的业务“{procedure}”", cure="请核对业务名称")
    return found


def awaiting(book: Rulebook, message: str, unit: Unit, stage: str, today: date) -> Definition | None:
    """The process that begins with the message; None where no region on the way has one."""
    return _nearest(book, unit, stage, today, lambda code: book.awaiting(message, code, today))


def submission(
    book: Rulebook, digest: str, form_id: str, given: Mapping[str, Value]
) -> tuple[dict[str, Value], dict[str, str]]:
    """A checked form and the parties it chooses. Raises Invalid."""
    if not form_id:
        return dict(given), {}
    form = book.form_of(digest, form_id)
    values = form.validate(given)
    return values, counter.chosen_parties(form, values, book.world_data.units.get, book.law.parties)


def _nearest(
    book: Rulebook, unit: Unit, stage: str, today: date, find: Callable[[str], Definition | None]
) -> Definition | None:
    regions = book.law.applying(unit.county, today, stage)
    return next((found for region in regions if (found := find(region.code)) is not None), None)
