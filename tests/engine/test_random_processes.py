"""Random sound processes on random ways: saving and loading at any moment changes nothing, and every case ends."""

from __future__ import annotations

import os

import pytest

from service.engine import Instance
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
