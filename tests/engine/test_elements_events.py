"""Events where people drun them: at the start, on edges of what is repeated or called, thrown from inside."""

from __future__ import annotations

import pytest

from service.engine import Instance
from service.errors import Conflict
from tests.engine.world import Run, World

STARTS = """
start plain
start by_message message=apply
start by_signal signal=term_begins
start by_timer timer=P1D
user a
user b
user c
user d
plain -> a
by_message -> b
by_signal -> c
by_timer -> d
"""


def test_a_message_starts_at_its_own_start_event() -> None:
    world = World(STARTS)
    definition = world.definitions["p"]
    started = Instance.start(definition, world, {"x": 1}, at=definition.start_at("message", "apply"))
    assert Run(world, started).tasks == ["b"]
    assert world.start().tasks == ["a"]


@pytest.mark.parametrize(("start", "task"), [("by_signal", "c"), ("by_timer", "d")])
def test_the_host_starts_what_a_signal_or_a_timer_starts(start: str, task: str) -> None:
    world = World(STARTS)
    definition = world.definitions["p"]
    assert definition.start_at(start.removeprefix("by_")) == start
    assert Run(world, Instance.start(definition, world, at=start)).tasks == [task]
    with pytest.raises(Conflict, match="没有“nothing”"):
        definition.start_at("signal", "nothing")


def test_a_message_interrupts_a_receive_task() -> None:
    text = """
    start s
    receive wanted message=letter
    on wanted boundary recalled message=recall
    user a
    user b
    s -> wanted -> a
    recalled -> b
    """
    run = World(text).start()
    assert run.message("recall")
    assert run.tasks == ["b"]
    assert not run.message("letter")
    other = World(text).start()
    assert other.message("letter")
    assert other.tasks == ["a"]
    assert not other.message("recall")


def test_a_receive_task_that_wins_a_race_ends_the_other_events() -> None:
    text = """
    start s
    event g
    receive letter message=letter
    catch late timer=P1D
    user a
    user b
    s -> g
    g -> letter -> a
    g -> late -> b
    """
    run = World(text).start()
    assert run.message("letter")
    assert run.wait(days=2).tasks == ["a"]
    other = World(text).start().wait(days=2)
    assert not other.message("letter")
    assert other.tasks == ["b"]


def test_an_event_based_gateway_may_be_passed_again_and_again() -> None:
    text = """
    start s
    xor again
    event g
    catch news message=news
    catch late timer=P3D
    user a
    user b
    s -> again -> g
    g -> news -> a -> again
    g -> late -> b
    """
    run = World(text).start()
    for _ in range(3):
        assert run.message("news")
        run.do("a")
    assert run.wait(days=2).tasks == []
    assert run.wait(days=1).tasks == ["b"]


@pytest.mark.parametrize(("beside", "tasks"), [("", ["b"]), (" beside", ["a", "b"])])
def test_a_condition_on_an_edge(beside: str, tasks: list[str]) -> None:
    text = f"""
    start s
    user a
    on a boundary full condition="${{places == 0}}"{beside}
    user b
    s -> a
    full -> b
    """
    run = World(text).start(places=2)
    assert run.set(places=1).tasks == ["a"]
    assert run.set(places=0).tasks == tasks


@pytest.mark.parametrize(("beside", "tasks"), [("", ["b"]), (" beside", ["a", "b"])])
@pytest.mark.parametrize("trigger", ["signal=bell", "message=bell"])
def test_a_signal_or_message_on_an_edge(trigger: str, beside: str, tasks: list[str]) -> None:
    text = f"""
    start s
    user a
    on a boundary heard {trigger}{beside}
    user b
    s -> a
    heard -> b
    """
    run = World(text).start()
    if trigger.startswith("signal"):
        assert run.signal("bell") == 1
    else:
        assert run.message("bell")
    assert run.tasks == tasks
