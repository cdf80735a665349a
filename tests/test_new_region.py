"""A region is added by files alone: a city that does not exist, over a copy of processes/, with no Python touched."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner
from flask import Flask

from service.casework.deployments import deploy_folder
from service.casework.installation import office
from service.casework.seeding import seed_demo
from service.checks.coverage import Coverage
from service.checks.findings import Severity
from service.checks.inspection import inspect
from service.checks.people import Cast
from service.checks.rulebook import Rulebook
from service.checks.runner import play
from service.checks.suite import gather, play_all
from service.checks.tracing import trace_clauses
from service.cli import cli
from service.settings import ROOT
from service.store.db import db
from service.supervisor.postgres import libpq_url
from tests.api.conftest import Clone, application, set_clock
from tests.desks import HttpDesk, Tokens

MADE_UP, CODE = Path(__file__).parent / "made_up_region", "460900"


@pytest.fixture(scope="module")
def processes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of processes/ and forms/ with the region's files in it."""
    folder = tmp_path_factory.mktemp("region")
    for name in ("processes", "forms"):
        shutil.copytree(ROOT / name, folder / name)
    shutil.copytree(MADE_UP, folder / "processes", dirs_exist_ok=True)
    return folder / "processes"


@pytest.fixture(scope="module")
def book(processes: Path) -> Rulebook:
    return Rulebook(processes, processes.parent / "forms")


def test_it_brings_no_code() -> None:
    assert {path.suffix for path in MADE_UP.rglob("*") if path.is_file()} == {
        ".yaml",
        ".bpmn",
        ".dmn",
        ".form",
    }


def test_its_files_pass_the_checks(book: Rulebook) -> None:
    found = inspect(book, regions={CODE})
    assert [str(one) for one in found if one.severity is Severity.ERROR] == []


def test_its_scenarios_go_as_told_and_walk_everything(book: Rulebook) -> None:
    coverage = Coverage(book)
    for played in play_all(book, gather(book, regions={CODE})):
        assert played.failure is None, f"\n{played.failure}"
        coverage.add(played.trail)
    report = coverage.report({CODE})
    assert {one.path.rpartition("/")[2] for one in report} == {
        "suspension.bpmn",
        "suspension_eligibility.dmn",
    }
    assert [(one.path, spot.id) for one in report for spot in one.missed] == []


def test_its_clauses_are_traced(book: Rulebook) -> None:
    played = play_all(book, gather(book, regions={CODE}))
    own = [one for one in trace_clauses(book, played) if one.clause.region == CODE]
    assert len(own) == 4
    assert [one.clause.id for one in own if one.state != "proven"] == []


def test_the_others_go_on_as_before(book: Rulebook) -> None:
    """Every scenario of the nation, whose flow the region replaces for itself alone."""
    failed = [str(one.failure) for one in play_all(book, gather(book, regions={"000000"})) if one.failure]
    assert failed == []


def test_what_stands_in_place_of_a_wider_file_is_written_down(processes: Path) -> None:
    files = sorted(map(str, (processes / "regions").glob(f"{CODE}-*/*.bpmn")))
    settings = {"XUEJI_PROCESSES": str(processes), "XUEJI_FORMS": str(processes.parent / "forms")}
    told = CliRunner().invoke(cli, ["check", "--reviewed", *files], env=settings)
    assert told.exit_code == 0, told.output
    assert "suspension.bpmn 已登记" in told.output


@pytest.fixture(scope="module")
def address(
    processes: Path, clone_database: Clone, template_database: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Flask, str]]:
    """An application that runs the copy, over a database of its own."""
    with clone_database(template_database) as url:
        folders = {"processes_dir": processes, "forms_dir": processes.parent / "forms"}
        app = application(url, tmp_path_factory.mktemp("installation"), **folders)
        set_clock(url, "2026-09-24 09:00+08")
        with app.app_context():
            seed_demo(office().shelf.rules)
            deploy_folder(office())
        yield app, url
        with app.app_context():
            db.engine.dispose()


def test_a_case_runs_through_the_api_and_the_database(book: Rulebook, address: tuple[Flask, str]) -> None:
    (scenario,) = gather(book, regions={CODE}, words="期满登记休学")
    set_clock(address[1], scenario.at.isoformat())
    with psycopg.connect(libpq_url(address[1]), autocommit=True) as tables:
        desk = HttpDesk(address[0], tables, scenario.at, Tokens())
        played = play(scenario, desk, Cast(book), book.calendar(CODE))
    assert played.failure is None, f"\n{played.failure}"
