"""Running cases move to an edited version: what the tables keep, what is told, what is refused, and undoing it."""

from __future__ import annotations

from datetime import timedelta

import psycopg
import pytest

from service.casework import (
    batches,
    moving,
    plans,
    restarting,
    tasks,
    timekeeping,
)
from service.casework.context import Office
from service.casework.moving import Wish
from service.casework.plans import Plan, Step
from service.engine.codec import unpacked
from service.errors import Forbidden
from service.store.db import db
from service.supervisor.postgres import libpq_url
from tests.casework.people import APPROVE, OPERATOR, RECEIVING, actor, rows, task_at
from tests.casework.trial import Trial, everything, go, verbs


def test_a_moved_case_keeps_its_task_its_claim_and_its_deadlines(trial_office: Office, trial: Trial) -> None:
    case = trial.cases[0]
    task = task_at(case, "receiving_school/check")
    tasks.claim(actor(RECEIVING, "head"), task.id)
    (timer,) = rows("select * from timer where instance = :id", id=case.instance)
    target = trial.versions["labels"]
    (outcome,) = go(trial_office, target, case)
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
    tasks.complete(trial_office, actor(RECEIVING, "head"), task.id, APPROVE)
    tasks.complete(
        trial_office, actor(RECEIVING, "registrar"), task_at(case, "receiving_school/last").id, APPROVE
    )
    assert rows("select outcome from case_ where number = :n", n=case.case_number)[0].outcome == "done"


def test_moving_again_changes_nothing(trial_office: Office, trial: Trial) -> None:
    case = trial.cases[0]
    target = trial.versions["labels"]
    assert [one.status for one in go(trial_office, target, case)] == ["moved"]
    before = everything(case)
    assert [one.status for one in go(trial_office, target, case)] == ["unchanged"]
    assert everything(case) == before
    assert verbs(case) == ["start", "move"]


def test_a_preview_tells_what_a_move_would_do_and_does_none_of_it(trial_office: Office, trial: Trial) -> None:
    case = trial.cases[0]
    before = everything(case)
    target = trial.versions["timer"]
    plan = Plan(target=target)
    found, total = moving.candidates(trial_office, OPERATOR, plan)
    assert (sorted(found), total) == (sorted(one.instance for one in trial.cases), 2)
    (outcome,) = moving.preview(trial_office, OPERATOR, Wish(plan=plan, instances=[case.instance]))
    assert (outcome.status, outcome.version) == ("movable", 1)
    assert [(one.kind, one.element) for one in outcome.effects] == [
        ("disarmed", "limit"),
        ("armed", "other_limit"),
    ]
    assert outcome.effects[1].due is not None
    assert everything(case) == before
    (done,) = go(trial_office, target, case)
    assert [
        row.element for row in rows("select element from timer where instance = :id", id=case.instance)
    ] == ["other_limit"]
    assert [(one.kind, one.element) for one in done.effects] == [
        (one.kind, one.element) for one in outcome.effects
    ]


def test_a_case_that_does_not_fit_stays_whole_and_says_why(trial_office: Office, trial: Trial) -> None:
    case = trial.cases[0]
    before, target = everything(case), trial.versions["step"]
    (outcome,) = go(trial_office, target, case)
    assert outcome.status == "stays"
    assert [(one.where, one.message) for one in outcome.reasons] == [
        ("check", "“校长核办”（check）在新图中没有了，而本办件正停在这里")
    ]
    assert everything(case) == before
    (mapped,) = go(trial_office, target, case, check="inspect", limit="limit")
    assert mapped.status == "moved"
    task = task_at(case, "receiving_school/inspect")
    tasks.complete(trial_office, actor(RECEIVING, "head"), task.id, APPROVE)
    assert task_at(case, "receiving_school/last")


def test_a_case_somebody_holds_or_that_has_changed_is_reported(trial_office: Office, trial: Trial) -> None:
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
        assert [one.status for one in moving.execute(trial_office, OPERATOR, wish)] == [
            "locked",
            "changed",
            "failed",
        ]
    assert [one.status for one in go(trial_office, target, held, changed)] == ["moved", "moved"]


def test_what_was_submitted_before_and_is_read_only_now_is_known(trial_office: Office, trial: Trial) -> None:
    case = trial.cases[0]
    assert [one.status for one in go(trial_office, trial.versions["asking"], case)] == ["moved"]
    (row,) = rows("select state from instance where id = :id", id=case.instance)
    assert unpacked(bytes(row.state))["s"][0][3]["decision"] == "approve", "from the start form"


def test_the_timers_of_a_moved_case_fire(trial_office: Office, trial: Trial) -> None:
    case = trial.cases[0]
    start = timekeeping.now()
    go(trial_office, trial.versions["timer"], case)
    timekeeping.move_to(trial_office, start + timedelta(days=5))
    assert verbs(case) == ["start", "move", "timer"]
    assert rows("select 1 from timer where instance = :id", id=case.instance) == []


def test_a_batch_moves_every_case_and_tells_of_each(trial_office: Office, trial: Trial) -> None:
    fine, ahead = trial.cases
    tasks.complete(
        trial_office, actor(RECEIVING, "head"), task_at(ahead, "receiving_school/check").id, APPROVE
    )
    target = trial.versions["step"]
    batch = batches.open_batch(trial_office, OPERATOR, Plan(target=target))
    assert batches.progress(OPERATOR, batch)["counts"] == {"waiting": 2}
    assert batches.work_off(trial_office, limit=1) == 1
    assert batches.work_off(trial_office) == 1
    assert batches.work_off(trial_office) == 0
    done = batches.progress(OPERATOR, batch)
    assert done["counts"] == {"moved": 1, "stays": 1}
    assert done["finished_at"] is not None
    told = {row.instance: row for row in rows("select * from batch_item where batch = :b", b=batch)}
    assert (told[fine.instance].status, told[ahead.instance].status) == ("stays", "moved")
    assert "在新图中没有了" in told[fine.instance].reasons[0]["message"]


def test_only_operators_move_and_analysts_may_look(trial_office: Office, trial: Trial) -> None:
    case = trial.cases[0]
    target = trial.versions["labels"]
    wish = Wish(plan=Plan(target=target), instances=[case.instance])
    analyst = moving.Actor(id="analyst", username="analyst", name="", powers=frozenset({"analyst"}))
    assert [one.status for one in moving.preview(trial_office, analyst, wish)] == ["movable"]
    for act in (
        lambda: moving.execute(trial_office, analyst, wish),
        lambda: restarting.take_back(trial_office, analyst, case.instance, "check"),
        lambda: restarting.take_back_the_act(trial_office, analyst, case.instance),
        lambda: batches.open_batch(trial_office, analyst, wish.plan),
        lambda: moving.preview(trial_office, actor(RECEIVING, "head"), wish),
    ):
        with pytest.raises(Forbidden):
            act()


def test_a_plan_is_generated_and_judged(trial_office: Office, trial: Trial) -> None:
    source, target = trial.versions["first"], trial.versions["outside"]
    plan = plans.generate(trial_office, source, target)
    assert {step.source for step in plan.steps} == {"check", "limit"}
    odd = Plan(source=source, target=target, steps=(*plan.steps, Step(source="last", target="last")))
    found = {
        step.source: [problem.message for problem in problems]
        for step, problems in plans.judge(trial_office, odd)
    }
    assert found == {"check": [], "limit": [], "last": ["“备案”（last）在新图中由用户任务变成了服务任务"]}
