"""Repetition and joins where they meet other elements."""

from __future__ import annotations

import pytest

from service.engine import EngineError
from tests.engine.world import World


def test_the_number_of_repetitions_may_be_an_expression() -> None:
    text = """
    start s
    user a times=${n}
    user after
    s -> a -> after
    """
    run = World(text).start(n=3)
    assert run.tasks == ["a", "a", "a"]
    assert World(text).start(n=0).tasks == ["after"]


@pytest.mark.parametrize("n", ["three", None, -1, 10_000])
def test_a_number_that_is_none_is_told(n: object) -> None:
    text = """
    start s
    user a times=${n}
    s -> a
    """
    with pytest.raises(EngineError, match="次数"):
        World(text).start(n=n)


@pytest.mark.parametrize(
    ("until", "needed"),
    [
        ("${nrOfCompletedInstances >= 2}", 2),
        ("${nrOfCompletedInstances * 2 > nrOfInstances}", 3),
        ("${nrOfActiveInstances <= 1}", 4),
        ("${veto}", 1),
    ],
)
def test_completion_conditions_count_and_read_variables(until: str, needed: int) -> None:
    text = f"""
    start s
    user a times=5 "until={until}"
    user after
    s -> a -> after
    """
    run = World(text).start(veto=False)
    for turn in range(needed):
        assert run.tasks == ["a"] * (5 - turn)
        run.do("a", veto=True)
    assert run.tasks == ["after"]


def test_calls_one_after_another() -> None:
    text = """
    start s
    call c called=p2 each="party in people" sequential in=party:party;nth:loopCounter
    user after
    s -> c -> after
    """
    called = 'start s2\nuser b groups=head@${party} "priority=${nth + 1}"\ns2 -> b'
    run = World(text, called).start(people=["x", "y"])
    seen = []
    while run.tasks == ["b"]:
        wait = run.open[run.find("b")]
        seen.append((wait.path, wait.priority))
        run.do("b")
    assert seen == [("x/b", 1), ("y/b", 2)]
    assert run.tasks == ["after"]


def test_repetitions_inside_repetitions_keep_their_items_apart() -> None:
    text = """
    start s
    sub inner each="school in schools"
        start i
        user a each="person in people" assignee=${school}${person}
        i -> a
    close
    user after
    s -> inner -> after
    """
    run = World(text).start(schools=["A", "B"], people=["1", "2"])
    assert sorted(wait.assignee for wait in run.open.values()) == ["A1", "A2", "B1", "B2"]
    for _ in range(4):
        run.do("a")
    assert run.tasks == ["after"]


def test_a_standard_loop_may_ask_first() -> None:
    text = """
    start s
    user a while=${more} first
    user after
    s -> a -> after
    """
    assert World(text).start(more=False).tasks == ["after"]
    run = World(text).start(more=True)
    assert run.tasks == ["a"]
    assert run.do("a", more=False).tasks == ["after"]


def test_a_standard_loop_has_a_most() -> None:
    text = """
    start s
    user a while=${true} repeat=2
    user after
    s -> a -> after
    """
    assert World(text).start().do("a").do("a").tasks == ["after"]


def test_an_activity_whose_ways_on_are_all_closed_is_an_error_that_names_it() -> None:
    text = """
    start s
    user a name=填表
    user b
    user c
    s -> a
    a -> b : ${x == 1}
    a -> c : ${x == 2}
    """
    run = World(text).start()
    with pytest.raises(EngineError, match="填表"):
        run.do("a", x=3)


def test_an_inclusive_join_waits_for_what_may_come_over_an_edge() -> None:
    text = """
    start s
    or split
    user a
    user b
    on b boundary late timer=P2D
    user c
    or join
    user after
    s -> split
    split -> a : ${true}
    split -> b : ${true}
    a -> join
    b -> join
    late -> c -> join
    join -> after
    """
    run = World(text).start().do("a")
    assert run.tasks == ["b"], "b may still come, by itself or over its edge"
    assert run.wait(days=2).tasks == ["c"]
    assert run.do("c").tasks == ["after"]


def test_an_inclusive_join_with_a_parallel_block_inside() -> None:
    text = """
    start s
    or split default=none
    and fork
    user a
    user b
    and meet
    user c
    or join
    user after
    s -> split
    split -> fork : ${x}
    split -> c : ${y}
    split -> join as none
    fork -> a -> meet
    fork -> b -> meet
    meet -> join
    c -> join
    join -> after
    """
    run = World(text).start(x=True, y=True).do("c").do("a")
    assert run.tasks == ["b"]
    assert run.do("b").tasks == ["after"]
    assert World(text).start(x=False, y=True).do("c").tasks == ["after"]
    assert World(text).start(x=False, y=False).tasks == ["after"]


def test_an_inclusive_join_behind_a_race() -> None:
    text = """
    start s
    or split
    event g
    catch news message=news
    catch late timer=P1D
    xor merge
    user b
    or join
    user after
    s -> split
    split -> g : ${true}
    split -> b : ${true}
    g -> news -> merge
    g -> late -> merge
    merge -> join
    b -> join
    join -> after
    """
    run = World(text).start().do("b")
    assert run.tasks == []
    assert run.wait(days=1).tasks == ["after"]


def test_five_thousand_tasks_through_calls_and_repetitions_stay_small() -> None:
    text = """
    start s
    xor again
    call c called=p2 times=2 sequential
    xor more default=done
    end e
    s -> again -> c -> more
    more -> again : ${go}
    more -> e as done
    """
    called = "start s2\nuser a\ns2 -> a"
    run = World(text, called).start(go=True)
    largest = 0
    for _ in range(5_000):
        run.instance.complete(run.find("a"), {})
        run._settle()
        largest = max(largest, len(run.instance.save()))
    assert largest < 1_000
    run.set(go=False)
    assert run.do("a").do("a").completed
