"""Signals, messages and races combined, as BPMN 2.0 and Camunda 7 say; saved and loaded after every act."""

from __future__ import annotations

from tests.engine.world import Run, World


def tasks(run: Run) -> list[str]:
    return sorted(run.tasks)


def test_a_signal_is_heard_by_two_branches_and_an_edge_at_once() -> None:
    text = """
    start s
    and f
    catch c1 signal=bell
    catch c2 signal=bell
    user w
    on w boundary b signal=bell
    user one
    user two
    user three
    s -> f
    f -> c1 -> one
    f -> c2 -> two
    f -> w
    b -> three
    """
    run = World(text).start()
    assert run.signal("bell") == 3
    assert tasks(run) == ["one", "three", "two"]


def test_a_signal_does_not_reach_one_who_begins_to_listen_because_of_it() -> None:
    text = """
    start s
    catch c1 signal=bell
    catch c2 signal=bell
    user u
    s -> c1 -> c2 -> u
    """
    run = World(text).start()
    assert run.signal("bell") == 1
    assert run.tasks == []
    assert run.signal("bell") == 1
    assert run.tasks == ["u"]


def test_a_signal_thrown_inside_may_end_the_one_who_threw_it() -> None:
    text = """
    start s
    sub inner
        start i
        user u
        throw ring signal=bell
        user never
        i -> u -> ring -> never
    close
    on inner boundary b signal=bell
    user out
    s -> inner
    b -> out
    """
    assert World(text).start().do("u").tasks == ["out"]


def test_an_event_based_gateway_with_two_of_each_kind() -> None:
    text = """
    start s
    event g
    catch t1 timer=P2D
    catch t2 timer=P1D
    catch m1 message=one
    catch m2 message=two
    catch s1 signal=bell
    catch c1 condition=${x}
    receive r message=three
    user after assignee=${which}
    s -> g
    g -> t1 -> u1
    g -> t2 -> u2
    g -> m1 -> u3
    g -> m2 -> u4
    g -> s1 -> u5
    g -> c1 -> u6
    g -> r -> u7
    user u1
    user u2
    user u3
    user u4
    user u5
    user u6
    user u7
    """
    for act, task in (
        (lambda run: run.wait(days=1), "u2"),
        (lambda run: run.message("one"), "u3"),
        (lambda run: run.message("two"), "u4"),
        (lambda run: run.signal("bell"), "u5"),
        (lambda run: run.set(x=True), "u6"),
        (lambda run: run.message("three"), "u7"),
    ):
        run = World(text).start()
        act(run)
        assert run.tasks == [task]
        assert run.instance.next_due() is None
        assert not run.message("one")


def test_a_repeated_receive_task_behind_a_race_ends_the_race_with_its_first_message() -> None:
    text = """
    start s
    event g
    receive r message=m times=2
    catch t timer=P1D
    user got
    user late
    s -> g
    g -> r -> got
    g -> t -> late
    """
    run = World(text).start()
    assert run.message("m")
    run.wait(days=2)
    assert run.tasks == []
    assert run.message("m")
    assert run.tasks == ["got"]


def test_a_race_inside_each_repetition_is_its_own() -> None:
    text = """
    start s
    sub one times=2
        start i
        event g
        catch m message=m
        catch t timer=P1D
        user got
        user late
        i -> g
        g -> m -> got
        g -> t -> late
    close
    s -> one
    """
    run = World(text).start()
    assert run.message("m")
    run.wait(days=1)
    assert tasks(run) == ["got", "late"]


def test_a_race_whose_condition_holds_already_is_over_at_once() -> None:
    text = """
    start s
    event g
    catch c condition=${x}
    catch t timer=P1D
    user now
    user late
    s -> g
    g -> c -> now
    g -> t -> late
    """
    run = World(text).start(x=True)
    assert run.tasks == ["now"]
    assert run.instance.next_due() is None
