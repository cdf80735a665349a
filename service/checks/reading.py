"""Reads one uploaded file as far as its size and shape go: run where it may take its time or die of it.

A file that is merely wrong passes: the checks tell of that. Refused is what nobody could check or run in
bounded time.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from service.engine.decisions import parse_dmn
from service.engine.dialect import read_diagram
from service.engine.model import Scope
from service.errors import BadDefinition
from service.policy.forms import parse_form
from service.policy.references import references

MOST_NODES = 400  # of a diagram; twenty levels as large as they should be
MOST_DEEP = 12  # subprocesses in subprocesses
MOST_ROWS = 5_000  # of the tables of a file
MOST_FIELDS = 500  # of a form
# A tag of this length holds more attributes than anybody wrote; reading them takes the square of their number.
LONGEST_TAG = re.compile(rb"<[^<>]{100000}")


def read(name: str, content: bytes) -> None:
    """Read a file of a known kind. Raises BadDefinition when it is too large to be checked."""
    reader = _READERS.get(name.rpartition(".")[2])
    if reader is None:
        return
    if LONGEST_TAG.search(content):
        raise BadDefinition("有一个标签过长", file=name, cure="请用建模工具重新导出该文件")
    try:
        sizes = list(reader(name, content))
    except BadDefinition:
        return  # wrong, but read: the checks say what is wrong
    for what, size, most in sizes:
        if size > most:
            cure = "拆成几个流程，用调用活动连起来；表单和决策表也拆小"
            raise BadDefinition(f"{what}有 {size} 个，超过 {most} 个", file=name, cure=cure)


def _diagram(name: str, content: bytes) -> Iterator[tuple[str, int, int]]:
    references(content, name)
    diagram = read_diagram(content, name)
    scopes = [scope for process in diagram.processes for scope in _scopes(process.scope)]
    yield "元素", sum(len(scope.nodes) + len(scope.flows) for scope in scopes) // 2, MOST_NODES
    yield "嵌套的子流程", max(_depth(process.scope) for process in diagram.processes), MOST_DEEP


def _scopes(scope: Scope) -> Iterator[Scope]:
    yield scope
    yield from (node.body for _, node in scope.walk() if node.body is not None)


def _depth(scope: Scope) -> int:
    return 1 + max((_depth(node.body) for node in scope.nodes.values() if node.body), default=0)


def _tables(name: str, content: bytes) -> Iterator[tuple[str, int, int]]:
    references(content, name)
    decisions = parse_dmn(content, name).values()
    yield "决策表的行", sum(len(one.rules) for one in decisions), MOST_ROWS


def _form(name: str, content: bytes) -> Iterator[tuple[str, int, int]]:
    yield "表单的字段", len(parse_form(content, name).fields), MOST_FIELDS


_READERS: Mapping[str, Callable[[str, bytes], Iterator[tuple[str, int, int]]]] = {
    "bpmn": _diagram,
    "dmn": _tables,
    "form": _form,
}
