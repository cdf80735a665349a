"""Going back to an earlier step, and undoing what was done by hand while nothing has happened since."""

from __future__ import annotations

import pytest

from service.casework import (
    incidents,
    restarting,
    tasks,
)
from service.casework.context import Office
from service.engine import EngineError
from service.errors import Conflict
from tests.casework.people import APPROVE, OPERATOR, RECEIVING, actor, rows, task_at
from tests.casework.trial import Trial, go, verbs, visible


def test_a_move_is_undone_while_nothing_has_happened_since(trial_office: Office, trial: Trial) -> None:
    case = trial.cases[0]
    before = visible(case)
    go(trial_office, trial.versions["timer"], case)
    assert visible(case) != before
    assert restarting.undoable(OPERATOR, case.instance).reason == ""
    assert restarting.take_back_the_act(trial_office, OPERATOR, case.instance) == "move"
    assert visible(case) == before
    assert verbs(case) == ["start", "move", "undo"]
    tasks.complete(
        trial_office, actor(RECEIVING, "head"), task_at(case, "receiving_school/check").id, APPROVE
    )
    assert task_at(case, "receiving_school/last")


def test_a_move_is_final_once_somebody_has_claimed(trial_office: Office, trial: Trial) -> None:
    case = trial.cases[0]
    go(trial_office, trial.versions["labels"], case)
    tasks.claim(actor(RECEIVING, "head"), task_at(case, "receiving_school/check").id)
    assert "新的进展" in restarting.undoable(OPERATOR, case.instance).reason
    with pytest.raises(Conflict, match="不能再撤销"):
        restarting.take_back_the_act(trial_office, OPERATOR, case.instance)


def test_a_case_goes_back_to_a_step_and_that_is_undone(trial_office: Office, trial: Trial) -> None:
    case = trial.cases[0]
    first = task_at(case, "receiving_school/check")
    tasks.complete(trial_office, actor(RECEIVING, "head"), first.id, APPROVE)
    second = task_at(case, "receiving_school/last")
    before = visible(case)
    reached = restarting.reached(trial_office, OPERATOR, case.instance)
    assert [(one.element, one.name, one.changes) for one in reached] == [
        ("check", "校长核办", ()),
        ("last", "备案", ()),
    ]
    restarting.take_back(trial_office, OPERATOR, case.instance, "check")
    again = task_at(case, "receiving_school/check")
    assert again.id != first.id
    (gone,) = rows("select state from user_task where id = :id", id=second.id)
    assert gone.state == "cancelled"
    restarting.take_back_the_act(trial_office, OPERATOR, case.instance)
    assert visible(case) == before
    (gone,) = rows("select state from user_task where id = :id", id=again.id)
    assert gone.state == "cancelled"
    restarting.take_back(trial_office, OPERATOR, case.instance, "check")
    assert task_at(case, "receiving_school/check").id not in {first.id, again.id}, (
        "numbers are never used twice"
    )
    tasks.complete(
        trial_office, actor(RECEIVING, "head"), task_at(case, "receiving_school/check").id, APPROVE
    )
    assert task_at(case, "receiving_school/last")
    assert verbs(case) == ["start", "complete", "restart", "undo", "restart", "complete"]


def test_a_mended_diagram_gets_a_stopped_case_going(trial_office: Office, trial: Trial) -> None:
    case = trial.cases[0]
    (due,) = rows("select next_due from instance where id = :id", id=case.instance)
    incidents.open_incident(case.instance, "timer", EngineError("没有出路"), {})
    assert rows("select next_due from instance where id = :id", id=case.instance)[0].next_due is None
    go(trial_office, trial.versions["labels"], case)
    assert rows("select 1 from incident where resolved_at is null") == []
    assert rows("select next_due, failures from instance where id = :id", id=case.instance) == [
        (due.next_due, 0)
    ]
    restarting.take_back_the_act(trial_office, OPERATOR, case.instance)
    assert rows("select next_due from instance where id = :id", id=case.instance) == [due]
