"""Running cases move to an edited version: what the tables keep, what is told, what is refused, and undoing it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import psycopg
import pytest

from service.casework import (
    batches,
    cases,
    deployments,
    installation,
    moving,
    plans,
    restarting,
    tasks,
    timekeeping,
)
from service.casework.advance import Advanced
from service.casework.context import Office
from service.casework.moving import Wish
from service.casework.plans import Plan, Step
from service.errors import Conflict, Forbidden
from service.store.db import db
from service.supervisor.postgres import libpq_url
from tests.casework.people import APPROVE, OPERATOR, RECEIVING, actor, rows, task_at, world
from tests.conftest import settings_of
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


@pytest.fixture(scope="module")
def trial(clone_database: Any, ready_template: str) -> Iterator[Trial]:
    with clone_database(ready_template) as url, installation.at_work(settings_of(url)) as office:
        versions = {"first": deploy(office, TEXT)}
        opened = (begin(office), begin(office, PUPILS[1]))
        versions |= {name: deploy(office, text) for name, text in EDITED.items()}
        db.engine.dispose()
        yield Trial(url.partition("?")[0].rpartition("/")[2], versions, opened)


@pytest.fixture
def office(clone_database: Any, trial: Trial) -> Iterator[Office]:
    """An office over a copy of the trial."""
    with clone_database(trial.template) as url, installation.at_work(settings_of(url)) as found:
        yield found


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
        *rows("select definition, state, next_due, status from instance where id = :id", id=case.instance),
        *rows(
            """select id, definition, element, path, name, unit, roles, form, state, assignee, due, created_at
               from user_task where instance = :id and state = 'open' order by id""",
            id=case.instance,
        ),
        *rows("select * from timer where instance = :id order by id", id=case.instance),
        *rows("select * from subscription where instance = :id order by id", id=case.instance),
    ]


def go(office: Office, target: str, *of: Advanced, **elements: str) -> list[moving.Outcome]:
    plan = Plan(target=target, steps=tuple(Step(source=old, target=new) for old, new in elements.items()))
    return moving.execute(office, OPERATOR, Wish(plan=plan, instances=[one.instance for one in of]))


def verbs(case: Advanced) -> list[str]:
    found = rows("select verb from journal where case_number = :n order by id", n=case.case_number)
    return [row.verb for row in found]


def test_a_moved_case_keeps_its_task_its_claim_and_its_deadlines(office: Office, trial: Trial) -> None:
    case = trial.cases[0]
    task = task_at(case, "receiving_school/check")
    tasks.claim(actor(RECEIVING, "head"), task.id)
    (timer,) = rows("select * from timer where instance = :id", id=case.instance)
    target = trial.versions["labels"]
    (outcome,) = go(office, target, case)
    assert (outcome.status, outcome.effects, outcome.undoable) == ("moved", (), True)
    now = task_at(case, "receiving_school/check")
    assert (now.id, now.due, now.created_at, now.assignee) == (
        task.id,
        task.due,
        task.created_at,
        actor(RECEIVING, "head").id,
    )
    assert (now.name, now.definition) == ("校长初核", target)
    assert rows("select * from timer where instance = :id", id=case.instance) == [timer]
    assert verbs(case) == ["start", "claim", "move"]
    tasks.complete(office, actor(RECEIVING, "head"), task.id, APPROVE)
    tasks.complete(office, actor(RECEIVING, "registrar"), task_at(case, "receiving_school/last").id, APPROVE)
    assert rows("select outcome from case_ where number = :n", n=case.case_number)[0].outcome == "done"


def test_moving_again_changes_nothing(office: Office, trial: Trial) -> None:
    case = trial.cases[0]
    target = trial.versions["labels"]
    assert [one.status for one in go(office, target, case)] == ["moved"]
    before = everything(case)
    assert [one.status for one in go(office, target, case)] == ["unchanged"]
    assert everything(case) == before
    assert verbs(case) == ["start", "move"]


def test_a_preview_tells_what_a_move_would_do_and_does_none_of_it(office: Office, trial: Trial) -> None:
    case = trial.cases[0]
    before = everything(case)
    target = trial.versions["timer"]
    plan = Plan(target=target)
    found, total = moving.candidates(office, OPERATOR, plan)
    assert (sorted(found), total) == (sorted(one.instance for one in trial.cases), 2)
    (outcome,) = moving.preview(office, OPERATOR, Wish(plan=plan, instances=[case.instance]))
    assert (outcome.status, outcome.version) == ("movable", 1)
    assert [(one.kind, one.element) for one in outcome.effects] == [
        ("disarmed", "limit"),
        ("armed", "other_limit"),
    ]
    assert outcome.effects[1].due is not None
    assert everything(case) == before
    (done,) = go(office, target, case)
    assert [
        row.element for row in rows("select element from timer where instance = :id", id=case.instance)
    ] == ["other_limit"]
    assert [(one.kind, one.element) for one in done.effects] == [
        (one.kind, one.element) for one in outcome.effects
    ]


def test_a_case_that_does_not_fit_stays_whole_and_says_why(office: Office, trial: Trial) -> None:
    case = trial.cases[0]
    before, target = everything(case), trial.versions["step"]
    (outcome,) = go(office, target, case)
    assert outcome.status == "stays"
    assert [(one.where, one.message) for one in outcome.reasons] == [
        ("check", "“校长核办”（check）在新图中没有了，而本办件正停在这里")
    ]
    assert everything(case) == before
    (mapped,) = go(office, target, case, check="inspect", limit="limit")
    assert mapped.status == "moved"
    task = task_at(case, "receiving_school/inspect")
    tasks.complete(office, actor(RECEIVING, "head"), task.id, APPROVE)
    assert task_at(case, "receiving_school/last")


def test_a_case_somebody_holds_or_that_has_changed_is_reported(office: Office, trial: Trial) -> None:
    held, changed = trial.cases
    target = trial.versions["labels"]
    url = libpq_url(db.engine.url.render_as_string(hide_password=False).replace("+psycopg", ""))
    with psycopg.connect(url) as other:
        other.execute("select 1 from instance where id = %s for update", [held.instance])
        wish = Wish(
            plan=Plan(target=target),
            instances=[held.instance, changed.instance, "nowhere"],
            revisions={changed.instance: 1},
        )
        assert [one.status for one in moving.execute(office, OPERATOR, wish)] == [
            "locked",
            "changed",
            "failed",
        ]
    assert [one.status for one in go(office, target, held, changed)] == ["moved", "moved"]


def test_what_was_submitted_before_and_is_read_only_now_is_known(office: Office, trial: Trial) -> None:
    case = trial.cases[0]
    assert [one.status for one in go(office, trial.versions["asking"], case)] == ["moved"]
    (row,) = rows("select state from instance where id = :id", id=case.instance)
    assert b'"decision":"approve"' in bytes(row.state), "from the start form"


def test_a_move_is_undone_while_nothing_has_happened_since(office: Office, trial: Trial) -> None:
    case = trial.cases[0]
    before = everything(case)
    go(office, trial.versions["timer"], case)
    assert everything(case) != before
    assert restarting.undoable(OPERATOR, case.instance).reason == ""
    assert restarting.take_back_the_act(office, OPERATOR, case.instance) == "move"
    assert everything(case)[1:] == before[1:]
    assert everything(case)[0].definition == before[0].definition
    assert verbs(case) == ["start", "move", "undo"]
    tasks.complete(office, actor(RECEIVING, "head"), task_at(case, "receiving_school/check").id, APPROVE)
    assert task_at(case, "receiving_school/last")


def test_a_move_is_final_once_somebody_has_claimed(office: Office, trial: Trial) -> None:
    case = trial.cases[0]
    go(office, trial.versions["labels"], case)
    tasks.claim(actor(RECEIVING, "head"), task_at(case, "receiving_school/check").id)
    assert "新的进展" in restarting.undoable(OPERATOR, case.instance).reason
    with pytest.raises(Conflict, match="不能再撤销"):
        restarting.take_back_the_act(office, OPERATOR, case.instance)


def test_a_case_goes_back_to_a_step_and_that_is_undone(office: Office, trial: Trial) -> None:
    case = trial.cases[0]
    first = task_at(case, "receiving_school/check")
    tasks.complete(office, actor(RECEIVING, "head"), first.id, APPROVE)
    second = task_at(case, "receiving_school/last")
    before = everything(case)
    reached = restarting.reached(office, OPERATOR, case.instance)
    assert [(one.element, one.name, one.changes) for one in reached] == [
        ("check", "校长核办", ()),
        ("last", "备案", ()),
    ]
    restarting.take_back(office, OPERATOR, case.instance, "check")
    again = task_at(case, "receiving_school/check")
    assert again.id != first.id
    (gone,) = rows("select state from user_task where id = :id", id=second.id)
    assert gone.state == "cancelled"
    restarting.take_back_the_act(office, OPERATOR, case.instance)
    assert everything(case)[1:] == before[1:]
    (gone,) = rows("select state from user_task where id = :id", id=again.id)
    assert gone.state == "cancelled"
    restarting.take_back(office, OPERATOR, case.instance, "check")
    assert task_at(case, "receiving_school/check").id not in {first.id, again.id}, (
        "numbers are never used twice"
    )
    tasks.complete(office, actor(RECEIVING, "head"), task_at(case, "receiving_school/check").id, APPROVE)
    assert task_at(case, "receiving_school/last")
    assert verbs(case) == ["start", "complete", "restart", "undo", "restart", "complete"]


def test_the_timers_of_a_moved_case_fire(office: Office, trial: Trial) -> None:
    case = trial.cases[0]
    start = timekeeping.now()
    go(office, trial.versions["timer"], case)
    timekeeping.move_to(office, start + timedelta(days=5))
    assert verbs(case) == ["start", "move", "timer"]
    assert rows("select 1 from timer where instance = :id", id=case.instance) == []


def test_a_batch_moves_every_case_and_tells_of_each(office: Office, trial: Trial) -> None:
    fine, ahead = trial.cases
    tasks.complete(office, actor(RECEIVING, "head"), task_at(ahead, "receiving_school/check").id, APPROVE)
    target = trial.versions["step"]
    batch = batches.open_batch(office, OPERATOR, Plan(target=target))
    assert batches.progress(OPERATOR, batch)["counts"] == {"waiting": 2}
    assert batches.work_off(office, limit=1) == 1
    assert batches.work_off(office) == 1
    assert batches.work_off(office) == 0
    done = batches.progress(OPERATOR, batch)
    assert done["counts"] == {"moved": 1, "stays": 1}
    assert done["finished_at"] is not None
    told = {row.instance: row for row in rows("select * from batch_item where batch = :b", b=batch)}
    assert (told[fine.instance].status, told[ahead.instance].status) == ("stays", "moved")
    assert "在新图中没有了" in told[fine.instance].reasons[0]["message"]


def test_only_operators_move_and_analysts_may_look(office: Office, trial: Trial) -> None:
    case = trial.cases[0]
    target = trial.versions["labels"]
    wish = Wish(plan=Plan(target=target), instances=[case.instance])
    analyst = moving.Actor(id="analyst", username="analyst", name="", powers=frozenset({"analyst"}))
    assert [one.status for one in moving.preview(office, analyst, wish)] == ["movable"]
    for act in (
        lambda: moving.execute(office, analyst, wish),
        lambda: restarting.take_back(office, analyst, case.instance, "check"),
        lambda: restarting.take_back_the_act(office, analyst, case.instance),
        lambda: batches.open_batch(office, analyst, wish.plan),
        lambda: moving.preview(office, actor(RECEIVING, "head"), wish),
    ):
        with pytest.raises(Forbidden):
            act()


def test_a_plan_is_generated_and_judged(office: Office, trial: Trial) -> None:
    source, target = trial.versions["first"], trial.versions["outside"]
    plan = plans.generate(office, source, target)
    assert {step.source for step in plan.steps} == {"check", "limit"}
    odd = Plan(source=source, target=target, steps=(*plan.steps, Step(source="last", target="last")))
    found = {
        step.source: [problem.message for problem in problems] for step, problems in plans.judge(office, odd)
    }
    assert found == {"check": [], "limit": [], "last": ["“备案”（last）在新图中由用户任务变成了服务任务"]}
