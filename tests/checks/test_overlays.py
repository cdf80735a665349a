"""A region's own file is told of when the file it stands in place of changes."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from service.checks.findings import Finding
from service.checks.inspection import inspect, models
from service.checks.rulebook import Rulebook
from service.checks.wider import write_down
from service.settings import ROOT

FILE = "sending_school_review.bpmn"


@pytest.fixture
def processes(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "processes", tmp_path / "processes")
    return tmp_path / "processes"


def stale(processes: Path) -> list[Finding]:
    book = Rulebook(processes, ROOT / "forms")
    return [one for one in inspect(book, names=[FILE]) if one.rule == "overlay_current"]


def test_a_change_of_the_nations_file_asks_for_a_review_and_the_review_is_written_down(
    processes: Path,
) -> None:
    book = Rulebook(processes, ROOT / "forms")
    for model in models(book, names=[FILE]):
        write_down(model)
    assert stale(processes) == []
    national = processes / FILE
    national.write_bytes(
        national.read_bytes().replace(b"</bpmn:definitions>", b"<!-- x --></bpmn:definitions>")
    )
    found = stale(processes)
    assert {one.file for one in found} >= {f"processes/regions/410700-xinxiang/{FILE}"}
    assert all("在上次核对之后改过" in one.sentence for one in found)
    for model in models(Rulebook(processes, ROOT / "forms"), names=[FILE]):
        assert write_down(model) == (model.region != "000000")
    assert stale(processes) == []
