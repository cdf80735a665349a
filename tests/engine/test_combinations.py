"""The short combinations of combinations.txt: each line of steps leads to the tasks (or the end) it names.

A step is ``start``, ``do task``, ``message``, ``signal``, ``set`` or ``wait days``, with values as ``name=true``; saved
and loaded after every one. ``---`` begins a called process.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.engine.world import Run, World

BLOCKS = (Path(__file__).parent / "combinations.txt").read_text(encoding="utf-8").split("## ")[1:]


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.partition("\n")[0])
def test_what_is_drawn_together_does_what_it_says(block: str) -> None:
    _, steps, text = block.split("\n", 2)
    walked, _, shown = steps.removeprefix("> ").partition(" => ")
    todo = [step.split() for step in walked.split(";")]
    begin = _values(todo.pop(0)[1:]) if todo[0][0] == "start" else {}
    run = World(*text.split("\n---\n")).start(**begin)
    for verb, *words in todo:
        _step(run, verb, words)
    seen = f"end {run.end}" if run.completed else ",".join(sorted(run.tasks))
    assert seen == shown


def _step(run: Run, verb: str, words: list[str]) -> None:
    if verb == "do":
        run.do(words[0], **_values(words[1:]))
    elif verb == "wait":
        run.wait(days=int(words[0]))
    elif verb == "set":
        run.set(**_values(words))
    else:
        assert {"message": run.message, "signal": run.signal}[verb](words[0])


def _values(words: list[str]) -> dict[str, Any]:
    return {name: _value(text) for name, _, text in (word.partition("=") for word in words)}


def _value(text: str) -> object:
    if text.startswith("["):
        return text.strip("[]").split(",")
    return {"true": True, "false": False}.get(text, text)
