"""More of what analysts draw together: ends, undoing, repetitions, edges and races; saved and loaded after every act."""

from __future__ import annotations

import pytest

from service.engine import UncaughtError
from service.errors import XuejiError
from tests.engine.world import Run, World


def tasks(run: Run) -> list[str]:
    return sorted(run.tasks)


# How a case ended ------------------------------------------------------------------------------------


def test_a_reminder_that_is_done_last_does_not_name_how_the_case_ended() -> None:
    text = """
    start s
    user main
    end granted
    s -> main -> granted
    event_sub es
        start t timer=P1D beside
        user remind
        end reminded
        t -> remind -> reminded
    close
    """
    run = World(text).start().wait(days=1).do("main")
    assert tasks(run) == ["remind"]
    assert (run.do("remind").end, run.completed) == ("granted", True)


def test_an_interrupting_event_subprocess_names_how_the_case_ended() -> None:
    text = """
    start s
    and f
    user a
    user b
    end half
    end rest
    s -> f
    f -> a -> half
    f -> b -> rest
    event_sub es
        start m message=recall
        end recalled
        m -> recalled
    close
    """
    run = World(text).start().do("a")
    assert run.message("recall")
    assert (run.end, run.completed) == ("recalled", True)


def test_the_end_of_a_subprocess_does_not_hide_an_end_of_the_process() -> None:
    text = """
    start s
    and f
    user a
    end granted
    sub inner
        start i
        user b
        end inner_end
        i -> b -> inner_end
    close
    s -> f
    f -> a -> granted
    f -> inner
    """
    run = World(text).start().do("a").do("b")
    assert (run.end, run.completed) == ("granted", True)


def test_the_ends_of_a_called_process_are_its_own() -> None:
    run = World(
        "start s\ncall c called=p2\nend done\ns -> c -> done", "start s2\nuser u\nend no\ns2 -> u -> no"
    )
    assert run.start().do("u").end == "done"


# Races -----------------------------------------------------------------------------------------------


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


# Edges -----------------------------------------------------------------------------------------------


def test_a_message_beside_a_repetition_may_come_often_and_each_branch_lives_on_its_own() -> None:
    text = """
    start s
    user a times=2 sequential
    on a boundary note message=note beside
    user noted
    user after
    s -> a -> after
    note -> noted
    """
    run = World(text).start()
    assert run.message("note")
    assert run.message("note")
    run.do("a").do("a")
    assert tasks(run) == ["after", "noted", "noted"]
    assert not run.message("note")


def test_two_timers_and_a_message_on_one_activity_each_do_their_own() -> None:
    text = """
    start s
    user a
    on a boundary soon timer=P1D beside
    on a boundary late timer=P3D
    on a boundary m message=m beside
    user reminded
    user gave_up
    user told
    s -> a
    soon -> reminded
    late -> gave_up
    m -> told
    """
    run = World(text).start().wait(days=1)
    assert run.message("m")
    assert tasks(run) == ["a", "reminded", "told"]
    run.wait(days=2)
    assert tasks(run) == ["gave_up", "reminded", "told"]
    assert not run.message("m")


def test_an_edge_leads_back_to_its_own_activity() -> None:
    text = """
    start s
    xor again
    user a
    on a boundary late timer=P1D
    user warn
    s -> again -> a
    late -> warn -> again
    end e
    a -> e
    """
    run = World(text).start()
    for _ in range(3):
        assert run.wait(days=1).tasks == ["warn"]
        run.do("warn")
    assert run.do("a").completed
    assert run.instance.next_due() is None


def test_an_escalation_may_be_heard_beside_again_and_again_and_the_last_one_interrupts() -> None:
    text = """
    start s
    sub inner
        start i
        xor again
        user u
        throw note escalation=note
        xor g default=more
        throw enough escalation=enough
        user never
        i -> again -> u -> note -> g
        g -> again as more
        g -> enough : ${stop}
        enough -> never
    close
    on inner boundary n escalation=note beside
    on inner boundary e escalation=enough
    user noted
    user out
    s -> inner
    n -> noted
    e -> out
    """
    run = World(text).start().do("u", stop=False).do("u", stop=False).do("u", stop=True)
    assert tasks(run) == ["noted", "noted", "noted", "out"]


