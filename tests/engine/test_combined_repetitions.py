"""Repetitions combined with edges, items and counters, as BPMN 2.0 and Camunda 7 say; saved after every act."""

from __future__ import annotations

import pytest

from service.errors import XuejiError
from tests.engine.world import Run, World


def tasks(run: Run) -> list[str]:
    return sorted(run.tasks)


def test_an_edge_of_a_repeated_subprocess_inside_an_event_subprocess() -> None:
    text = """
    start s
    user main
    s -> main
    event_sub es
        start go message=check beside
        sub round times=3
            start i
            user u
            i -> u
        close
        on round boundary stop timer=P1D
        user stopped
        user all_done
        go -> round -> all_done
        stop -> stopped
    close
    """
    run = World(text).start()
    assert run.message("check")
    assert run.message("check")
    assert tasks(run) == ["main"] + ["u"] * 6
    run.do("u").do("u").do("u")
    assert "all_done" in run.tasks
    run.wait(days=1)
    assert tasks(run) == ["all_done", "main", "stopped"]


def test_a_cancel_inside_a_repeated_transaction_leaves_once_and_ends_every_repetition() -> None:
    text = """
    start s
    transaction t times=3
        start i
        user u
        xor g default=ok
        end fine
        end no cancel
        i -> u -> g
        g -> no : ${bad}
        g -> fine as ok
    close
    on t boundary c cancel
    user cancelled
    user after
    s -> t -> after
    c -> cancelled
    """
    run = World(text).start().do("u", bad=False).do("u", bad=True)
    assert tasks(run) == ["cancelled"]
    assert run.do("cancelled").completed


def test_a_message_to_a_task_inside_a_repetition_reaches_one_at_a_time() -> None:
    text = """
    start s
    sub one each="n in numbers"
        start i
        receive r message=answer
        user u assignee=${n}
        i -> r -> u
    close
    s -> one
    """
    run = World(text).start(numbers=["a", "b"])
    assert run.message("answer")
    assert len(run.tasks) == 1
    assert run.message("answer")
    assert len(run.tasks) == 2
    assert not run.message("answer")


def test_a_repeated_receive_task_waits_for_as_many_messages() -> None:
    text = """
    start s
    receive r message=answer times=2
    user u
    s -> r -> u
    """
    run = World(text).start()
    assert run.message("answer")
    assert run.tasks == []
    assert run.message("answer")
    assert run.tasks == ["u"]


@pytest.mark.parametrize("sequential", ["", " sequential"])
def test_every_done_repetition_of_an_activity_is_undone_with_its_own_item(sequential: str) -> None:
    text = f"""
    start s
    work book topic=registry.book each="n in numbers"{sequential}
    on book boundary undo_book compensate
    work cancel topic=registry.cancel undoes inputs=which:${{n}}
    undo undo_book cancel
    user u
    throw back compensate
    end e
    s -> book -> u -> back -> e
    """
    world = World(text)
    run = world.start(numbers=["x", "y", "z"]).do("u")
    assert run.completed
    undone = [inputs["which"] for topic, inputs in world.done if topic == "registry.cancel"]
    assert undone == ["z", "y", "x"]


def test_a_handler_inside_a_repeated_subprocess_sees_the_item_it_undoes() -> None:
    text = """
    start s
    sub one each="n in numbers"
        start i
        work book topic=registry.book
        on book boundary undo_book compensate
        user cancel undoes assignee=${n}
        undo undo_book cancel
        i -> book
    close
    user u
    throw back compensate
    end e
    s -> one -> u -> back -> e
    """
    run = World(text).start(numbers=["x", "y"]).do("u")
    seen = []
    while run.tasks:
        seen.append(run.open[run.find("cancel")].assignee)
        run.do("cancel")
    assert (seen, run.completed) == (["y", "x"], True)


