"""Between clauses and product, both ways: what is cited exists and binds, what a scenario claims to prove too."""

from __future__ import annotations

import pytest

from service.checks.rulebook import Rulebook
from service.checks.suite import gather
from service.checks.tracing import ClauseTrace, trace_clauses, unknown_clauses
from service.settings import ROOT

BOOK = Rulebook(ROOT / "processes", ROOT / "forms")
SCENARIOS = gather(BOOK)


@pytest.fixture(scope="module")
def traces() -> dict[str, ClauseTrace]:
    return {one.clause.id: one for one in trace_clauses(BOOK, SCENARIOS)}


def test_every_clause_a_scenario_names_is_in_the_catalogue() -> None:
    assert [f"{one.file}:{one.line} {clause}" for one, clause in unknown_clauses(BOOK, SCENARIOS)] == []


def test_a_clause_a_scenario_proves_binds_where_the_case_runs() -> None:
    """The receiving side's chain, or the sending side's: a case between two regions obeys both."""
    regulations = {region.code for region in BOOK.regions}
    wrong = [
        f"{scenario.file}:{scenario.line} {clause}"
        for scenario in SCENARIOS
        for clause in scenario.clauses
        if BOOK.clauses.get(clause).region not in regulations
    ]
    assert wrong == []


def test_what_a_scenario_proves_is_cited_where_an_analyst_finds_it(traces: dict[str, ClauseTrace]) -> None:
    proven = [one for one in traces.values() if one.state == "proven"]
    assert proven
    assert [one.clause.id for one in proven if not one.cited] == []


def test_a_clause_knows_where_it_lives_and_what_proves_it(traces: dict[str, ClauseTrace]) -> None:
    sanction = traces["XX2018-24-h"]
    assert sanction.state == "proven"
    assert any(cited.file.endswith("transfer_eligibility.dmn") for cited in sanction.cited)
    assert all("XX2018-24-h" in scenario.clauses for scenario in sanction.proven_by)
