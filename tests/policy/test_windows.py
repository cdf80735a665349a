"""A windows file is read strictly."""

from __future__ import annotations

from pathlib import Path

import pytest

from service.errors import BadDefinition
from service.policy.windows import Window, load_windows
from tests.policy.places import write


def load(root: Path, body: str) -> Window:
    path = write(root, {"windows.yaml": f"windows:\n  w:\n    label: 窗口\n{body}"}) / "windows.yaml"
    return load_windows(path, "windows.yaml")["w"]


def test_edges_are_read_with_sign_number_and_unit(tmp_path: Path) -> None:
    span_text = "{ from: holiday_start - 10 working_days, to: term_end }"
    (span,) = load(tmp_path, f"    clauses: [A2020-1]\n    open:\n      - {span_text}\n").around
    assert (span.first.anchor, span.first.sign, str(span.first.limit)) == ("holiday_start", -1, "10个工作日")
    assert (span.last.anchor, span.last.limit.n) == ("term_end", 0)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("    clauses: [A2020-1]\n", "须写 open 或 closed 之一"),
        ("    clauses: [A2020-1]\n    open: []\n", "没有期间或没有条款"),
        ("    clauses: []\n    open: [{ from: 01-01, to: 02-01 }]\n", "没有期间或没有条款"),
        ("    clauses: [A2020-1]\n    open: [{ from: 02-29, to: 03-01 }]\n", "不是每年都有 2 月 29 日"),
        ("    clauses: [A2020-1]\n    open: [{ from: 03-01, to: term_start }]\n", "同一种写法|同为月日"),
        ("    clauses: [A2020-1]\n    open: [{ from: term_begin, to: term_end }]\n", "看不懂“term_begin”"),
        ("    clauses: [A2020-1]\n    open: [{ from: term_start + 1, to: term_end }]\n", "看不懂"),
        ("    clauses: [A2020-1]\n    open: [{ from: 01-01, to: 02-01, or: 1 }]\n", "不认识的键“or”"),
    ],
)
def test_a_window_that_cannot_be_meant_is_refused(tmp_path: Path, body: str, words: str) -> None:
    with pytest.raises(BadDefinition, match=words) as caught:
        load(tmp_path, body)
    assert caught.value.problem.line > 0
