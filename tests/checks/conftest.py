"""The rule book of the real files, read once; and small procedures in their place."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import orjson
import pytest

from service.checks.memory_desk import MemoryDesk
from service.checks.people import Cast
from service.checks.rulebook import Rulebook
from service.checks.runner import Played, play
from service.checks.scenario_file import read_scenarios
from service.clock import ZONE
from service.settings import ROOT
from tests.api.desk import SMALL, SMALL_DECISION, SMALL_START
from tests.engine.sketch import sketch

START = datetime(2026, 9, 3, 9, tzinfo=ZONE)
REGISTRAR, HEAD = "changan_first_primary.registrar", "changan_first_primary.head"
COMMON = """
- common:
    at: 2026-09-03 09:00
    start: { by: 长安区第一小学 registrar, student: 桥西区第二小学四年级在校生 }
"""
Tell = Callable[..., Played]


@pytest.fixture(scope="session")
def book() -> Rulebook:
    return Rulebook(ROOT / "processes", ROOT / "forms")


def small_files(text: str = SMALL) -> dict[str, bytes]:
    """A procedure ``small`` with its two forms."""
    return {
        "small.bpmn": sketch(text, "small", "小流程"),
        "small_start.form": orjson.dumps(SMALL_START),
        "small_decision.form": orjson.dumps(SMALL_DECISION),
    }


@pytest.fixture
def small_desk(book: Rulebook) -> Callable[..., MemoryDesk]:
    """A desk on which the procedure ``small`` runs."""
    return lambda text=SMALL: MemoryDesk(book.with_uploads({"000000": small_files(text)}), START)


@pytest.fixture
def tell(book: Rulebook) -> Tell:
    """Plays the one scenario of a text on the procedure ``small``."""

    def told(scenario: str, text: str = SMALL) -> Played:
        small = book.with_uploads({"000000": small_files(text)})
        (read,) = read_scenarios((COMMON + scenario).encode(), "processes/small.scenarios.yaml", "000000")
        return play(read, MemoryDesk(small, read.at), Cast(small), small.calendar(None))

    return told
