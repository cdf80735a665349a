"""Subprocesses, event subprocesses, calls, loops, transactions and compensation."""

from __future__ import annotations

import pytest

from service.engine import EngineError
from tests.engine.world import World

PURGE = """
start s
user a
event_sub purge
    start due {trigger}
    user clean
    end purged
    due -> clean -> purged
close
end e
s -> a -> e
"""


def test_an_interrupting_event_subprocess_ends_everything_else() -> None:
    run = World(PURGE.format(trigger="timer=P90D")).start().wait(days=90)
    assert run.tasks == ["clean"]
    assert run.do("clean").completed
    assert run.end == "purged"


def test_an_event_subprocess_beside_leaves_the_rest_alone_and_may_start_again() -> None:
    run = World(PURGE.format(trigger="message=check beside")).start()
    assert run.message("check")
    assert run.message("check")
    assert run.tasks == ["a", "clean", "clean"]
    run.do("clean").do("clean")
    assert not run.completed
    assert run.do("a").completed


def test_a_waiting_event_subprocess_does_not_keep_a_finished_process_open() -> None:
    run = World(PURGE.format(trigger="timer=P90D")).start().do("a")
    assert run.completed
    assert run.instance.next_due() is None


@pytest.mark.parametrize("trigger", ["signal=stop", "condition=${stop}"])
def test_signals_and_conditions_start_event_subprocesses(trigger: str) -> None:
    run = World(PURGE.format(trigger=trigger)).start(stop=False)
    if trigger.startswith("signal"):
        run.signal("stop")
    else:
        run.set(stop=True)
    assert run.tasks == ["clean"]


@pytest.mark.parametrize("kind", ["error", "escalation"])
def test_errors_and_escalations_start_event_subprocesses_but_not_at_the_start(kind: str) -> None:
    text = f"""
    start s
    user a
    sub inner
        start i
        end bad {kind}=X
        i -> bad
    close
    event_sub handler
        start caught {kind}=X
        user clean
        caught -> clean
    close
    s -> a -> inner
    """
    run = World(text).start()
    assert run.tasks == ["a"]
    assert run.do("a").tasks == ["clean"]


def test_variables_set_inside_a_subprocess_are_seen_outside() -> None:
    text = """
    start s
    sub inner
        start i
        user a
        end ie
        i -> a -> ie
    close
    on inner boundary late timer=P1D
    xor g default=no
    user yes
    user no_
    user after
    s -> inner -> g
    g -> yes : ${decision == 'ok'}
    g -> no_ as no
    late -> after
    """
    assert World(text).start().do("a", decision="ok").tasks == ["yes"]


CALLER = """
start s
call review called=p2 in="party:${'receiving'};count:${2 + 1}" out="result:decision"
on review boundary late timer=P3D
xor g default=no
user yes
user no_
user late_task
s -> review -> g
g -> yes : ${result == 'ok'}
g -> no_ as no
late -> late_task
"""
CALLED = """
start s2
user a groups=officer@${party}
end e2
xor g2 default=d2
s2 -> a -> g2
g2 -> a : ${decision == 'again' and count > 2}
g2 -> e2 as d2
"""


def test_a_call_hands_over_only_what_its_mappings_name() -> None:
    run = World(CALLER, CALLED).start(result="old", hidden="x")
    (task,) = [wait for wait in run.open.values() if wait.element == "a"]
    assert task.groups == ("officer@receiving",)
    assert task.path == "receiving/a"
    run.do("a", decision="again").do("a", decision="ok")
    assert run.tasks == ["yes"]
    assert "decision" not in run.variables


def test_a_timer_on_a_call_interrupts_what_is_inside() -> None:
    run = World(CALLER, CALLED).start().wait(days=3)
    assert run.tasks == ["late_task"]


def test_four_eyes_bar_the_doer_of_the_named_step() -> None:
    text = """
    start s
    user a
    user b properties=four_eyes:a
    user c properties=four_eyes:s
    s -> a -> b -> c
    """
    run = World(text).start().do("a", by="wang")
    assert run.open[run.find("b")].barred == ("wang",)
    run.do("b", by="li")
    assert run.open[run.find("c")].barred == ("starter",)


def test_days_and_instants_travel_as_text_and_a_bare_limit_is_refused() -> None:
    caller = """
    start s
    call c called=p2 "in=day:${date('2026-09-03')};until:${date('2026-09-03') + months(1)}" out=until:until
    work w topic=registry.note "inputs=until:${until}"
    user a
    s -> c -> w -> a
    """
    called = """
    start s2
    user b due=${date(day)} priority=${len(until)}
    s2 -> b
    """
    world = World(caller, called)
    world.start().do("b")
    assert world.done == [("registry.note", {"until": "2026-10-04T00:00:00+08:00"})]
    bare = """
    start s
    work w topic=registry.note "inputs=until:${months(1)}"
    s -> w
    """
    with pytest.raises(EngineError, match="期限"):
        World(bare).start()