def test_an_error_passes_the_nearer_event_with_another_code_and_is_caught_further_out() -> None:
    text = """
    start s
    sub outer
        start o
        sub inner
            start i
            user u
            end bad error=E2
            i -> u -> bad
        close
        on inner boundary b1 error=E1
        user one
        o -> inner
        b1 -> one
    close
    on outer boundary b2 error=E2
    user two
    s -> outer
    b2 -> two
    """
    assert World(text).start().do("u").tasks == ["two"]


def test_an_error_event_subprocess_is_nearer_than_the_edge() -> None:
    text = """
    start s
    sub inner
        start i
        user u
        end bad error=E
        i -> u -> bad
        event_sub es
            start caught error=E
            user inside
            caught -> inside
        close
    close
    on inner boundary b error=E
    user outside
    user after
    s -> inner -> after
    b -> outside
    """
    run = World(text).start().do("u")
    assert run.tasks == ["inside"]
    assert run.do("inside").tasks == ["after"], "a caught error is no longer one: the subprocess is done"


# Repetitions -----------------------------------------------------------------------------------------


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
    deep = "start s3\nuser u\nxor g default=ok\nend bad error=E\nend good\ns3 -> u -> g\ng -> bad : ${no}\ng -> good as ok"
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


# Undoing ---------------------------------------------------------------------------------------------


def test_undoing_waits_for_a_handler_that_is_a_subprocess_and_one_that_is_a_call() -> None:
    text = """
    start s
    task one
    on one boundary b1 compensate
    sub undo_one undoes
        start i
        user u
        i -> u
    close
    undo b1 undo_one
    task two
    on two boundary b2 compensate
    call undo_two called=p2 undoes
    undo b2 undo_two
    throw back compensate
    end e
    s -> one -> two -> back -> e
    """
    run = World(text, "start s2\nuser v\ns2 -> v").start()
    assert run.tasks == ["v"]
    assert run.do("v").tasks == ["u"]
    assert run.do("u").completed


def test_a_transaction_inside_a_transaction_undoes_what_the_inner_one_did() -> None:
    text = """
    start s
    transaction outer
        start o
        transaction inner
            start i
            work book topic=registry.book
            on book boundary b compensate
            work forget topic=registry.forget undoes
            undo b forget
            i -> book
        close
        user u
        end no cancel
        o -> inner -> u -> no
    close
    on outer boundary c cancel
    user out
    s -> outer
    c -> out
    """
    world = World(text)
    assert world.start().do("u").tasks == ["out"]
    assert [topic for topic, _ in world.done] == ["registry.book", "registry.forget"]


def test_an_interrupted_undoing_goes_no_further() -> None:
    text = """
    start s
    sub inner
        start i
        task one
        on one boundary b1 compensate
        user undo_one undoes
        undo b1 undo_one
        task two
        on two boundary b2 compensate
        user undo_two undoes
        undo b2 undo_two
        throw back compensate
        user never
        i -> one -> two -> back -> never
    close
    on inner boundary late timer=P1D
    user out
    s -> inner
    late -> out
    """
    run = World(text).start()
    assert run.tasks == ["undo_two"]
    assert run.wait(days=1).tasks == ["out"]
    assert run.do("out").completed


def test_terminate_ends_an_undoing_begun_in_an_event_subprocess() -> None:
    text = """
    start s
    task one
    on one boundary b1 compensate
    user undo_one undoes
    undo b1 undo_one
    user main
    s -> one -> main
    event_sub es
        start m message=m beside
        and f
        throw back compensate
        user stop
        end all terminate
        m -> f
        f -> back
        f -> stop -> all
    close
    """
    run = World(text).start()
    assert run.message("m")
    assert tasks(run) == ["main", "stop", "undo_one"]
    assert tasks(run.do("stop")) == ["main"]


def test_undoing_in_a_parallel_branch_leaves_the_others_alone() -> None:
    text = """
    start s
    task one
    on one boundary b1 compensate
    user undo_one undoes
    undo b1 undo_one
    and f
    throw back compensate
    user beside
    and j
    end e
    s -> one -> f
    f -> back -> j
    f -> beside -> j
    j -> e
    """
    run = World(text).start()
    assert tasks(run) == ["beside", "undo_one"]
    assert run.do("undo_one").do("beside").completed


# Joins -----------------------------------------------------------------------------------------------


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
