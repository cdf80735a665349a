"""Yearly calendar files, and the command that makes them."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path

import pytest

from service.errors import BadDefinition
from service.policy.calendar_source import generate
from service.policy.workdays import WorkingDays
from tests.policy.places import PROCESSES, write

GOOD = (PROCESSES / "calendar/2026.yaml").read_text()


def load(root: Path, *texts: str) -> WorkingDays:
    return WorkingDays.load(write(root, {f"{text.split('year: ')[1][:4]}.yaml": text for text in texts}))


def test_the_generator_makes_what_the_folder_holds() -> None:
    for path in sorted((PROCESSES / "calendar").glob("*.yaml")):
        if f"source: holidays {version('holidays')}\n" in path.read_text():
            assert path.read_text() == generate(int(path.stem))


def test_a_generated_year_can_be_read_back(tmp_path: Path) -> None:
    calendar = load(tmp_path, generate(2026), generate(2027))
    assert (calendar.provisional(2026), calendar.provisional(2027)) == (False, True)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("2026-01-01: 元旦", "2025-01-01: 元旦", "不在 2026 年内"),
        ("2026-01-01: 元旦", "一月一日: 元旦", "不是日期"),
        ("  - 2026-01-04", "  - 2026-01-05", "补班日须是周末"),
        ("provisional: false", "provisional: maybe", "应当是true 或 false"),
        ("make_up_days", "makeup_days", "缺少“make_up_days”"),
    ],
)
def test_a_wrong_yearly_file_is_refused(tmp_path: Path, old: str, new: str, words: str) -> None:
    with pytest.raises(BadDefinition, match=words):
        load(tmp_path, GOOD.replace(old, new))


def test_a_file_under_another_years_name_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadDefinition, match=r"文件应名为 2026\.yaml"):
        WorkingDays.load(write(tmp_path, {"2027.yaml": GOOD}))


def test_a_gap_between_the_years_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadDefinition, match="没有 2027 年的工作日历"):
        load(tmp_path, GOOD, generate(2028))
