"""A terms file is read strictly."""

from __future__ import annotations

from pathlib import Path

import pytest

from service.errors import BadDefinition
from service.policy.terms import Terms
from tests.policy.places import PROCESSES, write

FIRST = "  - { school_year: 2026, number: 1, start: 2026-09-01, end: 2027-01-22 }\n"
SECOND = "  - { school_year: 2026, number: 2, start: 2027-02-22, end: 2027-07-02 }\n"


def load(root: Path, rows: str) -> Terms:
    return Terms.load(write(root, {"terms.yaml": f"terms:\n{rows}"}) / "terms.yaml", "terms.yaml")


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (SECOND + FIRST, "没有按时间先后接续"),
        (FIRST + SECOND.replace("2027-02-22", "2027-01-22"), "没有按时间先后接续"),
        (FIRST + SECOND.replace("number: 2", "number: 3"), "没有按时间先后接续"),
        (FIRST + SECOND.replace("school_year: 2026", "school_year: 2028"), "没有按时间先后接续"),
        (FIRST.replace("2027-01-22", "2026-08-22"), "结束日须晚于开始日"),
        (FIRST.replace("number", "nummer"), "缺少“number”"),
    ],
)
def test_terms_that_do_not_follow_each_other_are_refused(tmp_path: Path, rows: str, words: str) -> None:
    with pytest.raises(BadDefinition, match=words):
        load(tmp_path, rows)


@pytest.mark.parametrize("path", sorted(PROCESSES.rglob("terms.yaml")), ids=lambda path: path.parent.name)
def test_every_region_knows_three_school_years(path: Path) -> None:
    terms = Terms.load(path, path.name).all
    assert [(term.school_year, term.number) for term in terms] == [
        (year, number) for year in (2025, 2026, 2027) for number in (1, 2)
    ]
