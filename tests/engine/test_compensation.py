"""Undoing what is done, and cancelled transactions."""

from __future__ import annotations

from tests.engine.world import World

COMPENSATION = """
start s
user book_hotel
on book_hotel boundary undo_hotel compensate
work cancel_hotel topic=registry.cancel_hotel undoes
undo undo_hotel cancel_hotel
user book_flight
on book_flight boundary undo_flight compensate
work cancel_flight topic=registry.cancel_flight undoes
undo undo_flight cancel_flight
xor ok default=fine
throw rollback compensate
user after
end e
s -> book_hotel -> book_flight -> ok
ok -> e as fine
ok -> rollback : ${failed}
rollback -> after
"""


def test_compensation_undoes_in_reverse_order() -> None:
    world = World(COMPENSATION)
    run = world.start().do("book_hotel").do("book_flight", failed=True)
    assert [topic for topic, _ in world.done] == ["registry.cancel_flight", "registry.cancel_hotel"]
    assert run.tasks == ["after"]


def test_what_was_not_done_is_not_undone() -> None:
    world = World(COMPENSATION)
    assert world.start().do("book_hotel").do("book_flight", failed=False).completed
    assert world.done == []


def test_a_finished_subprocess_is_compensated_from_inside() -> None:
    text = """
    start s
    sub inner
        start i
        user a
        on a boundary undo_a compensate
        user undo_task undoes
        undo undo_a undo_task
        i -> a
    close
    user b
    throw rollback compensate
    end e
    s -> inner -> b -> rollback -> e
    """
    run = World(text).start().do("a").do("b")
    assert run.tasks == ["undo_task"]
    assert run.do("undo_task").completed


def test_a_cancelled_transaction_compensates_and_leaves_by_its_cancel_event() -> None:
    text = """
    start s
    transaction t
        start i
        user a
        on a boundary undo_a compensate
        work undo_work topic=registry.undo undoes
        undo undo_a undo_work
        user b
        end stop cancel
        i -> a -> b -> stop
    close
    on t boundary cancelled cancel
    user normal
    user after
    s -> t -> normal
    cancelled -> after
    """
    world = World(text)
    run = world.start().do("a").do("b")
    assert [topic for topic, _ in world.done] == ["registry.undo"]
    assert run.tasks == ["after"]
