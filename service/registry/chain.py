"""The journal's chain: what is hashed, and how one finds a change, a gap or another order. Pure; knows no database.

Every entry is chained to the one sealed before it, to the one before it in its case, and to the one before it of its
student. Heads of the whole chain are signed from time to time with a key the database does not hold.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

START = "0" * 64
FIELDS = (
    "id",
    "at",
    "recorded_at",
    "case_number",
    "instance",
    "student",
    "actor",
    "verb",
    "element",
    "detail",
    "clauses",
)
_KEY_PURPOSE = b"xueji journal head"


@dataclass
class Chain:
    """Where the chain stands: the last hash, and the last of each case and student met."""

    seq: int = 0
    last: str = START
    cases: dict[str, str] = field(default_factory=dict)
    students: dict[str, str] = field(default_factory=dict)

    def add(self, entry: Mapping[str, Any]) -> dict[str, Any]:
        """The link of the next entry."""
        content = canonical(entry)
        self.seq += 1
        self.last = _hash(self.last, content)
        case, student = entry["case_number"], entry["student"]
        if case:
            self.cases[case] = _hash(self.cases.get(case, START), content)
        if student:
            self.students[student] = _hash(self.students.get(student, START), content)
        return {
            "seq": self.seq,
            "entry": entry["id"],
            "hash": self.last,
            "case_hash": self.cases.get(case) if case else None,
            "student_hash": self.students.get(student) if student else None,
        }


def canonical(entry: Mapping[str, Any]) -> bytes:
    """An entry as bytes, the same on every machine; instants are told in UTC."""
    return orjson.dumps({name: entry[name] for name in FIELDS}, option=orjson.OPT_SORT_KEYS)


def sign(secret: str, seq: int, last: str) -> str:
    """The signature of a head."""
    key = hmac.digest(secret.encode(), _KEY_PURPOSE, "sha256")
    return hmac.new(key, f"{seq}:{last}".encode(), hashlib.sha256).hexdigest()


def verify(
    lines: Iterable[Mapping[str, Any]], heads: Mapping[int, Mapping[str, Any]], secret: str
) -> Iterator[str]:
    """What is wrong, as sentences. ``lines`` are links in order of ``seq``, with their ``content`` (None if gone)."""
    chain, last = Chain(), None
    for line in lines:
        yield from _check_line(chain, line)
        last, head = line, heads.get(line["seq"])
        if head is not None and not signed(head, line["hash"], secret):
            yield f"第 {line['seq']} 环的签名不符：此环或此前的记录被改动过"
    missing = sorted(seq for seq in heads if seq > chain.seq)
    if missing:
        yield f"链条在第 {chain.seq} 环断尾：签名表明曾有第 {missing[-1]} 环"
    # Whoever makes the whole chain anew takes the signatures away: every sealing ends with one.
    if last is not None and last["seq"] not in heads:
        yield f"链尾第 {last['seq']} 环没有签名：签名被删去，此前的记录可能被改动过"


def _check_line(chain: Chain, line: Mapping[str, Any]) -> Iterator[str]:
    if line["seq"] != chain.seq + 1:
        yield f"第 {chain.seq + 1} 环至第 {line['seq'] - 1} 环缺失"
        chain.seq = line["seq"] - 1
    if line["content"] is None:
        yield f"第 {line['seq']} 环的记录 {line['entry']} 缺失"
        chain.seq, chain.last = line["seq"], line["hash"]
        return
    made = chain.add(line["content"])
    wrong = [name for name in ("entry", "hash", "case_hash", "student_hash") if made[name] != line[name]]
    if wrong:
        yield f"第 {line['seq']} 环与记录 {line['entry']} 不符（{'、'.join(wrong)}）：内容或次序被改动过"
        _go_on_from(chain, line)


def _go_on_from(chain: Chain, line: Mapping[str, Any]) -> None:
    """Take the stored hashes over, so that one change is told once."""
    chain.last = line["hash"]
    content = line["content"]
    if content["case_number"]:
        chain.cases[content["case_number"]] = line["case_hash"]
    if content["student"]:
        chain.students[content["student"]] = line["student_hash"]


def signed(head: Mapping[str, Any], last: str, secret: str) -> bool:
    """Whether a head is signed with the secret and is that of a link with this hash."""
    made = sign(secret, head["seq"], head["hash"])
    return head["hash"] == last and hmac.compare_digest(made, head["signature"])


def _hash(before: str, content: bytes) -> str:
    return hashlib.sha256(bytes.fromhex(before) + content).hexdigest()
