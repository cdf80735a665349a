"""What time brings: overdue units, the purge, incidents; and a clock that stops at every instant."""

from __future__ import annotations

from datetime import timedelta

import pytest

from service.casework import incidents, timekeeping, timers
from service.casework.context import Office
from service.errors import Conflict
from tests.casework.people import OPERATOR, rows, start


def test_a_missed_limit_is_recorded_once_and_decides_nothing(office: Office) -> None:
    case = start(office)
    timekeeping.move_to(office, timekeeping.now() + timedelta(days=40))
    assert [(row.unit, row.step) for row in rows("select unit, step from overdue_entry")] == [
        ("changan_first_primary", "approve")
    ]
    assert rows("select 1 from user_task where case_number = :n and state = 'open'", n=case.case_number)


def test_after_ninety_days_the_case_is_purged_and_may_start_anew(office: Office) -> None:
    case = start(office)
    timekeeping.move_to(office, timekeeping.now() + timedelta(days=91))
    (row,) = rows("select outcome, outcome_name from case_ where number = :n", n=case.case_number)
    assert row.outcome == "purged"
    assert start(office).case_number != case.case_number


def test_the_clock_only_goes_forward(office: Office) -> None:
    with pytest.raises(Conflict, match="向前"):
        timekeeping.move_to(office, timekeeping.now() - timedelta(seconds=5))


def test_a_timer_that_fails_becomes_an_incident_and_stops_nobody_else(office: Office) -> None:
    broken, fine = start(office), start(office, "河北省直属实验小学二年级在校生")
    rows("update instance set state = 'broken' where id = :id returning 1", id=broken.instance)
    timekeeping.move_to(office, timekeeping.now() + timedelta(days=40))
    (incident,) = rows("select * from incident")
    assert incident.instance == broken.instance
    assert incident.trace
    assert [row.case_number for row in rows("select case_number from overdue_entry")] == [fine.case_number]
    assert timers.fire_due(office) == 0, "the failing instance is out of the sweep until it is retried"
    incidents.retry(OPERATOR, incident.id)
    assert timers.fire_due(office) == 1
    assert len(rows("select 1 from incident where resolved_at is null")) == 1
