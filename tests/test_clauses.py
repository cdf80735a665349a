"""Between clauses and product, both ways: what is cited exists and binds, what a scenario claims to prove it passes."""

from __future__ import annotations

import pytest

from service.checks.clause_page import page
from service.checks.rulebook import Rulebook
from service.checks.suite import gather, play_all
from service.checks.tracing import ClauseTrace, trace_clauses, unknown_clauses
from service.checks.unproven import load_duties
from service.settings import ROOT

BOOK = Rulebook(ROOT / "processes", ROOT / "forms")
SCENARIOS = gather(BOOK)
CLAUSES_DUE = 134  # as counted in the catalogue by procedure and home


@pytest.fixture(scope="module")
def traces() -> dict[str, ClauseTrace]:
    return {one.clause.id: one for one in trace_clauses(BOOK, play_all(BOOK, SCENARIOS))}


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


def test_what_a_scenario_names_is_cited_where_an_analyst_finds_it(traces: dict[str, ClauseTrace]) -> None:
    named = [one for one in traces.values() if one.proven_by or one.named_by]
    assert named
    assert [one.clause.id for one in named if not one.cited] == []


def test_every_clause_that_is_due_is_proven_or_listed_with_the_reason(traces: dict[str, ClauseTrace]) -> None:
    due = [one for one in traces.values() if one.due]
    assert len(due) == CLAUSES_DUE
    lacking = [one.clause.id for one in due if one.state != "proven" and one.unproven is None]
    assert lacking == [], "prove them by a scenario, or list them in processes/unproven_clauses.yaml"


def test_no_clause_is_listed_as_unproven_that_is_proven_or_not_due(traces: dict[str, ClauseTrace]) -> None:
    listed = [one for one in traces.values() if one.unproven]
    assert [one.clause.id for one in listed if one.state == "proven"] == [], "take them off the list"
    assert [one.clause.id for one in listed if not one.due] == []


def test_every_reason_is_one(traces: dict[str, ClauseTrace]) -> None:
    assert all(len(one.reason) > 5 for one in load_duties(BOOK).unproven.values())


def test_a_clause_knows_where_it_lives_and_what_proves_it(traces: dict[str, ClauseTrace]) -> None:
    sanction = traces["XX2018-24-h"]
    assert sanction.state == "proven"
    assert any(cited.file.endswith("transfer_eligibility.dmn") for cited in sanction.cited)
    assert all("XX2018-24-h" in scenario.clauses for scenario in sanction.proven_by)


def test_naming_a_clause_without_passing_it_proves_nothing(traces: dict[str, ClauseTrace]) -> None:
    """A form refused before the case began passed nothing, whatever its scenario names."""
    written = traces["MOE2013-19-a"]
    assert "没有监护人的书面申请不能发起" in {one.name for one in written.named_by}
    assert written.proven_by


def test_the_page_of_clauses_is_current(traces: dict[str, ClauseTrace]) -> None:
    written = (ROOT / "docs" / "clauses.md").read_text(encoding="utf-8")
    assert written == page(list(traces.values())), "run: xueji clauses --page docs/clauses.md"
