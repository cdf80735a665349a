"""A journal's export that is damaged: told by file, line and cure, never a trace."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest

from service.casework import exports, journal
from service.errors import BadRequest
from service.registry.chain import Chain, sign
from tests.casework.test_journal import SECRET, entries


def export() -> list[bytes]:
    chain = Chain()
    links = [{**chain.add(entry), "content": entry} for entry in entries(1, 2, 3)]
    head = {"seq": 3, "hash": chain.last, "signature": sign(SECRET, 3, chain.last)}
    return [orjson.dumps(line) for line in ({"heads": [head]}, *links)]


def changed(line: bytes, **more: Any) -> bytes:
    return orjson.dumps({**orjson.loads(line), **more})


def without(line: bytes, name: str) -> bytes:
    return orjson.dumps({key: value for key, value in orjson.loads(line).items() if key != name})


def written(folder: Path, lines: list[bytes]) -> Path:
    file = folder / "journal.jsonl"
    file.write_bytes(b"\n".join(lines))
    return file


def test_a_whole_export_is_read(tmp_path: Path) -> None:
    assert journal.verify_export(exports.lines(written(tmp_path, export())), SECRET) == (3, [])


HEADS, FIRST, SECOND, THIRD = export()
DAMAGED = {
    "empty": (1, []),
    "no json": (3, [HEADS, FIRST, b"{not", THIRD]),
    "cut off": (4, [HEADS, FIRST, SECOND, THIRD[:40]]),
    "binary": (1, [b"\x00\xff\xfe"]),
    "an empty line": (3, [HEADS, FIRST, b"", THIRD]),
    "without heads": (1, [FIRST, SECOND]),
    "heads of another kind": (1, [orjson.dumps({"heads": {"3": "x"}}), FIRST]),
    "a head without signature": (1, [orjson.dumps({"heads": [{"seq": 3, "hash": "0" * 64}]}), FIRST]),
    "a list": (2, [HEADS, b"[]"]),
    "a number": (2, [HEADS, b"7"]),
    "seq as text": (2, [HEADS, changed(FIRST, seq="1")]),
    "seq as truth": (2, [HEADS, changed(FIRST, seq=True)]),
    "a hash that is none": (3, [HEADS, FIRST, changed(SECOND, hash="zz")]),
    "a case's hash that is none": (2, [HEADS, changed(FIRST, case_hash=5)]),
    "content of another kind": (2, [HEADS, changed(FIRST, content=[1])]),
    "content cut short": (2, [HEADS, changed(FIRST, content={"id": 1})]),
    "a student that is a list": (2, [HEADS, changed(FIRST, content={**entries(1)[0], "student": ["x"]})]),
    **{f"without {name}": (2, [HEADS, without(FIRST, name)]) for name in orjson.loads(FIRST)},
}


@pytest.mark.parametrize(("line", "lines"), DAMAGED.values(), ids=DAMAGED.keys())
def test_damage_is_told_by_file_line_and_cure(tmp_path: Path, line: int, lines: list[bytes]) -> None:
    file = written(tmp_path, lines)
    with pytest.raises(BadRequest) as told:
        journal.verify_export(exports.lines(file), SECRET)
    assert str(told.value).startswith(f"{file}:{line}：")
    assert "xueji journal export" in str(told.value)
