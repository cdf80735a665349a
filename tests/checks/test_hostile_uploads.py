"""Uploads meant to hang, crash or change the server: refused in bounded time, and nothing else happens."""

from __future__ import annotations

import gzip
import signal
import time
from collections.abc import Iterator

import pytest

from service.checks import quarantine
from service.checks.inspection import inspect
from service.checks.quarantine import screen
from service.checks.rulebook import Rulebook
from service.errors import BadDefinition, TooLarge
from service.policy.forms import parse_form
from service.settings import ROOT
from tests.engine.sketch import sketch
from tests.engine.tables import file_of, literal, table

SECONDS = 10  # for a refusal, on a busy machine; a hang is what must not be
HEAD = b'<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL">'
FILES = sorted(
    path
    for folder in ("processes", "forms")
    for path in (ROOT / folder).glob("*.*")
    if path.suffix != ".yaml"
)


@pytest.fixture(autouse=True)
def in_time() -> Iterator[None]:
    began = time.monotonic()
    yield
    assert time.monotonic() - began < SECONDS


@pytest.fixture(scope="module", autouse=True)
def no_reader_left() -> Iterator[None]:
    screen({"p.bpmn": sketch("start s\nend e\ns -> e")})  # loading is not what is measured
    yield
    quarantine.dismiss()


def chain(length: int) -> bytes:
    names = [f"t{number}" for number in range(length)]
    return sketch("\n".join(["start s", *(f"task {name}" for name in names), "s -> " + " -> ".join(names)]))


def nested(depth: int) -> bytes:
    return sketch("\n".join([*(f"sub s{number}" for number in range(depth)), "user a", *["close"] * depth]))


def fan(width: int, split: str = "and") -> bytes:
    """So many branches beside each other, which meet again: their states are two to that power."""
    names = [f"u{number}" for number in range(width)]
    condition = " : ${x}" if split == "or" else ""
    lines = [
        "start s",
        f"{split} f default=d",
        f"{split} j",
        "user last",
        "end e",
        "s -> f",
        "j -> last -> e",
    ]
    lines += [f"user {name}" for name in names]
    lines += [f"f -> {name}{condition}" for name in names] + [f"{name} -> j" for name in names]
    return sketch("\n".join([*lines, "f -> j as d"]))


def knot(width: int) -> bytes:
    names = [f"g{number}" for number in range(width)]
    lines = ["start s", "user u", "s -> g0", *(f"xor {name} default=d_{name}" for name in names)]
    lines += [f"{one} -> {other} : ${{x}}" for one in names for other in names if one != other]
    return sketch("\n".join([*lines, *(f"{name} -> u as d_{name}" for name in names)]))


