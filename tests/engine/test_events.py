"""Timers, messages, signals, conditions, errors and escalations, on edges and on their own."""

from __future__ import annotations

from datetime import datetime

import pytest

from service.clock import ZONE
from service.engine import TimerWait, UncaughtError
from tests.engine.world import World


def test_a_boundary_timer_interrupts_at_its_instant_and_not_before() -> None:
    text = """
    start s
    user a
    on a boundary late timer=P2D
    user b
    end e
    s -> a -> e
    late -> b
    """
    run = World(text).start().wait(days=1, hours=23, minutes=59)
    assert run.tasks == ["a"]
    assert run.wait(minutes=1).tasks == ["b"]


def test_a_timer_beside_fires_once_and_leaves_the_activity_alone() -> None:
    text = """
    start s
    user a
    on a boundary late timer=P2D beside
    user b
    end e
    s -> a -> e
    late -> b
    """
    run = World(text).start().wait(days=30)
    assert run.tasks == ["a", "b"]
    assert not run.do("a").completed
    assert run.do("b").completed


def test_a_cycle_fires_as_often_as_it_says_at_its_own_instants() -> None:
    text = """
    start s
    user a
    on a boundary remind cycle timer=R3/P1D beside
    work note topic=registry.note
    end e
    s -> a -> e
    remind -> note
    """
    world = World(text)
    run = world.start().wait(days=10)
    assert len(world.done) == 3
    assert run.do("a").completed


def test_a_limit_in_working_days_ends_at_the_end_of_its_last_day() -> None:
    text = """
    start s
    user a
    on a boundary late timer=${working_days(10)} beside
    user b
    s -> a
    late -> b
    """
    run = World(text).start()
    (timer,) = [wait for wait in run.open.values() if isinstance(wait, TimerWait)]
    assert timer.due == datetime(2026, 9, 18, tzinfo=ZONE), (
        "3 Sep is not counted; ten working days end 17 Sep 24:00"
    )


def test_an_interrupting_cycle_interrupts() -> None:
    text = """
    start s
    user a
    on a boundary late cycle timer=R/PT1H
    user b
    s -> a
    late -> b
    """
    assert World(text).start().wait(hours=1).tasks == ["b"]


def test_completing_the_activity_takes_its_timer_away() -> None:
    text = """
    start s
    user a
    on a boundary late timer=P1D
    user b
    user c
    s -> a -> b
    late -> c
    """
    run = World(text).start().do("a").wait(days=3)
    assert run.tasks == ["b"]
    assert run.instance.next_due() is None


def test_equal_names_do_not_confuse_two_timers() -> None:
    text = """
    start s
    and fork
    user a
    on a boundary t1 name=到期 timer=P1D
    user b
    on b boundary t2 name=到期 timer=P2D
    user a2
    user b2
    s -> fork
    fork -> a
    fork -> b
    t1 -> a2
    t2 -> b2
    """
    assert World(text).start().wait(days=1).tasks == ["b", "a2"]


def test_a_signal_reaches_everyone_and_is_told_outside() -> None:
    text = """
    start s
    and fork
    catch one signal=go
    catch two signal=go
    user a
    user b
    user c
    throw go_now signal=go
    s -> fork
    fork -> one -> a
    fork -> two -> b
    fork -> c -> go_now
    """
    run = World(text).start().do("c")
    assert run.tasks == ["a", "b"]
    assert [item.name for item in run.thrown] == ["go"]


def test_a_signal_end_event_throws() -> None:
    text = """
    start s
    end e signal=over
    s -> e
    """
    run = World(text).start()
    assert run.completed
    assert [(item.kind, item.name) for item in run.thrown] == [("signal", "over")]


def test_a_message_carries_only_what_the_diagram_names() -> None:
    text = """
    start s
    throw out message=hello inputs="name:${who};fixed:text"
    end e
    s -> out -> e
    """
    run = World(text).start(who="小明", secret="42")
    (message,) = run.thrown
    assert dict(message.payload) == {"name": "小明", "fixed": "text"}


def test_a_condition_fires_when_a_variable_makes_it_true() -> None:
    text = """
    start s
    catch ready condition="${x > 3}"
    user a
    s -> ready -> a
    """
    run = World(text).start(x=1)
    assert run.tasks == []
    assert run.set(x=2).tasks == []
    assert run.set(x=4).tasks == ["a"]


ERRORS = """
start s
sub inner
    start i
    work w topic=outside
    end ie
    i -> w -> ie
close
on inner boundary specific error=E1
on inner boundary any error
user a
user b
user c
s -> inner -> a
specific -> b
any -> c
"""


@pytest.mark.parametrize(("code", "task"), [("E1", "b"), ("E2", "c")])
def test_an_error_goes_to_the_boundary_with_its_code_else_to_the_catch_all(code: str, task: str) -> None:
    run = World(ERRORS).start()
    assert run.fail("w", code).tasks == [task]


def test_an_error_end_leaves_the_subprocess() -> None:
    text = """
    start s
    sub inner
        start i
        and fork
        user keeps
        end bad error=E1
        i -> fork
        fork -> keeps
        fork -> bad
    close
    on inner boundary caught error=E1
    user a
    user b
    s -> inner -> a
    caught -> b
    """
    assert World(text).start().tasks == ["b"]


def test_an_error_nobody_catches_is_told_with_what_happened() -> None:
    text = """
    start s
    end bad error=refused
    s -> bad
    """
    with pytest.raises(UncaughtError) as caught:
        World(text).start()
    assert caught.value.error_code == "refused"
    assert caught.value.outcome is not None
    assert [step.element for step in caught.value.outcome.trail if step.kind == "node"] == ["s", "bad"]


def test_an_escalation_may_go_on_beside() -> None:
    text = """
    start s
    sub inner
        start i
        throw tell escalation=X
        user goes_on
        i -> tell -> goes_on
    close
    on inner boundary heard escalation=X beside
    user b
    s -> inner
    heard -> b
    """
    assert sorted(World(text).start().tasks) == ["b", "goes_on"]


def test_an_interrupting_escalation_ends_the_subprocess() -> None:
    text = """
    start s
    sub inner
        start i
        throw tell escalation=X
        user goes_on
        i -> tell -> goes_on
    close
    on inner boundary heard escalation=X
    user b
    s -> inner
    heard -> b
    """
    assert World(text).start().tasks == ["b"]


def test_an_escalation_nobody_hears_changes_nothing() -> None:
    text = """
    start s
    throw tell escalation=X
    user a
    s -> tell -> a
    """
    assert World(text).start().tasks == ["a"]


def test_terminate_ends_its_scope_only() -> None:
    text = """
    start s
    sub inner
        start i
        and fork
        user a
        user b
        end stop terminate
        i -> fork
        fork -> a
        fork -> b -> stop
    close
    user after
    s -> inner -> after
    """
    assert World(text).start().do("b").tasks == ["after"]
