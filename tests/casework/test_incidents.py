"""An act the diagram cannot take: the case stays as it was, an incident beside it; a person's slip is none."""

from __future__ import annotations

import psycopg
import pytest

from service.casework import cases, deployments, incidents, tasks
from service.casework.context import Office
from service.engine import EngineError
from service.errors import Invalid
from service.store.db import db
from service.supervisor.postgres import libpq_url
from tests.casework.people import APPROVE, RECEIVING, STUDENT, actor, rows, start, task_at, world
from tests.engine.sketch import sketch

NO_WAY_OUT = """
start s doc=MOE2013-14-a
user approve name=校长核办 groups=head@receiving_school form=school_approve doc=MOE2016-3.1-a
xor g name=有余位吗？ doc=MOE2013-14-a
end many
end few
s -> approve -> g
g -> many : ${sending_school_kind == 'none'}
g -> few : ${receiving_school_kind == 'none'}
"""


def test_a_gateway_without_a_way_out_becomes_an_incident_and_the_task_stays_open(office: Office) -> None:
    files = {"dead_end.bpmn": sketch(NO_WAY_OUT, "dead_end", "无路可走")}
    deployments.deploy_upload(office, deployments.Parcel(name="试", files=files))
    wish = cases.Start(procedure="dead_end", student=world().student_called(STUDENT).student.id)
    case = cases.start(office, actor(RECEIVING, "registrar"), wish)
    task = task_at(case, "receiving_school/approve")
    with pytest.raises(EngineError, match="有余位吗"):
        tasks.complete(office, actor(RECEIVING, "head"), task.id, APPROVE)
    (incident,) = rows("select * from incident")
    assert (incident.instance, incident.element) == (case.instance, "g")
    assert incident.act["task"] == task.id
    assert task_at(case, "receiving_school/approve").assignee is None


def test_a_wrong_form_is_no_incident(office: Office) -> None:
    task = task_at(start(office), "receiving_school/approve")
    with pytest.raises(Invalid):
        tasks.complete(office, actor(RECEIVING, "head"), task.id, {"decision": "maybe"})
    assert rows("select 1 from incident") == []


def test_an_incident_holds_no_number_of_a_person(office: Office) -> None:
    case = start(office)
    error = ValueError("no place for 11010519491231002X, call 13912345678")
    with pytest.raises(ValueError, match="no place"), incidents.guarded(case.instance, {"verb": "complete"}):
        raise error
    (incident,) = rows("select * from incident")
    assert "no place for *" in incident.trace
    assert "11010519491231002X" not in incident.trace
    assert "13912345678" not in incident.trace


def test_a_case_that_is_held_is_no_incident(office: Office) -> None:
    case = start(office)
    task = task_at(case, "receiving_school/approve")
    url = libpq_url(db.engine.url.render_as_string(hide_password=False).replace("+psycopg", ""))
    with psycopg.connect(url) as other:
        other.execute("select 1 from instance where id = %s for update", [case.instance])
        with pytest.raises(psycopg.errors.LockNotAvailable):
            tasks.complete(office, actor(RECEIVING, "head"), task.id, APPROVE)
    assert rows("select 1 from incident") == []
