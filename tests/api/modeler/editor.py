"""Camunda Modeler's editors in a browser without a window: one session for many drawings."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from service.drawing import CannotDraw
from service.drawing.chromium import Chromium
from service.drawing.pages import MODULES

HERE = Path(__file__).parent
SCRIPTS = (
    "camunda-bpmn-js/dist/camunda-platform-modeler.production.min.js",
    "camunda-dmn-js/dist/camunda-platform-modeler.production.min.js",
    "@bpmn-io/form-js/dist/form-editor.umd.js",
)
STYLES = ("camunda-bpmn-js/dist/assets/camunda-platform-modeler.css",)
HANDS = {"bpmn": "Draughtsman", "dmn": "Tabler", "form": "Former"}  # who draws what, in the page


def drawn(drawings: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """The files the editors save, by name; its suffix says which editor. Skips where they are not installed.

    Raises:
        AssertionError: The editor has no such entry or field, or its scripts failed; tells which and what it has.
    """
    command = _command()
    jobs = [{**one, "hand": HANDS[str(one["name"]).rpartition(".")[2]]} for one in drawings]
    wanted = json.dumps({"scripts": SCRIPTS, "styles": STYLES, "drawings": jobs})
    done = subprocess.run(command, input=wanted, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    answer = json.loads(done.stdout)
    failed = [f"{one['name']}: {one['error']}" for one in answer["files"] if "error" in one]
    assert not failed, "\n".join(failed)
    assert not answer["faults"], answer["faults"]
    return {one["name"]: one["text"] for one in answer["files"]}


def _command() -> list[str]:
    for script in (*SCRIPTS, "playwright-core/package.json"):
        if not (MODULES / script).is_file():
            pytest.skip(f"node_modules/{script} is absent: make tools")
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is absent: apt-get install nodejs npm")
    try:
        program = Chromium.find().program
    except CannotDraw as absent:
        pytest.skip(str(absent))
    return [node, str(HERE / "editor.mjs"), str(MODULES), program, "root" if os.geteuid() == 0 else ""]
