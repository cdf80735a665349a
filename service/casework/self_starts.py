"""Cases nobody starts: by a clock or a signal, as their start event says.

Such a case has no student. It belongs to the region of its definition, whose own authority plays the party that
the process's candidate starter group names; a process that names none belongs to no unit.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from service.casework.actors import SYSTEM
from service.casework.cases import Side, open_side
from service.casework.context import Office
from service.casework.surroundings import Surroundings
from service.clock import midnight
from service.engine import Definition, UncaughtError, first_due, self_starts
from service.engine.timers import following
from service.errors import Refused, XuejiError
from service.ids import new_id
from service.policy.regions import NATIONAL
from service.registry import counter
from service.store import cases, start_events
from service.store.db import transaction
from service.store.definitions import DefinitionRow, current
from service.store.failures import Meaning, meaning
from service.store.progress import read_clock
from service.store.rows import CaseRow, NewEntry
from service.store.start_events import StartRow

log = logging.getLogger(__name__)


def arm(
    office: Office, connection: Connection, row: DefinitionRow, definition: Definition, now: datetime
) -> None:
    """Let a new version wait for its clocks and signals, in place of the version before it.

    A cycle whose text has not changed carries on where it was. A date that is past when it is deployed does not come.
    """
    earlier = start_events.disarm(connection, row.key, row.tenant, row.in_force_from)
    here = _has_a_place(connection, row, definition)
    since = max(now, midnight(row.in_force_from)) if row.in_force_from else now
    calendar = office.shelf.rules.calendar(row.tenant)
    for one in self_starts(definition):
        if not here and one.kind != "message":
            continue
        new = StartRow(definition=row.id, element=one.element, name=one.name, kind=one.kind, wants=one.value)
        before = earlier.get(one.element)
        if one.kind != "timer":
            start_events.arm(connection, new)
            continue
        plan = first_due(definition, one.element, since, calendar)
        due, data = plan.due, plan.as_data()
        if plan.every and before is not None and before.wants == one.value and before.due is not None:
            due, data = before.due, dict(before.data)
        if due > now:
            start_events.arm(connection, _due(new, due, data))


def fire_due(office: Office, limit: int) -> int:
    """Start what is due to start, each in a transaction of its own; the number of start events that came."""
    count = 0
    while count < limit and _fire_one(office):
        count += 1
    return count


def hear(office: Office, connection: Connection, payload: Mapping[str, Any]) -> None:
    """A signal starts a case, inside the transaction of its outbox row."""
    found = start_events.find(connection, payload["definition"], payload["element"])
    if found is not None and (row := _in_force(office, connection, found)) is not None:
        _begin(office, connection, row, found, payload.get("variables", {}))


def given_up(payload: Mapping[str, Any], error: Exception) -> None:
    """A signal could not start a case however often it was tried."""
    with transaction() as connection:
        found = start_events.find(connection, payload["definition"], payload["element"])
        if found is not None:
            _stuck(connection, found, error)


def _has_a_place(connection: Connection, row: DefinitionRow, definition: Definition) -> bool:
    """A process that wants a unit runs where the region has an authority of its own."""
    wants_unit = bool(definition.process.settings.get("candidateStarterGroups"))
    return not wants_unit or cases.authority_of_region(connection, row.tenant or NATIONAL) is not None


def _fire_one(office: Office) -> bool:
    found: StartRow | None = None
    try:
        with transaction() as connection:
            found = start_events.take_due(connection)
            if found is None:
                return False
            _fire(office, connection, found)
    except Exception as error:  # an incident, whatever it was; the transaction is rolled back
        if found is None or meaning(error) is Meaning.BUSY:
            raise  # a lock held too long, or a database that is away: the next sweep tries again
        with transaction() as connection:
            _stuck(connection, found, error)
    return True


def _fire(office: Office, connection: Connection, found: StartRow) -> None:
    row = _in_force(office, connection, found)
    if row is None:
        start_events.drop(connection, found)
        return
    _begin(office, connection, row, found, {})
    now, _ = read_clock(connection)
    plan = following(found.data)
    while (
        plan is not None and plan.due <= now
    ):  # what was missed while nobody swept comes once, not many times
        plan = following(plan.as_data())
    if plan is None:
        start_events.drop(connection, found)
    else:
        start_events.move(connection, found, plan.due, plan.as_data())


def _in_force(office: Office, connection: Connection, found: StartRow) -> DefinitionRow | None:
    """The definition of a start event, if it is the version in force today."""
    row = office.shelf.row(connection, found.definition)
    now, _ = read_clock(connection)
    latest = current(connection, row.key, row.tenant, now.date())
    return row if latest is not None and latest.id == row.id else None


def _begin(
    office: Office, connection: Connection, row: DefinitionRow, found: StartRow, values: Mapping[str, Any]
) -> None:
    """Open the case; one whose own rules refuse it before its first wait is not opened, and that is no failure."""
    try:
        with connection.begin_nested():
            _open(office, connection, row, found, values)
    except (Refused, UncaughtError) as refused:
        log.info("%s was not started by %s: %s", row.key, found.element, refused)


def _open(
    office: Office, connection: Connection, row: DefinitionRow, found: StartRow, values: Mapping[str, Any]
) -> None:
    now, release = read_clock(connection)
    region = row.tenant or NATIONAL
    case = CaseRow(
        number=cases.next_number(connection, region, now.date()),
        procedure=row.key,
        region=region,
        student=None,
        started=now.date(),
        form={},
        parties=_parties(connection, region, office.shelf.compiled(connection, row)),
        now=now,
        release=release,
    )
    world = Surroundings(connection, office.shelf, case)
    world.settle_parties(case.parties)
    cases.insert_case(connection, world.case, SYSTEM.id)
    entry = NewEntry(
        actor=SYSTEM.id, verb="start", element=row.key, detail={"definition": row.id, "by": found.element}
    )
    open_side(world, row, Side(id=new_id(), entry=entry, variables=values, at=found.element))


def _parties(connection: Connection, region: str, definition: Definition) -> dict[str, str]:
    settings = definition.process.settings
    unit = cases.authority_of_region(connection, region)
    return {counter.starter(settings)[1]: unit} if unit and settings.get("candidateStarterGroups") else {}


def _due(row: StartRow, due: datetime, data: Mapping[str, Any]) -> StartRow:
    return replace(row, due=due, data=data)


def _stuck(connection: Connection, found: StartRow, error: Exception) -> None:
    known = isinstance(error, XuejiError)
    message = str(error) if known else f"系统内部错误（{type(error).__name__}），没有开始新的办件"
    start_events.stuck(connection, found, message, "".join(traceback.format_exception(error, limit=-12)))
