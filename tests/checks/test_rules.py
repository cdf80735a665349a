"""Every rule against its own valid and invalid files: tests/checks/rules/<rule>/*.txt.

A file begins with a sentence, then ``expect: <element or -> <words>`` lines (none: the rule finds nothing), perhaps
``region: <code>``, then the files of the case under ``=== name``; diagrams are written as sketches.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from service.checks.findings import Finding, Severity
from service.checks.frame import all_rules
from service.checks.inspection import inspect, models
from service.checks.rule_pages import pages
from service.checks.rulebook import Rulebook
from service.settings import ROOT
from tests.engine.sketch import sketch

FOLDER = Path(__file__).parent / "rules"
CASES = sorted(FOLDER.glob("*/*.txt"))


@dataclass(frozen=True)
class Case:
    expected: list[tuple[str, str]]
    region: str
    files: dict[str, bytes]


def read(path: Path) -> Case:
    expected, region, files = [], "000000", {}
    head, *parts = path.read_text(encoding="utf-8").split("\n=== ")
    for line in head.splitlines():
        if line.startswith("expect: "):
            element, _, words = line.removeprefix("expect: ").partition(" ")
            expected.append(("" if element == "-" else element, words))
        elif line.startswith("region: "):
            region = line.removeprefix("region: ")
    for part in parts:
        name, _, text = part.partition("\n")
        is_sketch = name.endswith(".bpmn") and not text.startswith("<")
        files[name] = sketch(text, name.removesuffix(".bpmn")) if is_sketch else text.encode()
    return Case(expected, region, files)


@pytest.fixture(scope="module")
def book() -> Rulebook:
    return Rulebook(ROOT / "processes", ROOT / "forms")


@pytest.mark.parametrize("path", CASES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_rule_finds_what_is_wrong_and_nothing_else(path: Path, book: Rulebook) -> None:
    case = read(path)
    with_files = book.with_uploads({case.region: case.files})
    (module,) = (one for one in all_rules() if one.rule.id == path.parent.name)
    found = [
        one
        for model in models(with_files, names=case.files, regions=[case.region])
        for one in module.run(model)
    ]
    for element, words in case.expected:
        assert any(one.element == element and words in one.sentence for one in found), told(found)
    assert len(found) == len(case.expected), told(found)
    assert bool(case.expected) == path.stem.startswith("invalid")


def told(found: list[Finding]) -> str:
    return "\n".join(f"{one.file} {one.element}: {one.sentence}" for one in found) or "(nothing found)"


def test_every_rule_has_valid_and_invalid_files() -> None:
    for module in all_rules():
        names = {path.stem.partition("_")[0] for path in CASES if path.parent.name == module.rule.id}
        assert names == {"valid", "invalid"}, module.rule.id


def test_the_files_in_force_pass_every_rule(book: Rulebook) -> None:
    """Warnings are for people to weigh."""
    errors = [one for one in inspect(book) if one.severity is Severity.ERROR]
    assert told(errors) == "(nothing found)"


def test_a_compile_error_is_told_once_by_the_rule_that_knows_it_best(book: Rulebook) -> None:
    files = read(FOLDER / "decision_exists" / "invalid.txt").files
    found = inspect(book.with_uploads({"000000": files}), names=files, regions=["000000"])
    assert [one.rule for one in found if one.element == "r"] == ["decision_exists"]


def test_the_pages_of_the_rules_are_as_the_rules_say() -> None:
    for name, text in pages():
        page = ROOT / "docs" / "rules" / name
        assert page.read_text(encoding="utf-8") == text, "run: xueji check --pages docs/rules"
