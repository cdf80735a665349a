"""The journal's chain in the tables: what is not sealed yet, the links, the signed heads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, text

from service.registry.chain import FIELDS

# Numbers are given out before a transaction commits: an entry may turn up behind one that is sealed already.
_LOOK_BACK = 10_000
_LOCK = text("select pg_advisory_xact_lock(74207283)")
_COLUMNS = ", ".join(
    f"to_char(j.{name} at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"') as {name}"
    if name in ("at", "recorded_at")
    else f"j.{name}"
    for name in FIELDS
)
_UNSEALED = text(
    f"""select {_COLUMNS} from journal j
        where j.id > (select coalesce(max(entry), 0) - :back from journal_link)
          and not exists (select from journal_link l where l.entry = j.id) order by j.id limit :limit"""  # noqa: S608  (a constant)
)
_TAIL = text("select seq, hash from journal_link order by seq desc limit 1")
_CASE = text(
    """select l.case_hash from journal j join journal_link l on l.entry = j.id where j.case_number = :key
       order by l.seq desc limit 1"""
)
_STUDENT = text(
    """select l.student_hash from journal j join journal_link l on l.entry = j.id where j.student = :key
       order by l.seq desc limit 1"""
)
_ADD = text(
    """insert into journal_link (seq, entry, hash, case_hash, student_hash)
       values (:seq, :entry, :hash, :case_hash, :student_hash)"""
)
_SIGN = text("insert into journal_head (seq, hash, signature) values (:seq, :hash, :signature)")
_HEADS = text("select seq, hash, signature from journal_head order by seq")
_HEAD = text("select seq, hash, signature from journal_head where seq = :seq")
_LINKS = text(
    f"""select l.seq, l.entry, l.hash, l.case_hash, l.student_hash, j.id is not null as there, {_COLUMNS}
        from journal_link l left join journal j on j.id = l.entry where l.seq > :after order by l.seq limit 2000"""  # noqa: S608  (a constant)
)


def unsealed(connection: Connection, limit: int) -> list[dict[str, Any]]:
    """Entries without a link, in order; one sealer at a time."""
    connection.execute(_LOCK)
    rows = connection.execute(_UNSEALED, {"back": _LOOK_BACK, "limit": limit}).mappings()
    return [dict(row) for row in rows]


def tail(connection: Connection) -> tuple[int, str] | None:
    """The last link."""
    row = connection.execute(_TAIL).first()
    return (row.seq, row.hash) if row is not None else None


def last_of_case(connection: Connection, number: str) -> str | None:
    return connection.execute(_CASE, {"key": number}).scalar()


def last_of_student(connection: Connection, student: str) -> str | None:
    return connection.execute(_STUDENT, {"key": student}).scalar()


def add(connection: Connection, links: Iterable[Mapping[str, Any]]) -> None:
    connection.execute(_ADD, [dict(link) for link in links])


def sign(connection: Connection, seq: int, hash_: str, signature: str) -> None:
    connection.execute(_SIGN, {"seq": seq, "hash": hash_, "signature": signature})


def heads(connection: Connection) -> dict[int, dict[str, Any]]:
    """Signed heads by number."""
    return {row["seq"]: dict(row) for row in connection.execute(_HEADS).mappings()}


def head(connection: Connection, seq: int) -> dict[str, Any] | None:
    """The signed head of a link."""
    row = connection.execute(_HEAD, {"seq": seq}).mappings().first()
    return dict(row) if row is not None else None


def links(connection: Connection) -> Iterator[dict[str, Any]]:
    """Every link with its entry (``content`` is None when the entry is gone), in order, a few thousand at a time."""
    after = 0
    while rows := connection.execute(_LINKS, {"after": after}).mappings().all():
        for row in rows:
            content = {name: row[name] for name in FIELDS} if row["there"] else None
            known = {name: row[name] for name in ("seq", "entry", "hash", "case_hash", "student_hash")}
            yield {**known, "content": content}
        after = rows[-1]["seq"]
