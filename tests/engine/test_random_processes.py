"""Random sound processes on random ways: saving and loading at any moment changes nothing, and every case ends."""

from __future__ import annotations

import os

import pytest

from service.engine import Instance, Outcome
from service.engine.nodes.activities import ServiceTask, UserTask
from service.engine.nodes.base import is_waiting
from tests.engine.random_process import BEGIN, CALLED, random_process, walk
from tests.engine.world import Run, World

SEEDS = int(os.environ.get("XUEJI_FUZZ_SEEDS", "150"))


def _run(sketch: str, *, reload: bool) -> Run:
    world = World(sketch, CALLED)
    return Run(world, Instance.start(world.definitions["p"], world, BEGIN), reload=reload)


@pytest.mark.parametrize("seed", range(SEEDS))
def test_a_case_saved_after_every_step_goes_the_way_of_one_that_never_is(seed: int) -> None:
    sketch = random_process(seed)
    kept = walk(_run(sketch, reload=False), seed)
    saved = walk(_run(sketch, reload=True), seed)
    assert saved == kept, f"seed {seed}\n{sketch}"
    completed, _, _ = saved[-1]  # type: ignore[misc]
    assert completed, f"seed {seed} does not end\n{sketch}"


@pytest.mark.parametrize("seed", range(min(SEEDS, 60)))
def test_what_is_told_to_be_open_is_what_waits(seed: int) -> None:
    """The tables show what an instance waits for; they are kept from what each act tells alone."""
    run = _run(random_process(seed), reload=True)
    settle = run._settle

    def checked() -> Outcome:
        outcome = settle()
        if not run.completed:
            assert set(run.open) == _waiting(run.instance), random_process(seed)
        return outcome

    run._settle = checked  # type: ignore[method-assign]
    walk(run, seed)
    assert run.open == {}


def _waiting(instance: Instance) -> set[str]:
    found = set()
    for token in instance.case.all_tokens():
        works = isinstance(token.task_spec, UserTask | ServiceTask) and is_waiting(token)
        listens = {"due", "message", "signal"} & token.internal_data.keys()
        if listens or (works and "loop" not in token.internal_data):
            found.add(str(token.number))
    return found
