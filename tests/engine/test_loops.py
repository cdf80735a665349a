"""Repeated activities: multi-instance, standard loops, and very long cases."""

from __future__ import annotations

from tests.engine.world import World


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
    assert seen == [0, 1, 2]
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
