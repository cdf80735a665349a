"""Which change of a student number is allowed, on which clauses; and that no rule tells classes of numbers apart."""

from __future__ import annotations

import pytest

from service.checks.inspection import models
from service.checks.rulebook import Rulebook
from service.errors import BadDefinition
from service.registry.changes import IssueNumber
from service.registry.errors import ActionRefused
from service.registry.numbers import Numbers, Pattern, load_local
from service.settings import ROOT
from tests.registry.desk import Desk

L_PUPIL, G_PUPIL = "长安区第三小学三年级在校生", "桥西区第二小学四年级在校生"


@pytest.mark.parametrize(
    ("student", "kind", "clause"),
    [(L_PUPIL, "G", "MOE2016-1.1-a"), (L_PUPIL, "J", "MOE2016-1.1-b"), (G_PUPIL, "G", "MOE2016-1.2-b")],
)
def test_a_number_is_issued_on_a_clause(desk: Desk, student: str, kind: str, clause: str) -> None:
    case = desk.case(student)
    (change,) = case.work("registry.issue_number", {"class": kind})
    assert isinstance(change, IssueNumber)
    assert change.clauses == (clause,)
    assert case.fact("number_class") == kind


def test_a_residence_number_becomes_a_formal_one(desk: Desk) -> None:
    case = desk.case(L_PUPIL)
    case.work("registry.issue_number", {"class": "J"})
    (change,) = case.work("registry.issue_number", {"class": "G"})
    assert isinstance(change, IssueNumber)
    assert change.clauses == ("MOE2016-1.1-c",)


@pytest.mark.parametrize("kind", ["L", "J"])
def test_a_formal_number_is_not_taken_back(desk: Desk, kind: str) -> None:
    with pytest.raises(ActionRefused, match="报教育部"):
        desk.case(G_PUPIL).work("registry.issue_number", {"class": kind})


def test_only_a_region_with_a_number_of_its_own_composes_one(desk: Desk) -> None:
    with pytest.raises(ActionRefused, match="本地区没有"):
        desk.case(L_PUPIL).work("registry.issue_local_number", {})
    case = desk.case("徐汇区第一小学三年级在校生")
    (change,) = case.work("registry.issue_local_number", {})
    assert isinstance(change, IssueNumber)
    assert (change.scheme, change.clauses) == ("local", ("SH2017-9-a", "SH2017-9-b"))
    assert case.fact("number_class") == "G", "the national number stays"


def test_a_part_nobody_knows_is_refused_with_its_place() -> None:
    with pytest.raises(BadDefinition, match="colour"):
        load_local(b'label: x\npattern: "{colour}"\nclauses: []\n', "local_number.yaml")
    with pytest.raises(BadDefinition, match="to"):
        Numbers.load(b"classes: []\nchanges: [{ from: none, to: Q, clauses: [] }]\n", "number_classes.yaml")


def test_a_number_without_identity_number_has_a_pattern_of_its_own() -> None:
    pattern = Pattern(pattern="L{id_number}", without_id="L{county}{serial}")
    parts = {"id_number": "", "county": "130102", "serial": "000007"}
    assert pattern.compose(parts) == "L130102000007"
    assert pattern.compose({**parts, "id_number": "1"}) == "L1"


def test_nothing_in_force_tells_a_temporary_number_from_another() -> None:
    """MOE2016-1.4: whoever holds a temporary number is treated alike."""
    book = Rulebook(ROOT / "processes", ROOT / "forms")
    asking = {
        model.source.path
        for model in models(book)
        if b"number_class" in model.source.content and model.kind != "form"
    }
    assert asking == set()
