"""Starting what nobody starts by hand: the procedures that await an occasion the registry notices by itself.

One student, one transaction. Knows no region and no procedure: the start events of the diagrams in force say which.
"""

from __future__ import annotations

import logging
from datetime import date, timedelta

from sqlalchemy import Connection

from service.casework.actors import SYSTEM_ID
from service.casework.cases import Side, open_side
from service.casework.context import Office
from service.casework.surroundings import Surroundings
from service.errors import Refused
from service.ids import new_id
from service.registry import counter
from service.registry.model import Unit
from service.registry.occasions import SUSPENSION_OVER
from service.store import cases as rows
from service.store import occasions
from service.store.db import transaction
from service.store.definitions import DefinitionRow
from service.store.failures import Meaning, meaning
from service.store.occasions import RunOut
from service.store.progress import read_clock
from service.store.rows import CaseRow, NewEntry

BATCH = 500
_TOMORROW, _WHEN_FILES_MAY_HAVE_CHANGED = timedelta(days=1), timedelta(days=7)

log = logging.getLogger(__name__)


def open_due(office: Office, limit: int = BATCH) -> int:
    """Start what occasions call for, for up to ``limit`` students; the number of students looked at.

    Where the rules refuse (another case runs, say) the next day is tried; where no diagram awaits the occasion,
    a week later. One that fails is told in the log and tried the next day; it cannot stop the others.
    """
    count = 0
    while count < limit and _open_one(office):
        count += 1
    return count


def next_day() -> date | None:
    """The first day on which an occasion may come up."""
    with transaction() as connection:
        return occasions.next_look(connection)


def _open_one(office: Office) -> bool:
    taken: RunOut | None = None
    today = date.max
    try:
        with transaction() as connection:
            today = read_clock(connection)[0].date()
            taken = occasions.take(connection, today)
            if taken is None:
                return False
            occasions.look_again(connection, taken.period, _look(office, connection, taken, today))
    except Exception as error:  # told whatever it was; the transaction is rolled back
        if taken is None or meaning(error) is Meaning.BUSY:
            raise  # a lock held too long, or a database that is away: the next sweep tries again
        log.exception("%s of suspension period %s failed", SUSPENSION_OVER, taken.period)
        with transaction(aside=True) as connection:
            occasions.look_again(connection, taken.period, today + _TOMORROW)
    return True


def _look(office: Office, connection: Connection, over: RunOut, today: date) -> date | None:
    """Start what awaits the end of a suspension; the day on which to look again."""
    unit = rows.unit(connection, over.school)
    assert unit is not None
    row = _listening(office, connection, SUSPENSION_OVER, unit.county, over.stage)
    if row is None:
        return today + _WHEN_FILES_MAY_HAVE_CHANGED
    try:
        with connection.begin_nested():
            _open(office, connection, row, over.student, unit)
    except Refused:
        return today + _TOMORROW
    return None


def _listening(
    office: Office, connection: Connection, message: str, county: str, stage: str
) -> DefinitionRow | None:
    """The definition that awaits the message under the rules of a place: the nearest region's that has one."""
    now, release = read_clock(connection)
    for region in office.shelf.rules.law.applying(county, now.date(), stage):
        row = office.shelf.begun_by(connection, message, region.code, now.date(), release)
        if row is not None:
            return row
    return None


def _open(office: Office, connection: Connection, row: DefinitionRow, student: str, unit: Unit) -> None:
    """A case as a person would start it, without a form. Raises Refused."""
    now, release = read_clock(connection)
    _, party = counter.starter(office.shelf.compiled(connection, row).process.settings)
    case = CaseRow(
        number=rows.next_number(connection, unit.county, now.date()),
        procedure=row.key,
        region=unit.county,
        student=student,
        started=now.date(),
        form={},
        parties={party: unit.id},
        now=now,
        release=release,
    )
    world = Surroundings(connection, office.shelf, case)
    world.settle_parties({**world.records.to_settle(), **case.parties})
    rows.insert_case(connection, world.case, SYSTEM_ID)
    entry = NewEntry(
        actor=SYSTEM_ID,
        verb="start",
        element=row.key,
        detail={"definition": row.id, "occasion": SUSPENSION_OVER},
    )
    open_side(world, row, Side(id=new_id(), entry=entry, variables={}, message=SUSPENSION_OVER))
