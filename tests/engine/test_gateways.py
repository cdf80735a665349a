"""Gateways decide, fork and wait as BPMN says, also in loops and after saving."""

from __future__ import annotations

import pytest

from service.engine import EngineError
from tests.engine.world import World


def test_an_exclusive_gateway_takes_the_first_true_flow_else_the_default() -> None:
    text = """
    start s
    xor g default=no
    user a
    user b
    user c
    s -> g
    g -> a : ${x > 10}
    g -> b : ${x > 5}
    g -> c as no
    """
    assert World(text).start(x=20).tasks == ["a"]
    assert World(text).start(x=7).tasks == ["b"]
    assert World(text).start(x=1).tasks == ["c"]


def test_a_gateway_without_a_way_out_is_an_error_that_names_it() -> None:
    text = """
    start s
    xor g name=同意吗
    user a
    user b
    s -> g
    g -> a : ${x == 1}
    g -> b : ${x == 2}
    """
    with pytest.raises(EngineError, match="同意吗") as caught:
        World(text).start(x=3)
    assert caught.value.problem.where == "g"


PARALLEL = """
start s
and fork
user a
user b
and join
user after
end e
s -> fork
fork -> a -> join
fork -> b -> join
join -> after -> e
"""


def test_a_parallel_join_waits_for_every_branch() -> None:
    run = World(PARALLEL).start()
    assert run.tasks == ["a", "b"]
    assert run.do("b").tasks == ["a"]
    assert run.do("a").tasks == ["after"]
    assert run.do("after").completed


def test_a_parallel_join_in_a_loop_waits_anew_in_every_round() -> None:
    text = """
    start s
    xor again
    and fork
    user a
    user b
    and join
    xor decide default=done
    end e
    s -> again -> fork
    fork -> a -> join
    fork -> b -> join
    join -> decide
    decide -> again : ${decision == 'return'}
    decide -> e as done
    """
    run = World(text).start()
    for _ in range(3):
        run.do("a", decision="return")
        assert run.tasks == ["b"], "the join must not fire on tokens of an earlier round"
        run.do("b", decision="return")
        assert run.tasks == ["a", "b"]
    run.do("b", decision="ok").do("a", decision="ok")
    assert run.completed


def test_two_tokens_on_one_branch_do_not_satisfy_the_other() -> None:
    text = """
    start s
    and fork
    task one
    task two
    user b
    and join
    user after
    s -> fork
    fork -> one
    fork -> two
    fork -> b
    xor merge
    one -> merge
    two -> merge
    merge -> join
    b -> join
    join -> after
    """
    run = World(text).start()
    assert run.tasks == ["b"]
    run.do("b")
    assert run.tasks == ["after"]
    assert not run.do("after").completed, "the second token still waits: the diagram lacks synchronisation"


INCLUSIVE = """
start s
or split default=none
user a
user b
user c
or join
user after
s -> split
split -> a : ${x >= 1}
split -> b : ${x >= 2}
split -> c as none
a -> join
b -> join
c -> join
join -> after
"""


@pytest.mark.parametrize(("x", "tasks"), [(0, ["c"]), (1, ["a"]), (2, ["a", "b"])])
def test_an_inclusive_split_takes_every_true_flow_and_its_join_waits_for_just_those(
    x: int, tasks: list[str]
) -> None:
    run = World(INCLUSIVE).start(x=x)
    assert run.tasks == tasks
    for task in tasks[:-1]:
        assert "after" not in run.do(task).tasks
    assert run.do(tasks[-1]).tasks == ["after"]


def test_nested_inclusive_joins_wait_for_each_other() -> None:
    text = """
    start s
    or outer
    or inner
    user a
    user b
    user c
    or inner_join
    or outer_join
    user after
    s -> outer
    outer -> inner : ${True}
    outer -> c : ${True}
    inner -> a : ${True}
    inner -> b : ${True}
    a -> inner_join
    b -> inner_join
    inner_join -> outer_join
    c -> outer_join
    outer_join -> after
    """.replace("${True}", "${true}")
    run = World(text).start()
    run.do("c").do("a")
    assert run.tasks == ["b"]
    assert run.do("b").tasks == ["after"]


def test_an_inclusive_join_in_a_loop_starts_afresh() -> None:
    text = """
    start s
    xor again
    or split
    user a
    user b
    or join
    xor decide default=done
    end e
    s -> again -> split
    split -> a : ${true}
    split -> b : ${both}
    a -> join
    b -> join
    join -> decide
    decide -> again : ${more}
    decide -> e as done
    """
    run = World(text).start(both=True)
    run.do("a", more=True).do("b", both=False)
    assert run.tasks == ["a"]
    run.do("a", more=False)
    assert run.completed


def test_an_activity_forks_implicitly_and_merges_without_waiting() -> None:
    text = """
    start s
    user a
    user b
    user c
    user d
    s -> a
    a -> b
    a -> c
    b -> d
    c -> d
    """
    run = World(text).start().do("a")
    assert run.tasks == ["b", "c"]
    assert run.do("b").do("c").tasks == ["d", "d"]


def test_conditional_flows_may_leave_an_activity() -> None:
    text = """
    start s
    user a default=otherwise
    user b
    user c
    user d
    s -> a
    a -> b : ${x > 1}
    a -> c : ${x > 2}
    a -> d as otherwise
    """
    assert World(text).start().do("a", x=3).tasks == ["b", "c"]
    assert World(text).start().do("a", x=0).tasks == ["d"]


def test_the_first_event_behind_an_event_based_gateway_wins() -> None:
    text = """
    start s
    event g
    catch short timer=PT1H
    catch long timer=PT5H
    catch news message=news
    catch bell signal=bell
    receive letter message=letter
    user a
    user b
    user c
    user d
    user f
    s -> g
    g -> short -> a
    g -> long -> b
    g -> news -> c
    g -> bell -> d
    g -> letter -> f
    """
    assert World(text).start().wait(hours=9).tasks == ["a"]
    run = World(text).start()
    assert run.message("news")
    assert run.tasks == ["c"]
    assert run.wait(hours=9).tasks == ["c"]
    other = World(text).start()
    assert other.signal("bell") == 1
    assert other.tasks == ["d"]
    third = World(text).start()
    assert third.message("letter")
    assert third.tasks == ["f"]


def test_links_lead_on_to_their_catch() -> None:
    text = """
    start s
    throw out link=A
    catch in_ link=A
    user a
    s -> out
    in_ -> a
    """
    assert World(text).start().tasks == ["a"]
