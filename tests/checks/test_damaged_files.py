"""Our own files, damaged at random: read or refused, checked without falling over, in bounded time."""

from __future__ import annotations

import contextlib
import os
import time
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service.checks.inspection import inspect
from service.checks.reading import read
from service.checks.rulebook import Rulebook
from service.errors import BadDefinition, XuejiError
from service.settings import ROOT

SECONDS = 10  # for one file, on a busy machine
FILES = sorted(
    path
    for folder in ("processes", "forms")
    for path in (ROOT / folder).glob("*.*")
    if path.suffix != ".yaml"
)

PIECES = [
    b'""',
    b'id="s"',
    b"<!-- -->",
    b"&amp;",
    b"\xff",
    b"\0",
    b"${",
    b"}",
    b"<bpmn:task/>",
    b"]]>",
    b"0",
    b"-",
    b"\n",
]


@st.composite
def mutated(draw: st.DrawFn) -> tuple[Path, bytes]:
    """One of our files with a few places cut, doubled, moved or overwritten."""
    path = draw(st.sampled_from(FILES))
    content = path.read_bytes()
    content = (
        content.split(b"<bpmndi:BPMNDiagram")[0] + b"</bpmn:definitions>"
        if path.suffix == ".bpmn"
        else content
    )
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(content)))
        end = min(len(content), start + draw(st.integers(0, 200)))
        piece = content[start:end]
        content = {
            "cut": content[:start] + content[end:],
            "double": content[:end] + piece + content[end:],
            "move": content[:start] + content[end:] + piece,
            "write": content[:start] + draw(st.sampled_from(PIECES)) + content[end:],
        }[draw(st.sampled_from(["cut", "double", "move", "write"]))]
    return path, content


WORDS = [
    b"id",
    b"sourceRef",
    b"targetRef",
    b"attachedToRef",
    b"default",
    b"calledElement",
    b"camunda:decisionRef",
]


@st.composite
def rewired(draw: st.DrawFn) -> tuple[Path, bytes]:
    """A diagram that is still XML: values of attributes exchanged, so that flows, edges and calls lead astray."""
    path = draw(st.sampled_from([one for one in FILES if one.suffix == ".bpmn"]))
    content = path.read_bytes().split(b"<bpmndi:BPMNDiagram")[0] + b"</bpmn:definitions>"
    for _ in range(draw(st.integers(1, 6))):
        parts = content.split(b'"')
        values = [
            place for place in range(1, len(parts), 2) if parts[place - 1].rpartition(b" ")[2][:-1] in WORDS
        ]
        if len(values) > 1:
            one, other = draw(st.sampled_from(values)), draw(st.sampled_from(values))
            parts[one] = parts[other]
            content = b'"'.join(parts)
    return path, content


def check(book: Rulebook, path: Path, content: bytes) -> None:
    """Whatever it is, it is read or refused; the rules find something or nothing, and never fall over."""
    began = time.monotonic()
    with contextlib.suppress(BadDefinition):
        read(path.name, content)
    with_it = book.with_uploads({"000000": {path.name: content}})
    with contextlib.suppress(XuejiError):
        inspect(with_it, names=[path.name], regions=["000000"])
    assert time.monotonic() - began < SECONDS


EXAMPLES = int(os.environ.get("XUEJI_FUZZ_SEEDS", "40"))
MANY = settings(
    max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True
)


@MANY
@given(mutated())
def test_mutated_files_are_read_or_refused(book: Rulebook, found: tuple[Path, bytes]) -> None:
    check(book, *found)


@MANY
@given(rewired())
def test_rewired_diagrams_are_checked(book: Rulebook, found: tuple[Path, bytes]) -> None:
    check(book, *found)
