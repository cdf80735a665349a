"""What analysts draw together: elements combined, each as BPMN 2.0 and Camunda 7 say; saved and loaded after every act."""

from __future__ import annotations

import pytest

from service.engine import BpmnError, EngineError, UncaughtError
from tests.engine.world import Run, World


def tasks(run: Run) -> list[str]:
    return sorted(run.tasks)


# Conditions ------------------------------------------------------------------------------------------


def test_a_condition_that_still_holds_is_not_told_again_by_another_that_begins_to_listen() -> None:
    text = """
    start s
    and f
    user a
    on a boundary c condition=${x} beside
    user told
    user b
    catch later condition=${y}
    user z
    s -> f
    f -> a
    c -> told
    f -> b -> later -> z
    """
    run = World(text).start().set(x=True)
    assert tasks(run) == ["a", "b", "told"]
    assert tasks(run.do("b")) == ["a", "told"], "a new listener is no change of a variable"
    assert tasks(run.set(y=True)) == ["a", "told", "told", "z"], "a change is: the condition still holds"


def test_a_condition_on_an_edge_is_asked_again_when_a_parallel_branch_is_done() -> None:
    text = """
    start s
    and f
    user a
    on a boundary c condition="${decision == 'stop'}"
    user stopped
    user b
    s -> f
    f -> a
    f -> b
    c -> stopped
    """
    run = World(text).start()
    assert tasks(run.do("b", decision="go")) == ["a"]
    run = World(text).start()
    assert tasks(run.do("b", decision="stop")) == ["stopped"]


def test_a_condition_sees_the_items_of_a_repetition_it_stands_in() -> None:
    text = """
    start s
    sub each_one each="n in numbers"
        start i
        catch enough condition="${limit >= n}"
        user u assignee=${n}
        i -> enough -> u
    close
    s -> each_one
    """
    run = World(text).start(numbers=[1, 2, 3], limit=1)
    assert [run.open[one].assignee for one in run.open if run.open[one].element == "u"] == ["1"]
    run.set(limit=2)
    assert len(run.tasks) == 2
    run.set(limit=3)
    assert len(run.tasks) == 3


def test_what_an_error_tells_may_fulfil_a_condition() -> None:
    text = """
    start s
    and f
    user w
    catch c condition="${why == 'E'}"
    user heard
    sub inner
        start i
        user u
        end bad error=E
        i -> u -> bad
    close
    on inner boundary caught error code=why
    s -> f
    f -> c -> heard
    f -> inner -> w
    caught -> w
    """
    assert tasks(World(text).start().do("u")) == ["heard", "w"]


def test_an_interrupting_condition_on_a_subprocess_that_is_true_already_interrupts_at_once() -> None:
    text = """
    start s
    sub inner
        start i
        user u
        i -> u
    close
    on inner boundary c condition=${x}
    user out
    s -> inner
    c -> out
    """
    assert tasks(World(text).start(x=True)) == ["out"]


# Repetitions and what stands on their edges ----------------------------------------------------------


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


# Calls -----------------------------------------------------------------------------------------------


def test_terminate_inside_a_called_process_ends_only_that() -> None:
    called = """
    start s2
    and f
    user x
    user y
    end all terminate
    s2 -> f
    f -> x
    f -> y -> all
    """
    text = """
    start s
    and f
    call c called=p2
    user beside
    user after
    s -> f
    f -> c -> after
    f -> beside
    """
    assert tasks(World(text, called).start().do("y")) == ["after", "beside"]


def test_an_error_climbs_through_two_calls() -> None:
    middle = "start s2\ncall d called=p3\nuser never\ns2 -> d -> never"
    deep = "start s3\nuser u\nend bad error=E\ns3 -> u -> bad"
    text = """
    start s
    call c called=p2
    on c boundary caught error=E code=which
    user out assignee=${which}
    s -> c
    caught -> out
    """
    run = World(text, middle, deep).start().do("u")
    assert run.open[run.find("out")].assignee == "E"


def test_an_escalation_from_a_called_process_is_heard_beside_by_an_event_subprocess() -> None:
    called = "start s2\nuser u\nthrow tell escalation=X\nuser on\ns2 -> u -> tell -> on"
    text = """
    start s
    call c called=p2
    s -> c
    event_sub es
        start heard escalation=X beside
        user told
        heard -> told
    close
    """
    assert tasks(World(text, called).start().do("u")) == ["on", "told"]


def test_repeated_calls_each_have_their_own_variables() -> None:
    called = "start s2\nuser u assignee=${who}\nxor g default=no\nend yes_end\nend no_end\n"
    called += "s2 -> u -> g\ng -> yes_end : ${mine == 'yes'}\ng -> no_end as no"
    text = """
    start s
    call c called=p2 each="n in people" in=who:n out=last:mine
    user after assignee=${last}
    s -> c -> after
    """
    run = World(text, called).start(people=["a", "b"])
    assert sorted(wait.assignee for wait in run.open.values()) == ["a", "b"]
    run.do("u", mine="yes").do("u", mine="no")
    assert run.open[run.find("after")].assignee == "no"


def test_the_event_subprocess_of_a_called_process_is_over_with_the_call() -> None:
    called = "start s2\nuser u\ns2 -> u\nevent_sub es\nstart m message=m\nuser v\nm -> v\nclose"
    text = "start s\ncall c called=p2\nuser after\ns -> c -> after"
    run = World(text, called).start().do("u")
    assert run.tasks == ["after"]
    assert not run.message("m")
    run = World(text, called).start()
    assert run.message("m")
    assert run.tasks == ["v"]
    assert run.do("v").tasks == ["after"]


