"""Calls and event subprocesses combined, as BPMN 2.0 and Camunda 7 say; saved and loaded after every act."""

from __future__ import annotations

from service.engine import BpmnError
from tests.engine.world import Run, World


def tasks(run: Run) -> list[str]:
    return sorted(run.tasks)


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
