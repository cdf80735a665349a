"""Ends combined, and how a case ended, as BPMN 2.0 and Camunda 7 say; saved and loaded after every act."""

from __future__ import annotations

import pytest

from service.engine import BpmnError, EngineError, UncaughtError
from tests.engine.world import Run, World


def tasks(run: Run) -> list[str]:
    return sorted(run.tasks)


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
    <decision id="d" name="t"><literalExpression id="l"><text>true</text></literalExpression>
    </decision></definitions>"""
    with pytest.raises(EngineError, match="仍未停下"):
        World(text, files={"d.dmn": dmn}).start().set(x=True)


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
