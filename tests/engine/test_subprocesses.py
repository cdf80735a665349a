"""Subprocesses, event subprocesses, calls, loops, transactions and compensation."""

from __future__ import annotations

import pytest

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


def test_parallel_multi_instance_over_a_collection() -> None:
    text = """
    start s
    user a each="item in people" assignee=${item}
    user after
    s -> a -> after
    """
    run = World(text).start(people=["甲", "乙", "丙"])
    assert [wait.assignee for wait in run.open.values()] == ["甲", "乙", "丙"]
    run.do("a").do("a")
    assert run.tasks == ["a"]
    assert run.do("a").tasks == ["after"]
    assert "item" not in run.variables


def test_sequential_multi_instance_counts() -> None:
    text = """
    start s
    user a times=3 sequential priority=${loopCounter}
    user after
    s -> a -> after
    """
    run = World(text).start()
    seen = []
    for _ in range(3):
        seen.append(run.open[run.find("a")].priority)
        run.do("a")
    assert seen == [50, 1, 2]
    assert run.tasks == ["after"]


def test_a_completion_condition_ends_the_rest() -> None:
    text = """
    start s
    user a times=5 until="${nrOfCompletedInstances >= 2}"
    user after
    s -> a -> after
    """
    run = World(text).start().do("a").do("a")
    assert run.tasks == ["after"]


def test_no_instances_pass_through() -> None:
    text = """
    start s
    user a each="item in people"
    user after
    s -> a -> after
    """
    assert World(text).start(people=[]).tasks == ["after"]


def test_a_multi_instance_activity_may_be_visited_again_and_after_a_boundary_event() -> None:
    text = """
    start s
    xor again
    user a each="item in people"
    on a boundary late timer=P1D
    xor decide default=done
    end e
    s -> again -> a -> decide
    late -> again
    decide -> again : ${more}
    decide -> e as done
    """
    run = World(text).start(people=["x", "y"], more=True)
    run.do("a").do("a")
    assert run.tasks == ["a", "a"]
    run.do("a").wait(days=1)
    assert run.tasks == ["a", "a"]
    run.do("a", more=False).do("a", more=False)
    assert run.completed


def test_multi_instance_on_a_subprocess_and_on_a_call() -> None:
    text = """
    start s
    sub inner each="item in people"
        start i
        user a assignee=${item}
        i -> a
    close
    call c called=p2 each="party in people" in=party:party
    user after
    s -> inner -> c -> after
    """
    called = """
    start s2
    user b groups=head@${party}
    s2 -> b
    """
    run = World(text, called).start(people=["x", "y"])
    assert sorted(wait.assignee for wait in run.open.values()) == ["x", "y"]
    run.do("a").do("a")
    assert sorted(wait.path for wait in run.open.values()) == ["x/b", "y/b"]
    run.do("b").do("b")
    assert run.tasks == ["after"]


def test_a_standard_loop_repeats_while_its_condition_holds() -> None:
    text = """
    start s
    user a while=${more} repeat=5
    user after
    s -> a -> after
    """
    run = World(text).start().do("a", more=True)
    assert run.tasks == ["a"]
    assert run.do("a", more=False).tasks == ["after"]


COMPENSATION = """
start s
user book_hotel
on book_hotel boundary undo_hotel compensate
work cancel_hotel topic=registry.cancel_hotel undoes
undo undo_hotel cancel_hotel
user book_flight
on book_flight boundary undo_flight compensate
work cancel_flight topic=registry.cancel_flight undoes
undo undo_flight cancel_flight
xor ok default=fine
throw rollback compensate
user after
end e
s -> book_hotel -> book_flight -> ok
ok -> e as fine
ok -> rollback : ${failed}
rollback -> after
"""


def test_compensation_undoes_in_reverse_order() -> None:
    world = World(COMPENSATION)
    run = world.start().do("book_hotel").do("book_flight", failed=True)
    assert [topic for topic, _ in world.done] == ["registry.cancel_flight", "registry.cancel_hotel"]
    assert run.tasks == ["after"]


def test_what_was_not_done_is_not_undone() -> None:
    world = World(COMPENSATION)
    assert world.start().do("book_hotel").do("book_flight", failed=False).completed
    assert world.done == []


def test_a_finished_subprocess_is_compensated_from_inside() -> None:
    text = """
    start s
    sub inner
        start i
        user a
        on a boundary undo_a compensate
        user undo_task undoes
        undo undo_a undo_task
        i -> a
    close
    user b
    throw rollback compensate
    end e
    s -> inner -> b -> rollback -> e
    """
    run = World(text).start().do("a").do("b")
    assert run.tasks == ["undo_task"]
    assert run.do("undo_task").completed


def test_a_cancelled_transaction_compensates_and_leaves_by_its_cancel_event() -> None:
    text = """
    start s
    transaction t
        start i
        user a
        on a boundary undo_a compensate
        work undo_work topic=registry.undo undoes
        undo undo_a undo_work
        user b
        end stop cancel
        i -> a -> b -> stop
    close
    on t boundary cancelled cancel
    user normal
    user after
    s -> t -> normal
    cancelled -> after
    """
    world = World(text)
    run = world.start().do("a").do("b")
    assert [topic for topic, _ in world.done] == ["registry.undo"]
    assert run.tasks == ["after"]


def test_five_thousand_tasks_in_one_case_stay_small() -> None:
    text = """
    start s
    xor again
    user a
    xor more default=done
    end e
    s -> again -> a -> more
    more -> again : ${go}
    more -> e as done
    """
    run = World(text).start()
    sizes = []
    for _ in range(5_000):
        run.instance.complete(run.find("a"), {"go": True})
        run._settle()
        sizes.append(len(run.instance.save()))
    assert max(sizes) < 600
    assert run.do("a", go=False).completed
