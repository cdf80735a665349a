"""Random processes edited at random while a case is on its way: it goes on as if it had always run on the new version,
or it must stay, with a reason and untouched."""

from __future__ import annotations

import os
import random

import pytest

from service.engine import Definition, Instance, Unfit
from service.engine.fitting import Fitting, Guide
from tests.engine.random_process import BEGIN, CALLED, random_process, walk
from tests.engine.versions import Versions, dues, edited, moved
from tests.engine.world import START, Run

SEEDS = int(os.environ.get("XUEJI_FUZZ_SEEDS", "150"))


def _steps(world: Versions, definition: Definition, seed: int) -> int:
    """A moment in the middle of a walk: at least one step before its end."""
    whole = len(walk(_start(world, definition), seed)) - 1
    return random.Random(seed).randrange(max(whole, 1))


def _start(world: Versions, definition: Definition) -> Run:
    world.now = START
    return Run(world, Instance.start(definition, world, BEGIN))


@pytest.mark.parametrize("seed", range(SEEDS))
def test_a_moved_case_goes_on_as_if_it_had_always_run_on_the_new_version(seed: int) -> None:
    text = random_process(seed)
    other, what = edited(text, seed)
    world = Versions(text, CALLED)
    old = world.definitions["p"]
    new = world.edit(other)
    steps = _steps(world, old, seed)
    story = f"seed {seed}, {what} after {steps} steps\n{text}\n----\n{other}"

    always = _start(world, new)
    walk(always, seed, steps)
    run = _start(world, old)
    walk(run, seed, steps)
    if run.completed:
        return  # a process without a wait
    before, dues_before, state = run.open.copy(), dues(run.instance), run.instance.save()
    unfit = _attempt(run, new)
    if unfit is not None:
        assert unfit.problems, story
        assert all(problem.where and problem.message for problem in unfit.problems), story
        assert run.instance.save() == state, story
        return
    kept = before.keys() & run.open.keys()
    now = dues(run.instance)
    assert {one: now.get(one) for one in kept} == {one: dues_before.get(one) for one in kept}, story
    same_so_far, moment = _seen(run) == _seen(always), world.now
    rest = walk(run, seed + 1)
    completed, *_ = rest[-1]  # type: ignore[misc]
    assert completed, f"does not end: {story}"
    if same_so_far:
        world.now = moment
        on_new = walk(always, seed + 1)
        assert rest[:-1] == on_new[:-1], story
        assert rest[-1][:2] == on_new[-1][:2], story  # type: ignore[index]


def _attempt(run: Run, new: Definition) -> Unfit | None:
    try:
        moved(run, new)
    except Unfit as unfit:
        return unfit
    return None


def _seen(run: Run) -> tuple[object, ...]:
    """All that can be told of a case, deadlines to the millisecond; and the number the next token gets."""
    return (
        run.instance.case.numbers,
        sorted(run.open),
        dict(run.variables),
        run.instance.positions(),
        dues(run.instance),
    )


def test_most_random_edits_let_a_case_move_and_some_do_not() -> None:
    """What the test above tries is neither refused nor let through wholesale."""
    outcomes = {"moved": 0, "stays": 0}
    for seed in range(100):
        text = random_process(seed)
        world = Versions(text, CALLED)
        steps = _steps(world, world.definitions["p"], seed)
        run = _start(world, world.definitions["p"])
        walk(run, seed, steps)
        if run.completed:
            continue
        fitting = Fitting(run.instance.case, world.edit(edited(text, seed)[0]), Guide())
        outcomes["stays" if fitting.problems else "moved"] += 1
    assert outcomes["moved"] > 50, outcomes
    assert outcomes["stays"] > 3, outcomes
