"""Errors, escalations and what is thrown: from calls, repetitions and handlers to whoever catches."""

from __future__ import annotations

import pytest

from service.engine import BpmnError, Instance, UncaughtError
from tests.engine.world import Run, World

CALLER = """
start s
call c called=p2 {loop}
on c boundary caught {event}
user a
user b
s -> c -> a
caught -> b
"""


def test_an_error_leaves_a_call_by_its_boundary_event() -> None:
    called = """
    start s2
    and fork
    user keeps
    end bad error=E1
    s2 -> fork
    fork -> keeps
    fork -> bad
    """
    assert World(CALLER.format(loop="", event="error=E1"), called).start().tasks == ["b"]


def test_an_error_of_one_repetition_ends_them_all() -> None:
    called = """
    start s2
    user vote
    xor g default=fine
    end bad error=E1
    end good
    s2 -> vote -> g
    g -> bad : ${veto}
    g -> good as fine
    """
    run = World(CALLER.format(loop="times=3", event="error=E1"), called).start()
    assert run.do("vote", veto=False).tasks == ["vote", "vote"]
    assert run.do("vote", veto=True).tasks == ["b"]


@pytest.mark.parametrize(("beside", "tasks"), [("", ["b"]), (" beside", ["b", "on"])])
def test_an_escalation_leaves_a_call_beside_or_interrupting(beside: str, tasks: list[str]) -> None:
    called = """
    start s2
    throw tell escalation=X
    user on
    s2 -> tell -> on
    """
    run = World(CALLER.format(loop="", event=f"escalation=X{beside}"), called).start()
    assert sorted(run.tasks) == tasks


@pytest.mark.parametrize("loop", ["", "times=2", "times=2 sequential"])
def test_a_business_error_of_work_goes_to_the_boundary_event(loop: str) -> None:
    text = f"""
    start s
    work w topic=registry.move {loop}
    on w boundary full error=no_places
    user a
    user b
    s -> w -> a
    full -> b
    """
    world = World(text)
    calls: list[int] = []

    def move(_inputs: object) -> dict[str, object]:
        calls.append(1)
        if len(calls) == 2 or not loop:
            raise BpmnError("no_places", "学位已满")
        return {}

    world.workers["registry.move"] = move  # type: ignore[assignment]
    assert world.start().tasks == ["b"]


def test_the_code_and_message_of_an_error_are_told_to_the_diagram() -> None:
    text = """
    start s
    work w topic=registry.move
    on w boundary failed error code=which text=why
    user b assignee=${which} priority=${len(why)}
    s -> w
    failed -> b
    """
    world = World(text)

    def move(_inputs: object) -> dict[str, object]:
        raise BpmnError("no_places", "学位已满")

    world.workers["registry.move"] = move  # type: ignore[assignment]
    run = world.start()
    assert run.open[run.find("b")].assignee == "no_places"
    assert run.open[run.find("b")].priority == 4


def test_a_technical_failure_is_no_business_error() -> None:
    text = """
    start s
    user first
    work w topic=registry.move
    on w boundary failed error
    user b
    s -> first -> w
    failed -> b
    """
    world = World(text)
    run = world.start()

    def move(_inputs: object) -> dict[str, object]:
        raise ConnectionError("no line")

    world.workers["registry.move"] = move  # type: ignore[assignment]
    state = run.instance.save()
    with pytest.raises(ConnectionError):
        run.instance.complete(run.find("first"))
    assert Run(world, Instance.load(state, world)).instance.positions() == (("2", "p", "first"),)


def test_an_error_nobody_catches_in_the_middle_is_told_by_code() -> None:
    text = """
    start s
    user a
    sub inner
        start i
        end bad error=lost
        i -> bad
    close
    on inner boundary other error=something_else
    user b
    s -> a -> inner
    other -> b
    """
    with pytest.raises(UncaughtError, match="lost"):
        World(text).start().do("a")


def test_an_error_thrown_by_its_own_handler_goes_further_out() -> None:
    text = """
    start s
    sub inner
        start i
        end bad error=E
        event_sub handler
            start caught error=E
            end again error=E
            caught -> again
        close
        i -> bad
    close
    on inner boundary out error=E
    user a
    s -> inner
    out -> a
    """
    assert World(text).start().tasks == ["a"]


@pytest.mark.parametrize("loop", ["times=3", "times=3 sequential", 'each="x in people"'])
@pytest.mark.parametrize(
    ("event", "act"), [("timer=P1D", "time"), ("message=m", "message"), ("signal=m", "signal")]
)
def test_an_event_on_the_edge_of_a_repeated_activity_ends_all_repetitions(
    loop: str, event: str, act: str
) -> None:
    text = f"""
    start s
    user a {loop}
    on a boundary out {event}
    user b
    s -> a
    out -> b
    """
    run = World(text).start(people=["甲", "乙", "丙"]).do("a")
    if act == "time":
        run.wait(days=1)
    elif act == "message":
        assert run.message("m")
    else:
        assert run.signal("m") == 1
    assert run.tasks == ["b"]
    assert run.instance.next_due() is None


def test_a_reminder_beside_a_repeated_activity_comes_once_for_all() -> None:
    text = """
    start s
    user a times=3
    on a boundary remind timer=P1D beside
    user b
    user after
    s -> a -> after
    remind -> b
    """
    run = World(text).start().wait(days=2)
    assert run.tasks == ["a", "a", "a", "b"]
    assert run.do("a").do("a").do("a").tasks == ["b", "after"]


def test_what_a_message_brings_may_be_renamed_where_it_is_caught() -> None:
    text = """
    start s
    catch m message=news outputs=answer:${payload}
    user a assignee=${answer}
    s -> m -> a
    """
    run = World(text).start()
    assert run.message("news", payload="li")
    assert run.open[run.find("a")].assignee == "li"


def test_an_escalation_end_event_tells_and_ends_its_branch() -> None:
    text = """
    start s
    sub inner
        start i
        and fork
        user goes_on
        end tell escalation=X
        i -> fork
        fork -> goes_on
        fork -> tell
    close
    on inner boundary heard escalation=X beside
    user b
    s -> inner
    heard -> b
    """
    assert sorted(World(text).start().tasks) == ["b", "goes_on"]


def test_a_message_end_event_throws_its_message() -> None:
    text = """
    start s
    end e message=done inputs=result:${x}
    s -> e
    """
    run = World(text).start(x=3)
    assert run.completed
    assert [(one.name, dict(one.payload)) for one in run.thrown] == [("done", {"result": 3})]


def test_a_send_task_throws_its_message_and_goes_on() -> None:
    text = """
    start s
    send tell message=hello inputs=who:${x}
    user a
    s -> tell -> a
    """
    run = World(text).start(x="li")
    assert run.tasks == ["a"]
    assert [(one.kind, one.name, dict(one.payload)) for one in run.thrown] == [
        ("message", "hello", {"who": "li"})
    ]
