"""Conditions combined, as BPMN 2.0 and Camunda 7 say; saved and loaded after every act."""

from __future__ import annotations

from tests.engine.world import Run, World


def tasks(run: Run) -> list[str]:
    return sorted(run.tasks)


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
