"""Every scenario once more, through HTTP with people, roles and the database."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from service.api.context import services
from service.checks.people import Cast
from service.checks.rulebook import Rulebook
from service.checks.runner import play
from service.checks.scenario import Scenario
from service.checks.suite import gather
from service.settings import ROOT
from service.store.db import db
from tests.api.conftest import Clone, application, set_clock
from tests.desks import HttpDesk, Tokens
from tests.restoring import Restorer

BOOK = Rulebook(ROOT / "processes", ROOT / "forms")
SCENARIOS = gather(BOOK)


class Stage:
    """One application on one database, put back before every scenario."""

    def __init__(self, app: Flask, url: str) -> None:
        self.app, self.url = app, url
        self.restorer, self.tokens, self.cast = Restorer(url), Tokens(), Cast(BOOK)

    def desk(self, scenario: Scenario) -> HttpDesk:
        self.restorer.restore()
        set_clock(self.url, scenario.at.isoformat())
        with self.app.app_context():
            services().accounts.forget()  # who is qualified depends on the day
        return HttpDesk(self.app, self.restorer.connection, scenario.at, self.tokens)


@pytest.fixture(scope="module")
def stage(
    clone_database: Clone, world_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stage]:
    with clone_database(world_template) as url:
        made = Stage(application(url, tmp_path_factory.mktemp("scenarios")), url)
        yield made
        made.restorer.close()
        with made.app.app_context():
            db.engine.dispose()


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda one: f"{one.region}-{one.line}")
def test_the_scenario_goes_as_told(scenario: Scenario, stage: Stage) -> None:
    played = play(scenario, stage.desk(scenario), stage.cast, BOOK.calendar(scenario.region))
    assert played.failure is None, f"\n{played.failure}"
