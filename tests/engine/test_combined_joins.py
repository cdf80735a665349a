"""Joins combined with edges, loops, races and calls, as BPMN 2.0 and Camunda 7 say; saved after every act."""

from __future__ import annotations

import pytest

from service.engine import UncaughtError
from tests.engine.world import Run, World


def tasks(run: Run) -> list[str]:
    return sorted(run.tasks)


def test_an_inclusive_join_is_fed_by_an_edge_and_by_the_activity_itself() -> None:
    text = """
    start s
    and f
    user a
    on a boundary t timer=P1D beside
    user remind
    user b
    or j
    user after
    s -> f
    f -> a -> j
    f -> b -> j
    t -> remind -> j
    j -> after
    """
    run = World(text).start().do("b")
    assert tasks(run) == ["a"]
    run.wait(days=1)
    assert tasks(run.do("a")) == ["remind"], "the reminder may still come to the join"
    assert tasks(run.do("remind")) == ["after"]


def test_nested_inclusive_joins_in_a_loop() -> None:
    text = """
    start s
    xor again
    or f1 default=d1
    or f2 default=d2
    user a
    user b
    user c
    or j2
    or j1
    user check
    xor g default=out
    end e
    s -> again -> f1
    f1 -> f2 : ${deep}
    f1 -> c as d1
    f2 -> a : ${deep}
    f2 -> b as d2
    f1 -> extra : ${wide}
    user extra
    a -> j2
    b -> j2
    j2 -> j1
    c -> j1
    extra -> j1
    j1 -> check -> g
    g -> again : ${repeat}
    g -> e as out
    """
    run = World(text).start(deep=True, wide=True, repeat=True)
    for _ in range(3):
        assert tasks(run) == ["a", "extra"]
        assert tasks(run.do("a")) == ["extra"]
        run.do("extra")
        assert run.tasks == ["check"]
        run.do("check", repeat=True)
    run.do("a").do("extra").do("check", repeat=False)
    assert run.completed


def test_a_parallel_join_behind_a_race_and_a_link() -> None:
    text = """
    start s
    and f
    event g
    catch t timer=P1D
    catch m message=m
    throw l1 link=A
    catch l2 link=A
    xor x
    and j
    user b
    user after
    s -> f
    f -> g
    g -> t -> x
    g -> m -> x
    x -> j
    f -> b -> l1
    l2 -> j
    j -> after
    """
    run = World(text).start().do("b")
    assert run.tasks == []
    run.wait(days=1)
    assert run.tasks == ["after"]


def test_implicit_forks_into_an_explicit_join_and_a_merge_into_a_task() -> None:
    text = """
    start s
    user a
    user b
    user c
    and j
    user m
    s -> a
    a -> b
    a -> c
    b -> j
    c -> j
    j -> m
    b -> m
    """
    run = World(text).start().do("a").do("b")
    assert tasks(run) == ["c", "m"]
    assert tasks(run.do("c")) == ["m", "m"]


def test_an_inclusive_join_after_a_subprocess_and_a_call_with_waiting_inside() -> None:
    text = """
    start s
    or f default=d
    call c called=p2
    sub inner
        start i
        user u
        i -> u
    close
    user plain
    or j
    user after
    s -> f
    f -> c : ${x}
    f -> inner : ${x}
    f -> plain as d
    c -> j
    inner -> j
    plain -> j
    j -> after
    """
    run = World(text, "start s2\nuser v\ns2 -> v").start(x=True)
    assert tasks(run.do("u")) == ["v"]
    assert tasks(run.do("v")) == ["after"]


def test_an_inclusive_join_does_not_wait_for_an_event_subprocess() -> None:
    text = """
    start s
    and f
    user a
    user b
    or j
    user after
    s -> f
    f -> a -> j
    f -> b -> j
    j -> after
    event_sub es
        start m message=m beside
        user noted
        m -> noted
    close
    """
    run = World(text).start()
    assert run.message("m")
    run.do("a").do("b")
    assert tasks(run) == ["after", "noted"]


def test_a_parallel_join_fed_twice_by_one_branch_keeps_the_second_for_the_next_round() -> None:
    text = """
    start s
    and f
    user a times=1
    on a boundary r timer=R2/P1D cycle beside
    user b
    xor m
    and j
    user after
    s -> f
    f -> a -> m
    r -> m
    m -> j
    f -> b -> j
    j -> after
    """
    run = World(text).start().wait(days=2)
    assert tasks(run.do("b")) == ["a", "after"]


def test_a_multi_level_uncaught_error_names_its_code() -> None:
    middle = "start s2\ncall d called=p3\ns2 -> d"
    deep = "start s3\nuser u\nend bad error=LOST\ns3 -> u -> bad"
    run = World("start s\ncall c called=p2\ns -> c", middle, deep).start()
    with pytest.raises(UncaughtError, match="LOST"):
        run.do("u")
