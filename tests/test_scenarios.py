"""The scenarios beside the diagrams, on the engine alone; and that they walk everything in force."""

from __future__ import annotations

import statistics
import time

import pytest

from service.checks.coverage import Coverage
from service.checks.memory_desk import MemoryDesk
from service.checks.people import Cast
from service.checks.rulebook import Rulebook
from service.checks.runner import Played, play
from service.checks.scenario import Scenario
from service.checks.suite import gather, play_all
from service.settings import ROOT

BOOK = Rulebook(ROOT / "processes", ROOT / "forms")
SCENARIOS = gather(BOOK)
A_SCENARIO_MAY_TAKE = 0.05  # seconds, the median; typical is a tenth of it, and machines differ


@pytest.fixture(scope="module")
def cast() -> Cast:
    return Cast(BOOK)


@pytest.fixture(scope="module")
def played() -> list[Played]:
    return list(play_all(BOOK, SCENARIOS))


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda one: f"{one.region}-{one.line}")
def test_the_scenario_goes_as_told(scenario: Scenario, cast: Cast) -> None:
    told = play(scenario, MemoryDesk(BOOK, scenario.at), cast, BOOK.calendar(scenario.region))
    assert told.failure is None, f"\n{told.failure}"


def test_every_flow_and_every_row_in_force_is_walked(played: list[Played]) -> None:
    coverage = Coverage(BOOK)
    for one in played:
        coverage.add(one.trail)
    missed = [
        f"{one.path}:{spot.line} {spot.id} {spot.what}" for one in coverage.report() for spot in one.missed
    ]
    assert not missed, "\n".join(missed)


def test_every_scenario_proves_a_clause(played: list[Played]) -> None:
    assert [one.scenario.name for one in played if not one.scenario.clauses] == []


def test_a_scenario_on_the_engine_takes_milliseconds(cast: Cast) -> None:
    times = []
    for scenario in SCENARIOS:
        began = time.perf_counter()
        play(scenario, MemoryDesk(BOOK, scenario.at), cast, BOOK.calendar(scenario.region))
        times.append(time.perf_counter() - began)
    assert statistics.median(times) < A_SCENARIO_MAY_TAKE
