"""From folders to the files in force, with the reason for each."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest

from service.errors import BadDefinition, NotFound
from service.policy.library import Bundle, Library, overlay
from tests.policy import diagrams as draw
from tests.policy.diagrams import BARE_START, MESSAGE_START, ask, call, decide, diagram, form_start, table
from tests.policy.places import ROOT, project

DAY = date(2026, 9, 3)
XX = "processes/regions/410700-xinxiang"
START = form_start("transfer_start")
FILES = {
    "processes/transfer.bpmn": diagram("transfer", START, call("unit_review"), decide("gate")),
    "processes/unit_review.bpmn": diagram("unit_review", BARE_START, ask("review")),
    "processes/gate.dmn": table("gate"),
    "processes/unused.dmn": table("unused"),
    "forms/transfer_start.form": "{}",
    "forms/review.form": "{}",
    f"{XX}/transfer.bpmn": diagram("transfer", START, call("unit_review")),
}


def library(root: Path, files: Mapping[str, str | bytes] | None = None) -> Library:
    project(root, {**FILES, **(files or {})})
    return Library(root / "processes", root / "forms")


def verdicts(bundle: Bundle, name: str) -> list[str]:
    return [f"{step.name_zh}：{step.verdict}" for step in bundle.provenance(name)]


def test_the_nearest_file_of_a_name_holds(tmp_path: Path) -> None:
    bundle = library(tmp_path).bundle("410702", DAY)
    assert bundle.files["transfer.bpmn"].path == f"{XX}/transfer.bpmn"
    assert bundle.files["gate.dmn"].region == "000000"
    assert bundle.files["review.form"].path == "forms/review.form"
    assert (bundle.region.name, bundle.on) == ("红旗区", DAY)


def test_the_walk_says_why_this_diagram(tmp_path: Path) -> None:
    bundle = library(tmp_path).bundle("410702", DAY)
    assert verdicts(bundle, "transfer.bpmn") == ["红旗区：没有自己的文件夹，向上一级查找", "新乡市：采用"]
    assert verdicts(bundle, "gate.dmn") == [
        "红旗区：没有自己的文件夹，向上一级查找",
        "新乡市：没有 gate.dmn，向上一级查找",
        "河南省：没有自己的文件夹，向上一级查找",
        "全国：采用",
    ]
    assert [step.path for step in bundle.provenance("gate.dmn")] == [None, None, None, "processes/gate.dmn"]


def test_a_region_that_does_not_speak_of_the_stage_is_passed_over(tmp_path: Path) -> None:
    bundle = library(tmp_path).bundle("410702", DAY, "senior")
    assert bundle.files["transfer.bpmn"].region == "000000"
    assert verdicts(bundle, "transfer.bpmn")[1] == "新乡市：本地规定不适用于高中，不采用，向上一级查找"


def test_rules_that_have_ended_or_not_begun_are_passed_over(tmp_path: Path) -> None:
    shelf = library(tmp_path)
    assert shelf.bundle("410700", date(2027, 12, 31)).files["transfer.bpmn"].region == "410700"
    ended = shelf.bundle("410700", date(2028, 1, 1))
    assert ended.files["transfer.bpmn"].region == "000000"
    late = verdicts(ended, "transfer.bpmn")
    assert late[0] == "新乡市：本地规定有效期至 2027-12-31，已经终止，向上一级查找"
    early = verdicts(shelf.bundle("410700", date(2018, 9, 20)), "transfer.bpmn")
    assert early[0] == "新乡市：本地规定自 2018-09-21 起施行，尚未生效，向上一级查找"


def test_a_since_folder_holds_from_its_day(tmp_path: Path) -> None:
    new = diagram("transfer", form_start("transfer_start"))
    later = diagram("gone", MESSAGE_START)
    shelf = library(
        tmp_path,
        {
            f"{XX}/since-2026-09-01/transfer.bpmn": new,
            f"{XX}/since-2027-03-01/recall.bpmn": later,
            "processes/since-2027-01-01/gate.dmn": table("gate", "more"),
            "forms/since-2026-10-01/review.form": '{"new": 1}',
        },
    )
    before, after = shelf.bundle("410702", date(2026, 8, 31)), shelf.bundle("410702", date(2026, 9, 1))
    assert before.files["transfer.bpmn"].since is None
    assert after.files["transfer.bpmn"].since == date(2026, 9, 1)
    assert verdicts(after, "transfer.bpmn")[-1] == "新乡市：采用自 2026-09-01 起施行的版本"
    assert verdicts(after, "recall.bpmn")[1] == "新乡市：recall.bpmn 自 2027-03-01 起才施行，向上一级查找"
    assert verdicts(after, "recall.bpmn")[-1] == "全国：没有 recall.bpmn"
    assert shelf.bundle("000000", date(2027, 1, 1)).files["gate.dmn"].since == date(2027, 1, 1)
    assert shelf.bundle("000000", date(2026, 10, 1)).files["review.form"].since == date(2026, 10, 1)


def test_the_days_on_which_a_bundle_may_change_are_known(tmp_path: Path) -> None:
    shelf = library(tmp_path, {f"{XX}/since-2026-09-01/transfer.bpmn": FILES["processes/transfer.bpmn"]})
    assert shelf.changes("410702") == (date.min, date(2018, 9, 21), date(2026, 9, 1), date(2028, 1, 1))
    assert shelf.changes("000000") == (date.min,)


def test_a_closure_follows_calls_decisions_and_forms(tmp_path: Path) -> None:
    bundle = library(tmp_path).bundle("000000", DAY)
    assert bundle.closure("transfer.bpmn") == (
        "gate.dmn", "review.form", "transfer.bpmn", "transfer_start.form", "unit_review.bpmn"
    )  # fmt: skip
    assert bundle.closure("review.form") == ("review.form",)


def test_a_closure_finds_a_process_in_a_file_that_holds_two(tmp_path: Path) -> None:
    two = (draw.process("cross_receiving", MESSAGE_START), draw.process("cross_sending", MESSAGE_START))
    caller = diagram("a", form_start("review"), call("cross_sending"))
    shelf = library(tmp_path, {"processes/cross.bpmn": draw.diagrams(*two), "processes/a.bpmn": caller})
    assert shelf.bundle("000000", DAY).closure("a.bpmn") == ("a.bpmn", "cross.bpmn", "review.form")


def test_processes_that_call_each_other_have_a_closure(tmp_path: Path) -> None:
    files = {"processes/a.bpmn": diagram("a", call("b")), "processes/b.bpmn": diagram("b", call("a"))}
    assert library(tmp_path, files).bundle("000000", DAY).closure("a.bpmn") == ("a.bpmn", "b.bpmn")


def test_a_digest_changes_only_with_the_files_really_used(tmp_path: Path) -> None:
    def digest(name: str, content: str) -> str:
        root = tmp_path / Path(name).name
        return library(root, {name: content}).bundle("000000", DAY).digest("transfer.bpmn")

    before = digest("processes/new.dmn", table("new"))
    assert digest("processes/unused.dmn", table("unused", "more")) == before
    assert digest("forms/review.form", '{"changed": 1}') != before
    assert digest("processes/gate.dmn", table("gate", "more")) != before


def test_regions_with_the_same_files_have_the_same_digest(tmp_path: Path) -> None:
    shelf = library(tmp_path)
    digests = {shelf.bundle(code, DAY).digest("unit_review.bpmn") for code in ("410702", "310115", "000000")}
    assert len(digests) == 1


def test_procedures_are_those_a_case_can_begin_with(tmp_path: Path) -> None:
    shelf = library(tmp_path, {f"{XX}/since-2027-03-01/recall.bpmn": diagram("recall", MESSAGE_START)})
    assert shelf.procedures("410702", DAY) == ("transfer",)
    assert shelf.procedures("410702") == ("recall", "transfer")
    assert shelf.procedures("000000") == ("transfer",)


def test_a_broken_file_does_not_hide_the_others(tmp_path: Path) -> None:
    bundle = library(tmp_path, {"processes/broken.bpmn": "<definitions>"}).bundle("000000", DAY)
    assert bundle.procedures() == ("transfer",)
    assert "broken.bpmn" not in bundle.closure("transfer.bpmn")
    with pytest.raises(BadDefinition, match="不是有效的 XML"):
        bundle.closure("broken.bpmn")


def test_an_upload_is_laid_over_the_bundle(tmp_path: Path) -> None:
    bundle = library(tmp_path).bundle("410700", DAY)
    upload = diagram("transfer", form_start("transfer_start"), decide("cap")).encode()
    tried = overlay(bundle, {"transfer.bpmn": upload, "cap.dmn": table("cap").encode()})
    assert tried.files["transfer.bpmn"].content == upload
    assert tried.files["transfer.bpmn"].uploaded
    assert tried.closure("transfer.bpmn") == ("cap.dmn", "transfer.bpmn", "transfer_start.form")
    assert verdicts(tried, "transfer.bpmn") == ["新乡市：采用本次上传的文件"]
    assert verdicts(tried, "gate.dmn") == verdicts(bundle, "gate.dmn")
    assert bundle.files["transfer.bpmn"].content != upload


@pytest.mark.parametrize("name", ["../a.bpmn", "a.yaml", ".bpmn", "x/a.dmn", "a.bpmn.exe"])
def test_an_upload_of_another_kind_is_refused(tmp_path: Path, name: str) -> None:
    bundle = library(tmp_path).bundle("000000", DAY)
    with pytest.raises(BadDefinition, match="不能上传"):
        overlay(bundle, {name: b""})


def test_a_file_nobody_has_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="红旗区没有文件"):
        library(tmp_path).bundle("410702", DAY).closure("gone.bpmn")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        (f"{XX}/since-2026-9-1/a.bpmn", "不是有效的起始日"),
        (f"{XX}/since-2026-02-30/a.bpmn", "不是有效的起始日"),
        (f"{XX}/since-2026-09-01/terms.yaml", "不能放在 since- 文件夹里"),
        ("processes/review.form", "与 .* 同名"),
    ],
)
def test_a_file_that_would_be_overlooked_is_refused(tmp_path: Path, name: str, words: str) -> None:
    with pytest.raises(BadDefinition, match=words):
        library(tmp_path, {name: "<a/>"})


def test_an_empty_project_has_an_empty_bundle(tmp_path: Path) -> None:
    project(tmp_path)
    shelf = Library(tmp_path / "processes", tmp_path / "forms")
    assert dict(shelf.bundle("410702", DAY).files) == {}
    assert shelf.procedures("410702") == ()


def test_the_projects_own_files_make_a_bundle_for_every_region() -> None:
    shelf = Library(ROOT / "processes", ROOT / "forms")
    for region in shelf.regions.with_folders():
        bundle = shelf.bundle(region.code, DAY)
        assert all(bundle.provenance(name)[-1].path == bundle.files[name].path for name in bundle.files)