# Event subprocesses ----------------------------------------------------------------------------------


def test_an_interrupting_event_subprocess_ends_the_ones_that_run_beside() -> None:
    text = """
    start s
    user main
    s -> main
    event_sub one
        start m1 message=note beside
        user noted
        m1 -> noted
    close
    event_sub two
        start m2 message=stop
        user stopped
        m2 -> stopped
    close
    """
    run = World(text).start()
    assert run.message("note")
    assert run.message("stop")
    assert run.tasks == ["stopped"]
    assert not run.message("note"), "an interrupted scope listens no more"
    assert run.do("stopped").completed


def test_an_event_subprocess_beside_keeps_its_scope_open_until_it_is_done() -> None:
    text = """
    start s
    sub inner
        start i
        user u
        i -> u
        event_sub es
            start m message=note beside
            user noted
            m -> noted
        close
    close
    user after
    s -> inner -> after
    """
    run = World(text).start()
    assert run.message("note")
    assert tasks(run.do("u")) == ["noted"]
    assert tasks(run.do("noted")) == ["after"]


def test_an_event_subprocess_inside_an_event_subprocess() -> None:
    text = """
    start s
    user main
    s -> main
    event_sub outer
        start m message=m
        user o
        m -> o
        event_sub inner
            start t timer=P1D beside
            user reminded
            t -> reminded
        close
    close
    """
    run = World(text).start()
    run.wait(days=2)
    assert run.tasks == ["main"]
    assert run.message("m")
    run.wait(days=1)
    assert tasks(run) == ["o", "reminded"]


def test_undoing_from_an_event_subprocess_what_a_finished_subprocess_did() -> None:
    text = """
    start s
    sub inner
        start i
        work book topic=registry.book
        on book boundary undo_book compensate
        user cancel undoes
        undo undo_book cancel
        i -> book
    close
    user u
    end e
    s -> inner -> u -> e
    event_sub es
        start m message=recall
        throw back compensate
        end recalled
        m -> back -> recalled
    close
    """
    run = World(text).start()
    assert run.message("recall")
    assert run.tasks == ["cancel"]
    assert run.do("cancel").end == "recalled"
    assert run.completed


def test_an_error_thrown_while_undoing_is_caught_around_the_one_who_undoes() -> None:
    text = """
    start s
    work book topic=registry.book
    on book boundary undo_book compensate
    work cancel topic=registry.cancel undoes
    undo undo_book cancel
    sub inner
        start i
        user u
        end gone
        i -> u -> gone
    close
    throw back compensate
    user after
    s -> book -> inner -> back -> after
    event_sub es
        start caught error=cannot
        user mend
        caught -> mend
    close
    """
    world = World(text)

    def refuse(_inputs: object) -> dict[str, object]:
        raise BpmnError("cannot", "不能撤销")

    world.workers["registry.cancel"] = refuse  # type: ignore[assignment]
    assert world.start().do("u").tasks == ["mend"]


# Signals and messages --------------------------------------------------------------------------------


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


# Joins -----------------------------------------------------------------------------------------------


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


# Ends ------------------------------------------------------------------------------------------------


def test_a_terminate_of_one_repetition_ends_that_repetition_only() -> None:
    text = """
    start s
    sub one times=2
        start i
        and f
        user u
        user v
        end all terminate
        i -> f
        f -> u -> all
        f -> v
    close
    user after
    s -> one -> after
    """
    run = World(text).start().do("u")
    assert tasks(run) == ["u", "v"]
    assert tasks(run.do("u")) == ["after"]


def test_terminate_in_an_event_subprocess_beside_ends_that_alone() -> None:
    text = """
    start s
    user main
    s -> main
    event_sub es
        start m message=m beside
        and f
        user u
        end all terminate
        m -> f
        f -> u
        f -> all
    close
    """
    run = World(text).start()
    assert run.message("m")
    assert run.tasks == ["main"]
    assert run.do("main").completed


def test_an_error_of_a_branch_ends_its_brothers_before_the_handler_begins() -> None:
    text = """
    start s
    sub inner
        start i
        and f
        user u
        call c called=p2
        user v times=2
        end bad error=E
        i -> f
        f -> u -> bad
        f -> c
        f -> v
    close
    on inner boundary caught error=E
    on inner boundary late timer=P1D
    user mend
    s -> inner
    caught -> mend
    """
    run = World(text, "start s2\nuser w\ns2 -> w").start()
    assert tasks(run) == ["u", "v", "v", "w"]
    assert tasks(run.do("u")) == ["mend"]
    assert run.instance.next_due() is None


def test_an_error_end_in_a_handler_beside_its_own_boundary_goes_out() -> None:
    text = """
    start s
    user first
    work w topic=registry.move
    on w boundary caught error=E
    end again error=E
    s -> first -> w
    caught -> again
    """
    world = World(text)

    def move(_inputs: object) -> dict[str, object]:
        raise BpmnError("E", "")

    world.workers["registry.move"] = move  # type: ignore[assignment]
    with pytest.raises(UncaughtError):
        world.start().do("first")


def test_a_circle_of_conditions_that_feed_each_other_is_told_not_run_for_ever() -> None:
    text = """
    start s
    user u
    on u boundary c condition=${x} beside
    rule r decision=d result=x mapping=singleEntry
    s -> u
    c -> r
    """
    dmn = b"""<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d0" name="d" namespace="n">
    <decision id="d" name="t"><literalExpression id="l"><text>true</text></literalExpression></decision></definitions>"""
    with pytest.raises(EngineError, match="仍未停下"):
        World(text, files={"d.dmn": dmn}).start().set(x=True)
