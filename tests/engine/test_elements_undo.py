"""Compensation: what is undone, in which order, how often."""

from __future__ import annotations

import pytest

from tests.engine.world import World

BOOKINGS = """
start s
user hotel
on hotel boundary u1 compensate
user undo_hotel undoes
undo u1 undo_hotel
user flight
on flight boundary u2 compensate
user undo_flight undoes
undo u2 undo_flight
{rollback}
user after
s -> hotel -> flight -> back
{more}
"""


def test_one_activity_may_be_undone_by_name() -> None:
    text = BOOKINGS.format(rollback="throw back compensate=hotel", more="back -> after")
    run = World(text).start().do("hotel").do("flight")
    assert run.tasks == ["undo_hotel"]
    assert run.do("undo_hotel").tasks == ["after"]


def test_a_compensation_end_event_undoes_in_reverse_order_one_after_another() -> None:
    run = World(BOOKINGS.format(rollback="end back compensate", more="")).start().do("hotel").do("flight")
    assert run.tasks == ["undo_flight"]
    assert run.do("undo_flight").tasks == ["undo_hotel"]
    assert run.do("undo_hotel").completed


def test_what_is_done_twice_is_undone_twice_and_only_once() -> None:
    text = """
    start s
    xor again
    user a
    on a boundary u compensate
    work undo_a topic=registry.undo undoes
    undo u undo_a
    xor more default=on
    throw back compensate
    throw back_again compensate
    user after
    s -> again -> a -> more
    more -> again : ${repeat}
    more -> back as on
    back -> back_again -> after
    """
    world = World(text)
    assert world.start().do("a", repeat=True).do("a", repeat=False).tasks == ["after"]
    assert len(world.done) == 2


SUBPROCESS = """
start s
sub inner {loop}
    start i
    user a
    on a boundary u compensate
    work undo_a topic=registry.undo_a undoes
    undo u undo_a
    i -> a
    {handler}
close
{boundary}
throw back compensate
user after
s -> inner -> back -> after
"""


@pytest.mark.parametrize("loop", ["times=2", "times=2 sequential"])
def test_every_repetition_of_a_subprocess_is_undone(loop: str) -> None:
    world = World(SUBPROCESS.format(loop=loop, handler="", boundary=""))
    assert world.start().do("a").do("a").tasks == ["after"]
    assert [topic for topic, _ in world.done] == ["registry.undo_a"] * 2


def test_a_compensation_event_subprocess_stands_in_for_the_handlers_inside() -> None:
    handler = """
    event_sub undo_all
        start why compensate
        user explain
        throw inside compensate
        end e
        why -> explain -> inside -> e
    close
    """
    world = World(SUBPROCESS.format(loop="", handler=handler, boundary=""))
    run = world.start().do("a")
    assert run.tasks == ["explain"]
    assert world.done == []
    assert run.do("explain").tasks == ["after"]
    assert [topic for topic, _ in world.done] == ["registry.undo_a"]


def test_a_handler_on_the_subprocess_itself_comes_first() -> None:
    boundary = """
    on inner boundary whole compensate
    work undo_inner topic=registry.undo_inner undoes
    undo whole undo_inner
    """
    world = World(SUBPROCESS.format(loop="", handler="", boundary=boundary))
    assert world.start().do("a").tasks == ["after"]
    assert [topic for topic, _ in world.done] == ["registry.undo_inner"]


def test_an_error_handler_may_undo_what_its_scope_has_done() -> None:
    text = """
    start s
    user a
    on a boundary u compensate
    work undo_a topic=registry.undo undoes
    undo u undo_a
    end bad error=E
    event_sub handler
        start caught error=E
        throw back compensate
        user clean
        caught -> back -> clean
    close
    s -> a -> bad
    """
    world = World(text)
    assert world.start().do("a").tasks == ["clean"]
    assert [topic for topic, _ in world.done] == ["registry.undo"]