BOMB = b"""<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "aaaaaaaaaa">%s]>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL">&z9;</bpmn:definitions>""" % b"".join(
    b'<!ENTITY z%d "%s">' % (number, (b"&z%d;" % (number - 1) if number else b"&a;") * 10)
    for number in range(10)
)
OUTSIDE = b'<!DOCTYPE d SYSTEM "file:///etc/passwd"><bpmn:definitions xmlns:bpmn="x"/>'
WRONG = {
    "an entity bomb": BOMB,
    "a file from outside": OUTSIDE,
    "nothing": b"",
    "noise": bytes(range(256)) * 40,
    "zeros": b"\0" * 5_000,
    "zeros inside": HEAD + b"\0</bpmn:definitions>",
    "another encoding than it says": '<?xml version="1.0" encoding="UTF-8"?><流程/>'.encode("gb18030"),
    "an unknown encoding": b'<?xml version="1.0" encoding="KLINGON-8"?><a/>',
    "two bytes a letter": HEAD.decode().encode("utf-16"),
    "a hundred thousand levels": HEAD + b"<bpmn:process>" * 100_000,
    "an attribute of a megabyte": HEAD + b'<bpmn:process id="%s"/></bpmn:definitions>' % (b"a" * 1_000_000),
    "attributes whose names hide the end of a tag": HEAD
    + b"<bpmn:process %s/></bpmn:definitions>" % b" ".join(b'a%d=">"' % number for number in range(20_000)),
    "seven bits a letter": b'<?xml version="1.0" encoding="UTF-7"?>+ADw-bpmn:definitions/+AD4-',
    "four bytes a letter": HEAD.decode().encode("utf-32"),
    "two bytes a letter and no mark": HEAD.decode().encode("utf-16-be"),
    "an archive": b"PK\x03\x04" + b"\0" * 100_000,
    "a packed bomb": gzip.compress(b"0" * 20_000_000),
    "a control character by number": HEAD + b'<bpmn:process id="p" name="a&#1;b"/></bpmn:definitions>',
    "half a letter": HEAD + b'<bpmn:process id="p" name="&#xd800;"/></bpmn:definitions>',
    "instructions without end": HEAD + b"<?a b?>" * 200_000,
    "a name space for each": HEAD[:-1]
    + b" ".join(b' xmlns:n%d="urn:%d"' % (number, number) for number in range(50_000))
    + b"></bpmn:definitions>",
    "a name space a level": HEAD
    + b"".join(b'<n%d:a xmlns:n%d="urn:%d">' % (number, number, number) for number in range(3_000)),
    "a hundred thousand attributes": HEAD
    + b"<bpmn:process %s/></bpmn:definitions>" % b" ".join(b'a%d="x"' % number for number in range(100_000)),
}


@pytest.mark.parametrize("content", WRONG.values(), ids=WRONG.keys())
def test_what_is_no_diagram_is_told_as_such(book: Rulebook, content: bytes) -> None:
    for name in ("p.bpmn", "p.dmn", "p.form"):
        try:
            screen({name: content})
        except BadDefinition:
            continue
        found = inspect(book.with_uploads({"000000": {name: content}}), names=[name], regions=["000000"])
        assert any(one.rule in ("compiles", "process_named") for one in found), (name, found)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("p.bpmn", chain(2_000)),
        ("p.bpmn", nested(40)),
        ("p.bpmn", nested(200)),
        ("p.bpmn", fan(3_000)),
        ("p.bpmn", knot(40)),
    ],
    ids=["a long chain", "deep", "deeper", "thousands of branches", "each leads to each"],
)
def test_what_is_too_large_to_check_is_refused(name: str, content: bytes) -> None:
    with pytest.raises(BadDefinition):
        screen({name: content})


@pytest.mark.parametrize("content", [b"[" * 100_000, b'{"id":' * 50_000, b'{"id": ' + b"9" * 100_000 + b"}"])
def test_deep_or_large_json_is_no_form(content: bytes) -> None:
    try:
        screen({"p.form": content})
    except BadDefinition:
        return
    with pytest.raises(BadDefinition):
        parse_form(content, "p.form")


def test_a_large_upload_is_refused_before_it_is_read() -> None:
    began = time.monotonic()
    with pytest.raises(TooLarge):
        screen({"p.bpmn": b"x" * (50 << 20)})
    with pytest.raises(TooLarge):
        screen({f"p{number}.bpmn": b"x" * (2 << 20) for number in range(25)})
    with pytest.raises(TooLarge):
        screen(
            {"p.bpmn": HEAD + b"<bpmn:process %s/>" % b" ".join(b'a%d="x"' % one for one in range(1_000_000))}
        )
    assert time.monotonic() - began < 2


@pytest.mark.parametrize("expression", ["9**9**9", "'a' * 999999999", "((((" * 2_000, "x and " * 900 + "x"])
def test_an_expression_that_would_grow_is_refused_or_bounded(book: Rulebook, expression: str) -> None:
    text = f"start s\nxor g default=d\nend a\nend b\ns -> g\ng -> a as c : ${{{expression}}}\ng -> b as d"
    files = {"p.bpmn": sketch(text)}
    screen(files)
    inspect(book.with_uploads({"000000": files}), names=files, regions=["000000"])


