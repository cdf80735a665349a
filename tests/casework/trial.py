"""A trial procedure in several versions, two cases on the first of them, and what the tables say of a case."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from service.casework import cases, deployments, moving
from service.casework.advance import Advanced
from service.casework.context import Office
from service.casework.moving import Wish
from service.casework.plans import Plan, Step
from tests.casework.people import APPROVE, OPERATOR, RECEIVING, actor, rows, world
from tests.engine.sketch import sketch

PUPILS = ("桥西区第二小学四年级在校生", "河北省直属实验小学二年级在校生")
TEXT = """
start s doc=assumed form=school_approve
user check name=校长核办 groups=head@receiving_school form=school_approve due=${days(5)} doc=MOE2016-3.1-a
on check boundary limit timer=${days(30)} beside doc=assumed
end late doc=assumed
user last name=备案 groups=registrar@receiving_school form=school_approve doc=MOE2016-3.1-a
end done
s -> check -> last -> done
limit -> late
"""


_ASKING = TEXT.replace("s -> check -> last -> done", "s -> check -> g").replace(
    "end done", "end done\nend refused\nxor g name=同意吗？ default=no doc=assumed"
)
_ASKING += "g -> last : ${decision == 'approve'}\nlast -> done\ng -> refused as no\n"
EDITED = {
    "labels": TEXT.replace("name=校长核办", "name=校长初核").replace("days(30)", "days(60)"),
    "timer": TEXT.replace("limit", "other_limit").replace("days(30)", "days(3)").replace("校长核办", "核办"),
    "step": TEXT.replace("check", "inspect"),
    "asking": _ASKING,
    "outside": TEXT.replace(
        "user last name=备案 groups=registrar@receiving_school form=school_approve",
        "work last name=备案 topic=outside",
    ),
}


@dataclass(frozen=True)
class Trial:
    """A database with two cases on the first version of a trial procedure, and later versions of it by name."""

    template: str
    versions: dict[str, str]
    cases: tuple[Advanced, Advanced]


def deploy(office: Office, text: str) -> str:
    """Bring a version of the trial procedure into force; its id."""
    files = {"trial.bpmn": sketch(text, "trial", "试办")}
    deployments.deploy_upload(office, deployments.Parcel(name="试", files=files))
    (row,) = rows(
        "select id from definition where key = 'trial' and tenant is null order by version desc limit 1"
    )
    return str(row.id)


def begin(office: Office, pupil: str = PUPILS[0]) -> Advanced:
    student = world().student_called(pupil).student.id
    wish = cases.Start(procedure="trial", student=student, form=APPROVE)
    return cases.start(office, actor(RECEIVING, "registrar"), wish)


def everything(case: Advanced) -> list[Any]:
    """All that is kept of a case but its journal and revisions."""
    return [
        *rows(
            "select definition, state, next_due, status, variables from instance where id = :id",
            id=case.instance,
        ),
        *rows(
            """select id, definition, element, path, name, unit, roles, form, state, assignee, due, created_at
               from user_task where instance = :id and state = 'open' order by id""",
            id=case.instance,
        ),
        *rows("select * from timer where instance = :id order by id", id=case.instance),
        *rows("select * from subscription where instance = :id order by id", id=case.instance),
    ]


def visible(case: Advanced) -> list[Any]:
    """The same without the engine's state: an undone act leaves a gap in its numbers."""
    (first, *others) = everything(case)
    return [first.definition, first.next_due, first.status, first.variables, *others]


def go(office: Office, target: str, *of: Advanced, **elements: str) -> list[moving.Outcome]:
    plan = Plan(target=target, steps=tuple(Step(source=old, target=new) for old, new in elements.items()))
    return moving.execute(office, OPERATOR, Wish(plan=plan, instances=[one.instance for one in of]))


def verbs(case: Advanced) -> list[str]:
    found = rows("select verb from journal where case_number = :n order by id", n=case.case_number)
    return [row.verb for row in found]
