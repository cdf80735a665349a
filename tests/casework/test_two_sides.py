"""One case, two instances: each side runs its own region's diagram and hears only what a message carries."""

from __future__ import annotations

from service.casework import cases, deployments, messages, tasks
from service.casework.advance import Advanced
from service.casework.context import Office
from tests.casework.people import RECEIVING, STUDENT, actor, rows, task_at, world
from tests.engine.sketch import sketch

ASKING = """
start s doc=MOE2013-14-a
throw ask message=ask_other_side inputs="subject:release;secret:${null}" properties="starts:answering;at:sending_school"
catch answer message=answer_back
user decide name=看答复 groups=head@receiving_school form=school_approve doc=MOE2016-3.1-a
end done
s -> ask -> answer -> decide -> done
"""
ANSWERING = """
start asked message=ask_other_side
user reply name=答复 groups=head@sending_school form=school_approve doc=MOE2016-3.1-a
throw back message=answer_back inputs="decision:${decision}"
end over
asked -> reply -> back -> over
"""


def test_a_message_starts_the_other_side_and_its_answer_comes_back(office: Office) -> None:
    case = _asked(office)
    assert rows("select 1 from instance where case_number = :n", n=case.case_number) == rows("select 1")
    assert messages.deliver_outbox(office) == 1
    sides = rows("select id, region from instance where case_number = :n order by id", n=case.case_number)
    assert [side.region for side in sides] == ["130102", "130104"]
    task = task_at(case, "sending_school/reply")
    tasks.complete(office, actor("桥西区第二小学", "head"), task.id, {"decision": "approve"})
    assert rows("select closed_at from case_")[0].closed_at is None, (
        "the side that was asked does not close the case"
    )
    assert messages.deliver_outbox(office) == 1
    task = task_at(case, "receiving_school/decide")
    tasks.complete(office, actor(RECEIVING, "head"), task.id, {"decision": "approve"})
    assert rows("select outcome from case_")[0].outcome == "done"


def test_a_message_that_comes_too_early_waits_until_somebody_wants_it(office: Office) -> None:
    case = _asked(office)
    rows(
        """insert into outbox (id, kind, case_number, instance, name, payload, created_at)
           values ('early', 'message', :n, null, 'nobody_yet', '{"variables": {}}', now()) returning 1""",
        n=case.case_number,
    )
    messages.deliver_outbox(office)
    assert [row.delivered_at for row in rows("select delivered_at from inbox where id = 'early'")] == [None]
    assert rows("select 1 from incident") == []


def _asked(office: Office) -> Advanced:
    files = {
        "asking.bpmn": sketch(ASKING, "asking", "询问"),
        "answering.bpmn": sketch(ANSWERING, "answering", "答复"),
    }
    deployments.deploy_upload(office, deployments.Parcel(name="两方", files=files))
    wish = cases.Start(procedure="asking", student=world().student_called(STUDENT).student.id)
    return cases.start(office, actor(RECEIVING, "registrar"), wish)
