"""The law and the worlds of the project, read once for all tests of the domain."""

from __future__ import annotations

from pathlib import Path

import pytest

from service.checks.world import InMemoryWorld
from service.policy.calendar import Calendar
from service.registry.law import Law
from service.registry.world_data import WorldData
from service.registry.world_file import load_world
from tests.registry.desk import Desk

PROCESSES = Path(__file__).parents[2] / "processes"


@pytest.fixture(scope="session")
def law() -> Law:
    return Law(PROCESSES)


@pytest.fixture(scope="session")
def data(law: Law) -> WorldData:
    return load_world(PROCESSES, law)


@pytest.fixture(scope="session")
def calendar(law: Law) -> Calendar:
    return Calendar.load(PROCESSES, law.regions.chain("410702"))


@pytest.fixture
def world(data: WorldData) -> InMemoryWorld:
    return InMemoryWorld(data)


@pytest.fixture
def desk(world: InMemoryWorld, law: Law, calendar: Calendar) -> Desk:
    return Desk(world, law, calendar)
