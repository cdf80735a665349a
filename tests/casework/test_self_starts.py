"""Cases nobody starts: a clock or a signal opens them, once, for the region's own authority."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from flask import current_app

from service.casework import deployments, incidents, messages, steering, tasks, timekeeping, timers
from service.casework.context import Office
from service.clock import ZONE
from service.errors import BadRequest, Conflict, Forbidden
from tests.casework.people import OPERATOR, RECEIVING, STUDENT, actor, rows, world
from tests.engine.sketch import sketch

CHECK = """
starters officer@authority
start {start} doc=MOE2013-14-a
user look name=检查 groups=officer@authority form=school_approve doc=MOE2016-3.1-a
end done
nightly -> look -> done
"""
TENANT = "410700"


def _deploy(office: Office, start: str, key: str = "nightly_check", text: str = CHECK) -> None:
    files = {f"{key}.bpmn": sketch(text.format(start=start), key, "夜间检查")}
    deployments.deploy_upload(office, deployments.Parcel(name="自动", tenant=TENANT, files=files))


def _started() -> list[tuple[str, str | None, str]]:
    found = rows("select number, student, region from case_ where procedure like 'nightly%' order by number")
    return [(row.number, row.student, row.region) for row in found]


def _wait(office: Office, **delta: float) -> None:
    timekeeping.move_to(office, timekeeping.now() + timedelta(**delta))


def test_a_cycle_starts_a_case_each_time_for_the_regions_own_authority(office: Office) -> None:
    _deploy(office, "nightly timer=R/P1D cycle")
    assert _started() == []
    _wait(office, days=3, hours=1)
    assert [(student, region) for _, student, region in _started()] == [(None, TENANT)] * 3
    number = _started()[0][0]
    (task,) = rows("select * from user_task where case_number = :n", n=number)
    assert task.unit == "xinxiang_education"
    tasks.complete(office, actor("新乡市教育局", "officer"), task.id, {"decision": "approve"})
    assert rows("select outcome from case_ where number = :n", n=number)[0].outcome == "done"
    entries = rows("select actor, verb from journal where case_number = :n order by id", n=number)
    assert (entries[0].actor, entries[0].verb) == ("system", "start")


def test_a_cycle_ends_with_its_count_and_a_date_comes_once(office: Office) -> None:
    _deploy(office, "nightly timer=R2/PT1H cycle")
    _deploy(office, "nightly timer=2027-01-01T08:00:00 date", key="nightly_once")
    timekeeping.move_to(office, datetime(2027, 2, 1, tzinfo=ZONE))
    assert len(_started()) == 3
    assert rows("select 1 from start_event") == []


def test_what_was_missed_comes_once(office: Office) -> None:
    _deploy(office, "nightly timer=R/P1D cycle")
    timekeeping._set(timekeeping.now() + timedelta(days=10))
    timers.fire_due(office)
    assert len(_started()) == 1
    _wait(office, days=1)
    assert len(_started()) == 2


def test_a_date_that_has_passed_does_not_come(office: Office) -> None:
    _deploy(office, "nightly timer=2020-01-01T08:00:00 date")
    _wait(office, days=1)
    assert _started() == []


def test_a_newer_version_takes_over_and_the_old_one_starts_nothing_more(office: Office) -> None:
    _deploy(office, "nightly timer=R/P1D cycle")
    _deploy(office, "nightly timer=R/P7D cycle")
    _wait(office, days=3)
    assert _started() == []
    _wait(office, days=5)
    assert len(_started()) == 1
    _deploy(office, "nightly")
    _wait(office, days=30)
    assert len(_started()) == 1, "the newest version has no timer"


def test_a_new_version_with_the_same_cycle_keeps_its_rhythm(office: Office) -> None:
    _deploy(office, "nightly timer=R/P1D cycle")
    _wait(office, hours=20)
    _deploy(office, "nightly name=换个名称 timer=R/P1D cycle")
    _wait(office, hours=5)
    assert len(_started()) == 1


def test_many_sweeps_at_once_start_it_once(office: Office) -> None:
    _deploy(office, "nightly timer=PT1H")
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    timekeeping._set(timekeeping.now() + timedelta(hours=2))

    def sweep(_: int) -> int:
        with app.app_context():
            return timers.fire_due(office)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(sweep, range(4)))
    assert len(_started()) == 1


def test_a_paused_definition_starts_nothing_until_it_goes_on(office: Office) -> None:
    _deploy(office, "nightly timer=PT1H")
    versions = [row.id for row in rows("select id from definition where key = 'nightly_check'")]
    steering.set_paused(OPERATOR, versions, paused=True)
    _wait(office, days=1)
    assert _started() == []
    steering.set_paused(OPERATOR, versions, paused=False)
    timers.fire_due(office)
    assert len(_started()) == 1


def test_a_start_that_fails_becomes_an_incident_and_may_be_tried_again(office: Office) -> None:
    _deploy(office, "nightly timer=PT1H")
    (unit,) = rows("update unit set county = '000001' where id = 'xinxiang_education' returning id")
    _wait(office, hours=2)
    assert _started() == []
    (incident,) = rows("select * from incident")
    assert incident.kind == "start"
    assert timers.fire_due(office) == 0
    rows("update unit set county = '410700' where id = :id returning 1", id=unit.id)
    incidents.retry(OPERATOR, incident.id)
    assert timers.fire_due(office) == 1
    assert len(_started()) == 1


def test_a_start_its_own_rules_refuse_opens_nothing_and_comes_again(office: Office) -> None:
    text = """
