"""Asynchronous continuations: where a case is kept, and what fails afterwards takes back."""

from __future__ import annotations

from typing import Any

import pytest

from service.engine import Instance, TimerWait
from tests.engine.world import Run, World


def kinds(run: Run) -> list[str]:
    """What is open: the element, with a bar where a token only waits for the worker."""
    return sorted(f"{one.element}{'|' * isinstance(one, TimerWait)}" for one in run.open.values())


def work(run: Run) -> Run:
    """One transaction of the worker."""
    run.instance.fire_due()
    run._settle()
    return run


def test_what_a_person_did_is_kept_when_the_work_after_it_fails() -> None:
    world = World("""
        start s
        user a
        work w topic=registry.x before
        user b
        s -> a -> w -> b
    """)
    run = world.start()
    run.do("a", x=True)
    assert (kinds(run), world.done) == (["w|"], [])
    kept = run.instance.save()

    def fails(_inputs: Any) -> Any:
        raise RuntimeError("away")

    world.workers["registry.x"] = fails
    with pytest.raises(RuntimeError):
        run.instance.fire_due()
    run.instance = Instance.load(kept, world)
    world.workers.clear()
    assert kinds(work(run)) == ["b"]
    assert run.instance.next_due() is None


def test_each_stop_is_a_transaction_of_its_own() -> None:
    run = World("""
        start s before
        task a before after
        work w topic=registry.x after
        and f before
        user b before
        user c
        end e before
        s -> a -> w -> f
        f -> b -> e
        f -> c
    """).start()
    seen = [kinds(run)]
    while run.instance.next_due() is not None:
        seen.append(kinds(work(run)))
    assert seen == [["s|"], ["a|"], ["a|"], ["w|"], ["f|"], ["b|", "c"], ["b", "c"]]
    run.do("b")
    assert kinds(run) == ["c", "e|"]
    assert kinds(work(run)) == ["c"]
    assert run.do("c").completed


def test_a_join_waits_for_its_branches_and_only_then_stops() -> None:
    run = World("""
        start s
        and f
        user a
        user b after
        and j before
        user c
        s -> f
        f -> a -> j
        f -> b -> j
        j -> c
    """).start()
    run.do("b")
    assert kinds(run) == ["a", "b|"]
    run.do("a")
    assert kinds(run) == ["b|"]
    assert kinds(work(run)) == ["j|"]
    assert kinds(work(run)) == ["c"]


def test_the_edge_of_an_activity_is_not_open_before_the_worker_comes() -> None:
    run = World("""
        start s
        user a before
        on a boundary m message=m before
        user b
        s -> a
        m -> b
    """).start()
    assert not run.message("m")
    assert kinds(work(run)) == ["a", "m"]
    assert run.message("m")
    assert kinds(run) == ["m|"]
    assert kinds(work(run)) == ["b"]


def test_a_repeated_activity_stops_once_and_a_handler_before_it_undoes() -> None:
    run = World("""
        start s
        user a times=2 before after
        on a boundary c compensate
        user undo undoes before
        undo c undo
        throw t compensate
        user b
        s -> a -> t -> b
    """).start()
    assert kinds(work(run)) == ["a", "a"]
    run.do("a").do("a")
    assert kinds(run) == ["a|"]
    assert kinds(work(run)) == ["undo|"]
    assert kinds(work(run)) == ["undo"]
    run.do("undo")
    assert kinds(work(run)) == ["undo"]
    assert kinds(run.do("undo")) == ["b"]


def test_what_is_interrupted_while_it_stands_is_gone() -> None:
    run = World("""
        start s
        work w topic=registry.x before
        event_sub e
            start m message=m
            user b
            m -> b
        close
        s -> w
    """).start()
    assert run.message("m")
    assert kinds(run) == ["b"]
    assert run.instance.next_due() is None
    assert run.do("b").completed


def test_conditions_are_asked_when_the_worker_comes() -> None:
    run = World("""
        start s
        user a default=no after
        user b
        user c
        s -> a
        a -> b : ${x}
        a -> c as no
    """).start()
    run.do("a")
    run.set(x=True)
    assert kinds(work(run)) == ["b"]
