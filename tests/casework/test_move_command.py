"""xueji move: every open case of another version in a table, looked at and then moved."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from service.cli import cli
from service.errors import BadRequest, Conflict
from tests.casework.trial import Trial


def run(*arguments: str) -> str:
    result = CliRunner().invoke(cli, ["move", *arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


@pytest.fixture
def numbers(clone_database: Any, trial: Trial, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """Case numbers of a trial that the commands work on."""
    with clone_database(trial.template) as url:
        monkeypatch.setenv("DATABASE_URL", url)
        monkeypatch.setenv("DATA_DIR", str(tmp_path))
        monkeypatch.setenv("COLUMNS", "160")
        yield [case.case_number for case in trial.cases]


def test_cases_are_looked_at_and_then_moved(numbers: list[str]) -> None:
    looked = run("trial", "--dry-run")
    assert all(number in looked for number in numbers)
    assert "可以移动 2 件" in looked
    assert "已移动 2 件" in run("trial")
    assert "没有其他版本的在办件" in run("trial")


def test_a_mapping_that_is_none_and_a_procedure_that_is_none(numbers: list[str]) -> None:
    assert numbers
    with pytest.raises(BadRequest, match="不是 旧=新"):
        run("trial", "--map", "check")
    with pytest.raises(Conflict, match="没有现行的业务“trail”"):
        run("trail")