@pytest.mark.parametrize("split", ["and", "or"])
def test_branches_whose_states_explode_are_looked_at_within_bounds(book: Rulebook, split: str) -> None:
    files = {"p.bpmn": fan(120, split)}
    screen(files)
    found = inspect(book.with_uploads({"000000": files}), names=files, regions=["000000"])
    assert {"level_small", "user_task_complete"} <= {one.rule for one in found}


DEEP = {
    "brackets": "(" * 10_000 + "1" + ")" * 10_000,
    "expressions in expressions": "${" * 10_000 + "}" * 10_000,
    "lists": "[" * 10_000 + "]" * 10_000,
    "negations": "not " * 10_000 + "x",
    "signs": "-" * 10_000 + "1",
    "parts of parts": "x" + ".a" * 10_000,
    "calls": "f(" * 5_000 + ")" * 5_000,
    "choices": "1 if x else " * 5_000 + "2",
    "a sum": "x" + "+x" * 20_000,
    "a long number": "9" * 200_000,
    "a long name": "x" * 200_000,
    "a long text": "'" + "a" * 1_000_000 + "'",
}


@pytest.mark.parametrize("text", DEEP.values(), ids=DEEP.keys())
def test_an_expression_of_any_depth_is_told_at_its_place(book: Rulebook, text: str) -> None:
    drawn = f"start s\nxor g default=d\nend a\nend b\ns -> g\ng -> a as c : ${{{text}}}\ng -> b as d"
    files = {"p.bpmn": sketch(drawn)}
    screen(files)
    found = inspect(book.with_uploads({"000000": files}), names=files, regions=["000000"])
    assert [one.rule for one in found if one.element == "c"][:1] == ["compiles"]


CELLS = {
    "brackets": "(" * 5_000 + "1" + ")" * 5_000,
    "negations": "not(" * 5_000 + "1" + ")" * 5_000,
    "a long list": ",".join(["1"] * 100_000),
    "a long range": "[" + "9" * 100_000 + "..1]",
    "functions": "date(" * 3_000 + '"2026-01-01"' + ")" * 3_000,
    "a far year": 'date("' + "9" * 10_000 + '-01-01")',
    "a long while": 'duration("P' + "9" * 5_000 + 'Y")',
    "no end": '"' + "a" * 100_000,
}


@pytest.mark.parametrize("cell", CELLS.values(), ids=CELLS.keys())
def test_a_cell_of_a_table_of_any_depth_is_refused(book: Rulebook, cell: str) -> None:
    for content in (
        file_of(table("p", [("x", "number")], [("out", "string")], [([cell], ['"a"'])])),
        file_of(literal("p", cell)),
    ):
        screen({"p.dmn": content})
        found = inspect(
            book.with_uploads({"000000": {"p.dmn": content}}), names=["p.dmn"], regions=["000000"]
        )
        assert "compiles" in {one.rule for one in found}


def test_a_reader_that_hangs_is_ended_and_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    good = {"p.bpmn": sketch("start s\nend e\ns -> e")}
    screen(good)
    child = quarantine._worker.child
    assert child is not None
    monkeypatch.setattr(quarantine, "SECONDS", 0.3)
    child.send_signal(signal.SIGSTOP)
    with pytest.raises(BadDefinition, match="限定的时间"):
        screen(good)
    assert child.poll() is not None
    monkeypatch.undo()
    screen(good)


def test_a_reader_that_dies_is_replaced() -> None:
    good = {"p.bpmn": sketch("start s\nend e\ns -> e")}
    screen(good)
    child = quarantine._worker.child
    assert child is not None
    child.kill()
    child.wait()
    screen(good)


def test_files_in_force_are_read() -> None:
    screen({path.name: path.read_bytes() for path in FILES})
