"""Settings from the environment, and their page in docs/."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from service.settings import ROOT, VARIABLES, BadSetting, NotRunning, Settings, keep_secret


def test_without_any_variable_everything_has_a_default() -> None:
    settings = Settings.from_env({})
    assert (settings.port, settings.host, settings.demo) == (8000, "127.0.0.1", False)
    assert settings.database_url == settings.redis_url == ""
    assert (settings.processes_dir, settings.forms_dir) == (ROOT / "processes", ROOT / "forms")


def test_an_empty_variable_counts_as_not_set() -> None:
    assert Settings.from_env({"PORT": " ", "DATABASE_URL": ""}) == Settings.from_env({})


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_an_address_of_postgresql_is_told_as_sqlalchemy_reads_it(scheme: str) -> None:
    settings = Settings.from_env({"DATABASE_URL": f"{scheme}://u:p@db/x"})
    assert settings.database_url == "postgresql+psycopg://u:p@db/x"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "http"),
        ("PORT", "0"),
        ("PORT", "65536"),
        ("XUEJI_DEMO", "maybe"),
        ("DATABASE_URL", "sqlite:///x.db"),
        ("REDIS_URL", "localhost:6379"),
        ("XUEJI_UPLOAD_LIMIT", "-1"),
        ("WEB_CONCURRENCY", "0"),
        ("XUEJI_RATE_LIMIT", "x"),
        ("XUEJI_SITE_URL", "xueji.cn"),
    ],
)
def test_a_value_nobody_can_use_is_refused_with_the_variables_name(name: str, value: str) -> None:
    with pytest.raises(BadSetting, match=name):
        Settings.from_env({name: value})


def test_another_process_gets_the_same_settings_from_the_environment(tmp_path: Path) -> None:
    given = {"DATA_DIR": str(tmp_path), "PORT": "8123", "XUEJI_DEMO": "1", "REDIS_URL": "redis://r/1"}
    settings = Settings.from_env(given)
    assert Settings.from_env(settings.environment()) == settings


def test_the_secret_key_is_made_once_and_readable_by_its_owner_only(tmp_path: Path) -> None:
    settings = Settings.from_env({"DATA_DIR": str(tmp_path / "new")})
    assert settings.secret_key == settings.secret_key
    assert len(settings.secret_key) >= 32
    assert (tmp_path / "new" / "secret.key").stat().st_mode & 0o777 == 0o600
    assert Settings.from_env({"XUEJI_SECRET_KEY": "given"}).secret_key == "given"


def test_of_two_processes_that_make_a_secret_at_once_one_wins(tmp_path: Path) -> None:
    path = tmp_path / "secret"

    def slow() -> str:
        keep_secret(path, lambda: "the other's")
        return "ours"

    assert keep_secret(path, slow) == "the other's"
    assert [file.name for file in tmp_path.iterdir()] == ["secret"]


def test_a_command_that_needs_the_database_says_when_nothing_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    with pytest.raises(NotRunning, match="make run"):
        Settings.of_running()


def test_every_setting_is_read_from_a_variable_and_explained() -> None:
    assert set(VARIABLES) == {field.name for field in fields(Settings)}
    page = (ROOT / "docs" / "settings.md").read_text()
    explained = re.findall(r"^\| `([A-Z_]+)` \|", page, re.MULTILINE)
    assert explained == [name for name, _ in VARIABLES.values()]
