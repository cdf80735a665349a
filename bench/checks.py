"""What an analyst waits for: the check of one diagram, and the gate before all of processes/ is deployed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from statistics import median
from time import perf_counter

from bench.report import Report
from service.checks.gate import judge_folder
from service.checks.rulebook import Rulebook
from service.checks.suite import gather, play_all
from service.settings import Settings

ROUNDS = 5


def run(report: Report) -> None:
    """The whole command with its start for one diagram; rules and scenarios of the folder as a deployment runs them."""
    settings = Settings.from_env()
    diagram = settings.processes_dir / "transfer.bpmn"
    one = median(_checked(diagram) for _ in range(ROUNDS))
    begun = perf_counter()
    judge_folder(Rulebook(settings.processes_dir, settings.forms_dir)).enforce()
    folder = perf_counter() - begun
    book = Rulebook(settings.processes_dir, settings.forms_dir)
    scenarios = gather(book)
    begun = perf_counter()
    failed = [played.failure for played in play_all(book, scenarios) if played.failure]
    played_in = perf_counter() - begun
    if failed:
        raise SystemExit(str(failed[0]))
    rows = [
        ("xueji check of one diagram", f"{one:.2f}"),
        ("rules and scenarios of all processes/", f"{folder:.1f}"),
        (f"{len(scenarios)} scenarios alone", f"{played_in:.1f}"),
    ]
    report.table("checks", ("", "seconds"), rows)
    report.bar("xueji check of one diagram, with its start", one, 1, "s", most=True)
    report.bar("gate before all of processes/ is deployed", folder, 20, "s", most=True)
    report.bar("scenarios on the engine", played_in, 60, "s", most=True)


def _checked(diagram: Path) -> float:
    command = [str(Path(sys.executable).with_name("xueji")), "check", str(diagram)]
    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    begun = perf_counter()
    subprocess.run(command, check=True, capture_output=True, env=env)
    return perf_counter() - begun
