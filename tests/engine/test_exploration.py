"""Exploring every state: what is sound by construction is found sound, and what is not is named."""

from __future__ import annotations

import pytest

from service.engine.dialect import read_diagram
from service.engine.exploration import Explored, explore
from service.engine.model import Scope
from tests.engine.random_process import random_process
from tests.engine.sketch import sketch


def scopes(scope: Scope) -> list[Scope]:
    return [scope, *(node.body for _, node in scope.walk() if node.body is not None)]


def explored(text: str) -> list[Explored]:
    (process,) = read_diagram(sketch(text), "p.bpmn").processes
    return [explore(process, scope) for scope in scopes(process.scope)]


def troubles(found: Explored) -> set[str]:
    return found.stuck | found.piled | found.met_beside | found.endless


@pytest.mark.parametrize("seed", range(80))
def test_random_sound_processes_are_found_sound(seed: int) -> None:
    text = random_process(seed)
    for found in explored(text):
        assert troubles(found) == set(), text


PARALLEL_IN_LOOP = """
start s
xor again
and f
user a
user b
{join} j
xor more default=out
end e
s -> again -> f
f -> a -> j
f -> b -> j
j -> more
more -> again : ${{x}}
more -> e as out
"""


@pytest.mark.parametrize(("join", "piled"), [("and", set()), ("or", set()), ("xor", {"a", "b"})])
def test_what_joins_branches_decides_whether_they_pile_up(join: str, piled: set[str]) -> None:
    (found,) = explored(PARALLEL_IN_LOOP.format(join=join))
    assert found.piled == piled
    assert not found.stuck


def test_a_race_within_parallel_branches_is_sound() -> None:
    text = """
    start s
    and f
    event g
    catch m message=m
    catch t timer=P1D
    xor x
    user a
    and j
    end e
    s -> f
    f -> g
    g -> m -> x
    g -> t -> x
    x -> j
    f -> a -> j
    j -> e
    """
    (found,) = explored(text)
    assert found.whole
    assert troubles(found) == set()


def test_an_inclusive_choice_into_a_parallel_join_gets_stuck() -> None:
    text = """
    start s
    or g
    user a
    user b
    and j
    end e
    s -> g
    g -> a : ${x}
    g -> b : ${y}
    a -> j
    b -> j
    j -> e
    """
    (found,) = explored(text)
    assert found.stuck == {"j"}


def test_a_circle_without_a_wait_is_left_to_another_rule() -> None:
    text = "start s\nxor a\nxor b default=out\nend e\ns -> a -> b\nb -> a : ${x}\nb -> e as out"
    (found,) = explored(text)
    assert troubles(found) == set()
