"""Each part of an installation is killed once amid completions: nothing lost, nothing twice, nothing stuck."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def test_a_killed_part_costs_nothing_but_time() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bench.chaos", "56"],
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
        cwd=Path(__file__).parents[1],
    )
    assert done.returncode == 0, done.stdout + done.stderr
    for victim in ("web", "worker", "valkey", "postgres"):
        assert f"killed {victim}" in done.stdout
    assert ", 0 cut off" not in done.stdout, "no reviewer was at work when the parts were killed"
