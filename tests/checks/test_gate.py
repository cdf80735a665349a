"""The gate before a deployment, and what counts as walked."""

from __future__ import annotations

import pytest

from service.checks.coverage import Coverage
from service.checks.gate import judge_folder, judge_upload
from service.checks.rulebook import Rulebook
from service.checks.suite import gather, play_all
from service.errors import BadDefinition, NotFound
from service.settings import ROOT
from tests.checks.conftest import small_files

PROCESSES = ROOT / "processes"


def changed(name: str, old: str, new: str) -> dict[str, bytes]:
    text = (PROCESSES / name).read_text(encoding="utf-8")
    assert old in text
    return {name: text.replace(old, new).encode()}


def test_what_lies_in_the_folder_passes(book: Rulebook) -> None:
    verdict = judge_folder(book)
    assert verdict.regions == tuple(region.code for region in book.regions)
    assert verdict.played >= 60
    verdict.enforce()


def test_an_upload_that_breaks_a_rule_is_refused_with_file_element_and_cure(book: Rulebook) -> None:
    upload = changed("unit_review.bpmn", 'candidateGroups="${first}@${party}"', 'candidateGroups="${first}"')
    verdict = judge_upload(book, "000000", upload)
    with pytest.raises(BadDefinition, match="未部署") as caught:
        verdict.enforce()
    assert any(one.where == "review" and "当事单位" in one.message for one in caught.value.problems)
    assert verdict.played == 0


def test_an_upload_that_breaks_a_scenario_is_refused_naming_it(book: Rulebook) -> None:
    upload = changed("transfer.bpmn", "${days(90)}", "${days(120)}")
    verdict = judge_upload(book, "000000", upload)
    assert not verdict.errors
    assert any("九十日后清理" in one.scenario for one in verdict.failures)
    with pytest.raises(BadDefinition, match="个场景走错"):
        verdict.enforce()


def test_only_regions_that_use_a_changed_file_are_touched(book: Rulebook) -> None:
    assert "410700" in judge_upload(book, "000000", small_files()).regions
    assert judge_upload(book, "410700", small_files()).regions == ("410700",)


def test_a_nations_upload_does_not_replace_a_regions_own_file(book: Rulebook) -> None:
    twin = book.with_uploads({"000000": {"transfer.bpmn": (PROCESSES / "transfer.bpmn").read_bytes()}})
    on = book.changes("410700")[-1]
    assert not twin.bundle("410700", on).files["transfer.bpmn"].uploaded
    assert twin.bundle("622900", on).files["transfer.bpmn"].uploaded


def test_coverage_names_what_no_scenario_walks(book: Rulebook) -> None:
    coverage = Coverage(book)
    for played in play_all(book, gather(book, regions=["410700"], words="受处分")):
        coverage.add(played.trail)
    report = {one.path: one for one in coverage.report(["410700"])}
    table = report["processes/regions/410700-xinxiang/transfer_eligibility.dmn"]
    assert 0 < table.walked < table.total
    diagram = report["processes/regions/410700-xinxiang/transfer.bpmn"]
    assert "flow_is_eligible_refused" not in {spot.id for spot in diagram.missed}
    assert "flow_is_eligible_lock_student" in {spot.id for spot in diagram.missed}
    assert not any(path == "processes/transfer.bpmn" for path in report)


def test_a_scenario_file_elsewhere_is_not_taken(book: Rulebook) -> None:
    with pytest.raises(NotFound, match="没有场景文件"):
        gather(book, [ROOT / "pyproject.toml"])