def test_repetitions_that_were_ended_early_have_nothing_to_undo() -> None:
    text = """
    start s
    user vote times=3 until="${nrOfCompletedInstances >= 1}"
    on vote boundary undo_vote compensate
    work forget topic=registry.forget undoes
    undo undo_vote forget
    throw back compensate
    end e
    s -> vote -> back -> e
    """
    world = World(text)
    assert world.start().do("vote").completed
    assert [topic for topic, _ in world.done] == ["registry.forget"]


def test_a_timer_cycle_beside_a_call_reminds_while_the_called_process_runs() -> None:
    text = """
    start s
    call c called=p2
    on c boundary r timer=R3/P1D cycle beside
    user reminder
    user after
    s -> c -> after
    r -> reminder
    """
    run = World(text, "start s2\nuser inner\ns2 -> inner").start()
    run.wait(days=2)
    assert tasks(run) == ["inner", "reminder", "reminder"]
    run.do("inner").wait(days=5)
    assert tasks(run) == ["after", "reminder", "reminder"]


def test_a_standard_loop_of_a_subprocess_is_left_by_its_edge() -> None:
    text = """
    start s
    sub inner while=${again}
        start i
        user u
        i -> u
    close
    on inner boundary out message=stop
    user after
    user stopped
    s -> inner -> after
    out -> stopped
    """
    run = World(text).start().do("u", again=True)
    assert run.tasks == ["u"]
    assert run.message("stop")
    assert run.tasks == ["stopped"]


def test_repetitions_one_by_one_stop_when_what_one_wrote_says_so() -> None:
    text = """
    start s
    user vote each="n in people" sequential until="${decision == 'reject'}" assignee=${n}
    user after
    s -> vote -> after
    """
    run = World(text).start(people=["a", "b", "c"])
    assert [wait.assignee for wait in run.open.values()] == ["a"]
    run.do("vote", decision="approve")
    assert [wait.assignee for wait in run.open.values()] == ["b"]
    assert run.do("vote", decision="reject").tasks == ["after"]


def test_counters_are_seen_while_repetitions_run_and_gone_afterwards() -> None:
    text = """
    start s
    user a times=3 priority="${loopCounter}" until="${nrOfCompletedInstances == 2 and nrOfActiveInstances == 1}"
    user after assignee="${nrOfInstances == null ? 'gone' : 'there'}"
    s -> a -> after
    """
    run = World(text).start()
    assert sorted(wait.priority for wait in run.open.values()) == [0, 1, 2]
    run.do("a").do("a")
    assert run.tasks == ["after"]
    assert run.open[run.find("after")].assignee == "gone"


def test_an_error_inside_one_of_several_repeated_calls_two_levels_down() -> None:
    middle = "start s2\nsub inner times=2\nstart i\ncall d called=p3\ni -> d\nclose\ns2 -> inner"
    deep = "start s3\nuser u\nxor g default=ok\nend bad error=E\nend good\n"
    deep += "s3 -> u -> g\ng -> bad : ${no}\ng -> good as ok"
    text = "start s\ncall c called=p2 times=2\non c boundary b error=E\nuser out\nuser after\ns -> c -> after\nb -> out"
    run = World(text, middle, deep).start()
    assert len(run.tasks) == 4
    run.do("u", no=False).do("u", no=True)
    assert run.tasks == ["out"]


def test_a_collection_that_is_no_list_and_one_that_is_empty() -> None:
    text = 'start s\nuser a each="n in people"\nuser after\ns -> a -> after'
    assert World(text).start(people=[]).tasks == ["after"]
    with pytest.raises(XuejiError, match="不是列表"):
        World(text).start(people="a,b")


def test_what_repetitions_write_with_output_parameters_is_there_afterwards() -> None:
    text = """
    start s
    user a each="n in people" outputs=last:${n}
    user after assignee=${last}
    s -> a -> after
    """
    run = World(text).start(people=["x", "y"]).do("a", 1).do("a")
    assert run.open[run.find("after")].assignee == "x"
