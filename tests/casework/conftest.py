"""A database with a trial procedure in several versions: made once a session of tests, copied for each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from service.casework import installation
from service.casework.context import Office
from service.store.db import db
from tests.casework.trial import EDITED, PUPILS, TEXT, Trial, begin, deploy
from tests.conftest import settings_of


@pytest.fixture(scope="session")
def trial(clone_database: Any, ready_template: str) -> Iterator[Trial]:
    with clone_database(ready_template) as url, installation.at_work(settings_of(url)) as office:
        versions = {"first": deploy(office, TEXT)}
        opened = (begin(office), begin(office, PUPILS[1]))
        versions |= {name: deploy(office, text) for name, text in EDITED.items()}
        db.engine.dispose()
        yield Trial(url.partition("?")[0].rpartition("/")[2], versions, opened)


@pytest.fixture
def trial_office(clone_database: Any, trial: Trial) -> Iterator[Office]:
    """An office over a copy of the trial."""
    with clone_database(trial.template) as url, installation.at_work(settings_of(url)) as found:
        yield found
