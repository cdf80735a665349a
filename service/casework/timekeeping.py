"""The business clock: read it, and (demonstration and tests) move it forward."""

from __future__ import annotations

from datetime import datetime

from service.casework import messages, occasions, timers
from service.casework.actors import SYSTEM_ID
from service.casework.context import Office
from service.clock import local, midnight
from service.errors import Conflict
from service.store import sweep
from service.store.db import transaction
from service.store.notes import note
from service.store.progress import read_clock
from service.store.rows import NewEntry


def now() -> datetime:
    """The business instant."""
    with transaction() as connection:
        return read_clock(connection)[0]


def move_to(office: Office, target: datetime, by: str = SYSTEM_ID) -> datetime:
    """Move the clock forward, stopping at every due instant on the way so that each timer fires at its own time.

    Journaled before the first step: a move that breaks off has moved the clock, too. Raises Conflict when the target
    lies in the past of the business clock.
    """
    target = local(target)
    _announce(target, by)
    while (due := next_due()) is not None and due <= target:
        _set(max(due, now()))
        _bring_about(office)
    _set(target)
    _bring_about(office)
    return now()


def _announce(target: datetime, by: str) -> None:
    with transaction() as connection:
        was, _ = read_clock(connection)
        if target < was:
            raise Conflict("业务时钟只能向前调", cure=f"现在是 {was:%Y-%m-%d %H:%M:%S}，请给出更晚的时间")
        detail = {"from": was.isoformat(), "to": target.isoformat()}
        note(connection, NewEntry(actor=by, verb="set_clock", detail=detail))


def next_due() -> datetime | None:
    """The earliest instant at which something happens by itself."""
    day, timer = occasions.next_day(), timers.next_due()
    return min((one for one in (timer, midnight(day) if day else None) if one is not None), default=None)


def _bring_about(office: Office) -> None:
    """Everything that is due now, what that sends to the other side of a case, and what starts by itself."""
    while timers.fire_due(office) or messages.deliver_outbox(office) or occasions.open_due(office):
        pass


def _set(moment: datetime) -> None:
    with transaction() as connection:
        offset = (moment - sweep.real_now(connection)).total_seconds()
        sweep.set_offset(connection, offset)