start {start} doc=MOE2013-14-a
end no error=refused doc=MOE2013-14-a
nightly -> no
"""
    _deploy(office, "nightly timer=R/P1D cycle", text=text)
    _wait(office, days=3)
    assert _started() == []
    assert rows("select message from incident") == []
    assert len(rows("select 1 from start_event where due is not null")) == 1


def test_a_signal_of_the_region_starts_a_case_with_what_it_brings(office: Office) -> None:
    _deploy(office, "nightly signal=term_begins")
    assert steering.signal(OPERATOR, "term_begins", None, {}) == 0, "another tenant's"
    assert steering.signal(OPERATOR, "term_begins", TENANT, {}) == 1
    messages.deliver_outbox(office)
    assert len(_started()) == 1


def test_a_signal_thrown_by_a_case_starts_another(office: Office) -> None:
    _deploy(office, "nightly signal=term_begins")
    _deploy(office, "nightly timer=PT1H", "nightly_bell", BELL)
    _wait(office, hours=1)
    assert len(_started()) == 2


BELL = """
start {start} doc=MOE2013-14-a
throw ring signal=term_begins
end done
nightly -> ring -> done
"""


def test_a_nationwide_process_for_an_authority_starts_in_each_region_that_has_one(office: Office) -> None:
    files = {"nightly_check.bpmn": sketch(CHECK.format(start="nightly timer=PT1H"), "nightly_check", "检查")}
    deployments.deploy_upload(office, deployments.Parcel(name="自动", files=files))
    _wait(office, hours=1)
    with_authority = {
        region.code
        for region in office.shelf.rules.law.regions.with_folders()
        if rows("select 1 from unit where kind = 'authority' and county = :c", c=region.code)
    }
    assert {region for _, _, region in _started()} == with_authority


def test_a_message_a_person_sends_starts_a_case_for_the_student_it_names(office: Office) -> None:
    text = """
start asked message=nightly_apply properties=sent_by:registrar@receiving_school doc=MOE2013-14-a
user look name=看 groups=head@receiving_school form=school_approve doc=MOE2016-3.1-a
end done
asked -> look -> done
"""
    files = {"nightly_asked.bpmn": sketch(text, "nightly_asked", "来件")}
    deployments.deploy_upload(office, deployments.Parcel(name="来件", files=files))
    student = world().student_called(STUDENT).student.id
    message = messages.Message(name="nightly_apply", variables={"student": student})
    with pytest.raises(Forbidden):
        messages.correlate(office, actor(RECEIVING, "head"), message)
    with pytest.raises(BadRequest, match="学生"):
        messages.correlate(office, actor(RECEIVING, "registrar"), replace(message, variables={}))
    done = messages.correlate(office, actor(RECEIVING, "registrar"), message)
    assert done.opened
    assert [task.path for task in done.tasks] == ["receiving_school/look"]
    assert _started()[0][1] == student
    with pytest.raises(Conflict, match="没有办件在等待"):
        messages.correlate(office, actor(RECEIVING, "registrar"), replace(message, name="nobody_waits"))
