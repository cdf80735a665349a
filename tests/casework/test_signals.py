"""A signal one case throws reaches every other that waits, each by itself."""

from __future__ import annotations

from service.casework import cases, deployments, messages
from service.casework.advance import Advanced
from service.casework.context import Office
from tests.casework.people import RECEIVING, actor, rows, world
from tests.engine.sketch import sketch

LISTENING = """
start s doc=assumed
user check name=核办 groups=head@receiving_school form=school_approve doc=MOE2016-3.1-a
on check boundary heard signal=recall doc=assumed
end done
end recalled
s -> check -> done
heard -> recalled
"""
SHOUTING = """
start s doc=assumed
throw shout signal=recall doc=assumed
user check name=核办 groups=head@receiving_school form=school_approve doc=MOE2016-3.1-a
end done
s -> shout -> check -> done
"""
PUPILS = ("桥西区第二小学四年级在校生", "河北省直属实验小学二年级在校生")


def begin(office: Office, procedure: str, pupil: str) -> Advanced:
    wish = cases.Start(procedure=procedure, student=world().student_called(pupil).student.id)
    return cases.start(office, actor(RECEIVING, "registrar"), wish)


def test_one_case_that_cannot_take_a_signal_keeps_it_from_nobody(office: Office) -> None:
    files = {
        f"{key}.bpmn": sketch(text, key, "试办") for key, text in (("ear", LISTENING), ("mouth", SHOUTING))
    }
    deployments.deploy_upload(office, deployments.Parcel(name="试", files=files))
    broken, fine = (begin(office, "ear", pupil) for pupil in PUPILS)
    rows("update instance set state = 'broken' where id = :id returning 1", id=broken.instance)
    begin(office, "mouth", PUPILS[0])
    assert messages.deliver_outbox(office) == 3
    ended = rows("select id, end_element from instance where ended_at is not null")
    assert [(row.id, row.end_element) for row in ended] == [(fine.instance, "recalled")]
    (waiting,) = rows("select instance, attempts, last_error from outbox where done_at is null")
    assert (waiting.instance, waiting.attempts) == (broken.instance, 1)
