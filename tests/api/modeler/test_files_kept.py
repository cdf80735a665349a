"""Every diagram, table and form of ours opened and saved by Camunda Modeler's editors says what it said before."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

from service.checks.notation import unobeyed
from service.engine.decision_file import read_decisions
from service.engine.decisions import parse_dmn
from service.engine.dialect import read_diagram, read_xml
from service.engine.expressions import Names
from service.engine.moments import GENERAL
from service.policy.forms import parse_form
from service.settings import ROOT
from tests.api.modeler import editor

FILES = [
    path
    for folder in ("processes", "forms")
    for path in sorted((ROOT / folder).rglob("*"))
    if path.suffix[1:] in editor.HANDS
]

WHO_SAVED = ("exporter", "schemaVersion", "executionPlatform", "executionPlatformVersion")
DEFAULTS = [("mapDecisionResult", "resultList")]  # not written where it is Camunda's own default, and ours


def plain(value: Any) -> Any:
    """Data without the lines it stood on."""
    if is_dataclass(value):
        return {one.name: plain(getattr(value, one.name)) for one in fields(value) if one.name != "line"}
    if isinstance(value, Mapping):
        return {key: plain(each) for key, each in value.items() if (key, each) not in DEFAULTS}
    if isinstance(value, (tuple, list)):
        return [plain(each) for each in value]
    return value


def meaning(path: Path, content: bytes) -> Any:
    """All that the product reads in a file."""
    if path.suffix == ".bpmn":
        ignored = [(one.what, one.element) for one in unobeyed(read_xml(content, path.name))]
        return plain(read_diagram(content, path.name)), ignored
    if path.suffix == ".dmn":
        return plain(read_decisions(content, path.name))
    parse_form(content, path.name)
    told = json.loads(content)
    return {key: value for key, value in told.items() if key not in WHO_SAVED}


TABLE = "processes/transfer_out_eligibility.dmn"
DECISION = "transfer_out_eligibility"


def test_a_table_changed_in_its_editor_decides_as_the_sheet_says() -> None:
    """A row is added and its cells filled in, as an analyst does it; the table then lists that reason too."""
    say = {"do": "cell", "decision": DECISION, "row": "last"}
    steps = [
        {"do": "row", "decision": DECISION},
        {**say, "column": "学籍状态", "value": '"studying_elsewhere", "lost_touch"'},
        {**say, "column": "不符合的条款：下一步怎么办", "value": '"请先办理回校手续。"'},
        {**say, "column": "约束力", "value": '"must"'},
    ]
    saved = editor.drawn(
        [{"name": TABLE, "open": (ROOT / TABLE).read_text(encoding="utf-8"), "steps": steps}]
    )
    decision = parse_dmn(saved[TABLE].encode(), TABLE)[DECISION]
    before = parse_dmn((ROOT / TABLE).read_bytes(), TABLE)[DECISION]
    for status, reasons in (("lost_touch", ["请先办理回校手续。"]), ("in_school", [])):
        names = Names(values={"status": status}, functions=GENERAL)
        assert [one["broken"] for one in decision.evaluate(names, "resultList").value] == reasons
        assert before.evaluate(names, "resultList").value == []


def test_what_the_editors_save_means_what_was_opened() -> None:
    jobs = [{"name": str(path.relative_to(ROOT)), "open": path.read_text(encoding="utf-8")} for path in FILES]
    saved = editor.drawn(jobs)

    assert len(saved) > 100
    for path in FILES:
        text = saved[str(path.relative_to(ROOT))].encode()
        assert meaning(path, text) == meaning(path, path.read_bytes()), path
