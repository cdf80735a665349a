"""Schemathesis calls the whole described API with whatever comes to its mind: no 5xx, no undescribed answer.

A fixed seed and few examples each keep it short; ``XUEJI_FUZZ_EXAMPLES`` asks for more.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import product

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import content_type_conformance, status_code_conformance

from tests.api.conftest import OpenDesk
from tests.api.desk import HEAD, PASSWORD, Desk

EXAMPLES = int(os.environ.get("XUEJI_FUZZ_EXAMPLES", "2"))
PEOPLE = ("admin", HEAD)  # one who may do what keeps the whole running, one who does the work
# They sign the caller out, change the password, or lock the door; each has tests of its own.
APART = ("/api/password", "/api/session", "/api/token", "/api/oidc/login", "/api/oidc/callback", "/api/clock")


@pytest.fixture(scope="module")
def described(application_of: OpenDesk) -> Iterator[Desk]:
    with application_of() as desk:
        assert desk.deploy_small().status_code == 200
        desk.begin()
        yield desk


@pytest.mark.filterwarnings("ignore")  # of hypothesis and schemathesis about their own generation
def test_no_request_whatever_gets_an_answer_nobody_described(described: Desk) -> None:
    schema = schemathesis.openapi.from_wsgi("/openapi.json", described.app)
    wrong: list[str] = []
    called = 0
    for result in schema.exclude(path=list(APART)).get_all_operations():
        operation = result.ok()
        called += 1
        for who, mode in product(PEOPLE, GenerationMode):
            try:
                _call(operation, who, mode)
            except (Exception, FailureGroup) as error:  # noqa: BLE001  all that is wrong is told together
                wrong.append(f"{operation.label} as {who}: {error}")
    assert called > 70
    assert wrong == [], "\n\n".join(wrong)[:8000]


def _call(operation: object, who: str, mode: GenerationMode) -> None:
    """A few requests to one operation as somebody, such as the description allows or such as it does not."""

    @settings(
        max_examples=EXAMPLES,
        database=None,
        derandomize=True,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def once(case: schemathesis.Case) -> None:
        case.call_and_validate(
            auth=(who, PASSWORD),
            checks=[not_a_server_error, status_code_conformance, content_type_conformance],
        )

    try:
        given(case=operation.as_strategy(generation_mode=mode))(once)()  # type: ignore[attr-defined]
    except Unsatisfiable:
        assert mode is GenerationMode.NEGATIVE, (
            "nothing can be sent"
        )  # where nothing is asked, nothing is wrong
