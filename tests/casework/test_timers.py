"""What time brings: overdue units, the purge, incidents; and a clock that stops at every instant."""

from __future__ import annotations

from datetime import timedelta

import psycopg
import pytest

from service.casework import incidents, timekeeping, timers
from service.casework.advance import Advanced
from service.casework.context import Office
from service.errors import Conflict
from service.store.db import db
from service.supervisor.postgres import libpq_url
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


def wait_over(case: Advanced) -> None:
    """The wait between two tries (real time) is over."""
    rows("update instance set retry_at = clock_timestamp() where id = :id returning 1", id=case.instance)


def tries(case: Advanced) -> tuple[int, float | None]:
    """Failures in a row, and the seconds until the next try."""
    (row,) = rows(
        """select failures, extract(epoch from retry_at - clock_timestamp())::float8 as wait
           from instance where id = :id""",
        id=case.instance,
    )
    return row.failures, row.wait


def test_a_timer_that_fails_is_tried_again_then_becomes_an_incident_and_stops_nobody_else(
    office: Office,
) -> None:
    broken, fine = start(office), start(office, "河北省直属实验小学二年级在校生")
    (sound,) = rows("select state from instance where id = :id", id=broken.instance)
    rows("update instance set state = 'broken' where id = :id returning 1", id=broken.instance)
    timekeeping.move_to(office, timekeeping.now() + timedelta(days=40))
    assert [row.case_number for row in rows("select case_number from overdue_entry")] == [fine.case_number]
    failures, wait = tries(broken)
    assert failures == 1
    assert wait is not None
    assert 5 < wait <= 10
    assert timers.fire_due(office) == 0, "not before its wait is over"
    wait_over(broken)
    assert timers.fire_due(office) == 1
    failures, wait = tries(broken)
    assert failures == 2
    assert wait is not None
    assert 50 < wait <= 60
    assert rows("select 1 from incident") == []
    wait_over(broken)
    assert timers.fire_due(office) == 1
    (incident,) = rows("select * from incident")
    assert (incident.instance, incident.kind, incident.act["failures"]) == (broken.instance, "timer", 3)
    assert incident.trace
    assert timers.fire_due(office) == 0, "out of the sweep until somebody retries it"
    rows(
        "update instance set state = :s where id = :id returning 1", s=bytes(sound.state), id=broken.instance
    )
    incidents.retry(OPERATOR, incident.id)
    assert timers.fire_due(office) == 1
    assert tries(broken) == (0, None)
    assert len(rows("select 1 from overdue_entry")) == 2


def test_what_fails_once_and_then_goes_well_leaves_no_trace(office: Office) -> None:
    case = start(office)
    (sound,) = rows("select state from instance where id = :id", id=case.instance)
    rows("update instance set state = 'broken' where id = :id returning 1", id=case.instance)
    timekeeping.move_to(office, timekeeping.now() + timedelta(days=40))
    assert tries(case)[0] == 1
    rows("update instance set state = :s where id = :id returning 1", s=bytes(sound.state), id=case.instance)
    wait_over(case)
    assert timers.fire_due(office) == 1
    assert tries(case) == (0, None)
    assert rows("select 1 from incident") == []


def test_a_case_somebody_holds_is_put_off_and_stops_nobody_else(office: Office) -> None:
    held, fine = start(office), start(office, "河北省直属实验小学二年级在校生")
    url = libpq_url(db.engine.url.render_as_string(hide_password=False).replace("+psycopg", ""))
    with psycopg.connect(url) as other:
        other.execute("select 1 from case_ where number = %s for update", [held.case_number])
        timekeeping.move_to(office, timekeeping.now() + timedelta(days=91))
        assert tries(held)[0] == 0
    ended = [row.number for row in rows("select number from case_ where outcome is not null")]
    assert ended == [fine.case_number]
    wait_over(held)
    assert timers.fire_due(office) == 1
    assert len(rows("select 1 from case_ where outcome = 'purged'")) == 2
