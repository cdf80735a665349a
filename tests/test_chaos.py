"""Each part of an installation is killed once amid completions: nothing lost, nothing twice, nothing stuck."""

from __future__ import annotations

from bench.chaos import chaos


def test_a_killed_part_costs_nothing_but_time() -> None:
    assert chaos(completions=56, every=2.0) == []
