"""The commands an analyst types: check, scenarios, clauses, explain, deploy."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from service.casework.deployments import Parcel, deploy_upload
from service.casework.installation import office
from service.cli import cli
from service.errors import NotFound
from service.settings import ROOT
from service.store.db import db
from tests.api.conftest import Clone, application, world_template
from tests.engine.sketch import sketch

__all__ = ["world_template"]


def run(*arguments: str, fails: bool = False) -> str:
    result = CliRunner().invoke(cli, arguments, catch_exceptions=False)
    assert (result.exit_code != 0) is fails, result.output
    return result.output


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """processes/ and forms/ of our own, to break."""
    for name in ("processes", "forms"):
        shutil.copytree(ROOT / name, tmp_path / name)
        monkeypatch.setenv(f"XUEJI_{name.upper()}", str(tmp_path / name))
    return tmp_path / "processes"


def test_check_tells_file_line_element_and_cure(copy: Path) -> None:
    broken = copy / "unit_review.bpmn"
    text = broken.read_text(encoding="utf-8")
    broken.write_text(text.replace('formRef="unit_review"', 'formRef="unit_rewiev"'), encoding="utf-8")
    output = run("check", str(broken), fails=True)
    assert "错误 processes/unit_review.bpmn:" in output
    assert ":review" in output
    assert "没有表单 unit_rewiev" in output
    assert "怎么办：" in output


def test_check_takes_files_from_elsewhere_as_if_they_were_deployed(tmp_path: Path) -> None:
    drafts = tmp_path / "drafts"
    drafts.mkdir()
    (drafts / "notes.txt").write_text("不是流程图", encoding="utf-8")
    assert "没有 .bpmn" in run("check", str(drafts), fails=True)
    drawn = sketch("start s\nuser a name=核办\nend e\ns -> a -> e", "draft", "草稿")
    (drafts / "draft.bpmn").write_bytes(drawn)
    output = run("check", str(drafts), fails=True)
    assert "错误 draft.bpmn:2:a" in output
    assert "候选组" in output
    assert "processes/" not in output


def test_check_lists_its_rules() -> None:
    assert "user_task_complete" in run("check", "--rules")


def test_scenarios_tell_the_step_that_goes_otherwise(copy: Path) -> None:
    broken = copy / "transfer.bpmn"
    text = broken.read_text(encoding="utf-8")
    broken.write_text(text.replace("${days(90)}", "${days(120)}"), encoding="utf-8")
    output = run("scenarios", "-k", "九十日后清理", str(copy / "transfer.scenarios.yaml"), fails=True)
    assert "✗ processes/transfer.scenarios.yaml:" in output
    assert "应当：" in output
    assert "待办：" in output


def test_scenarios_of_some_words_only() -> None:
    assert "走对 " in run("scenarios", "-k", "受处分")


def test_explain_tells_the_walk_and_every_file() -> None:
    output = run("explain", "transfer", "--region", "410702", "--on", "2026-09-03")
    assert "新乡市（410700）：采用 processes/regions/410700-xinxiang/transfer.bpmn" in output.replace(
        "\n", ""
    )
    assert "unit_review.form" in output
    assert "tenantId 410700" in output
    senior = run("explain", "transfer", "-r", "410702", "--on", "2026-09-03", "--stage", "senior")
    assert "本地规定不适用于高中" in senior
    assert "tenantId 无" in senior


def test_explain_of_an_unknown_procedure_names_a_near_one() -> None:
    with pytest.raises(NotFound, match="是不是 transfer？"):
        run("explain", "transfr", "-r", "410702")


def test_clauses_tell_where_each_lives_and_what_proves_it() -> None:
    output = run("clauses", "-p", "transfer", "-r", "410700")
    assert "XX2018-24-h 已证明" in output
    assert "合计" in output


def test_deploy_brings_the_folder_into_force(
    clone_database: Clone, world_template: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with clone_database(world_template) as url:
        monkeypatch.setenv("DATABASE_URL", url)
        monkeypatch.setenv("DATA_DIR", str(tmp_path))
        assert "没有变化" in run("deploy")
        changed = (
            (ROOT / "processes" / "close_case.bpmn").read_bytes().replace("已收尾".encode(), "收尾".encode())
        )
        with application(url, tmp_path).app_context():
            deploy_upload(office(), Parcel(name="试一试", files={"close_case.bpmn": changed}))
            db.engine.dispose()
        assert "没有变化" in run("deploy")
        assert "（close_case）" in run("deploy", "--replace-uploads")
        assert "没有变化" in run("deploy", "--replace-uploads")
