"""Numbers of people that are nobody's business: sealed in a table of their own, found by a keyed digest.

Kinds: ``id_number`` (found by its digest, and so nobody's twice), ``guardian_phone``, ``address``.
It must not know who may see them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

from service.store.vault import Vault, vault

FOUND_BY = frozenset({"id_number"})
KINDS = FOUND_BY | {"guardian_phone", "address"}

_PUT = text(
    """insert into personal_data (student, kind, sealed, blind) values (:student, :kind, :sealed, :blind)
       on conflict (student, kind) do update set sealed = excluded.sealed, blind = excluded.blind"""
)
_KEEP = text(
    """insert into personal_data (student, kind, sealed, blind) values (:student, :kind, :sealed, :blind)
       on conflict do nothing"""
)
_READ = text("select student, kind, sealed from personal_data where student = any(:students)")
_OWNER = text("select student from personal_data where kind = :kind and blind = :blind")


def put(connection: Connection, student: str, kind: str, content: str) -> None:
    """Keep a number, over the one before. IntegrityError when an identity number is another student's."""
    connection.execute(_PUT, _row(vault(), student, kind, content))


def keep(connection: Connection, numbers: Iterable[tuple[str, str, str]]) -> None:
    """Keep (student, kind, number) where there is none yet."""
    rows = [_row(vault(), *one) for one in numbers]
    if rows:
        connection.execute(_KEEP, rows)


def read(connection: Connection, students: Sequence[str]) -> Mapping[str, dict[str, str]]:
    """Every number kept, by student and kind. Raises Unreadable."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for row in connection.execute(_READ, {"students": list(students)}):
        plain = vault().open(bytes(row.sealed), about(row.student, row.kind))
        found[row.student][row.kind] = plain.decode()
    return found


def owner(connection: Connection, kind: str, content: str) -> str | None:
    """Whose number it is."""
    values = {"kind": kind, "blind": vault().index(content, kind)}
    return connection.execute(_OWNER, values).scalar()


def about(student: str, kind: str) -> str:
    """The place a number is sealed for."""
    return f"personal_data/{student}/{kind}"


def _row(keys: Vault, student: str, kind: str, content: str) -> dict[str, Any]:
    return {
        "student": student,
        "kind": kind,
        "sealed": keys.seal(content.encode(), about(student, kind)),
        "blind": keys.index(content, kind) if kind in FOUND_BY else None,
    }


@dataclass(frozen=True, kw_only=True)
class Sealed:
    """A table with something sealed: its key columns, the column, and how many rows are sealed anew at once."""

    table: str
    key: tuple[str, ...]
    column: str
    batch: int = 500

    def place(self, row: Any) -> str:
        return "/".join((self.table, *(getattr(row, name) for name in self.key)))


TABLES = (
    Sealed(table="personal_data", key=("student", "kind"), column="sealed"),
    Sealed(table="student_number", key=("id",), column="sealed"),
    Sealed(table="submission", key=("task",), column="sealed"),
    Sealed(table="task_comment", key=("id",), column="sealed"),
    Sealed(table="idempotency_key", key=("person", "key"), column="body"),
    Sealed(table="material_content", key=("digest",), column="content", batch=10),
)


def reseal(connection: Connection, where: Sealed) -> int:
    """Seal under the current key what lies under another one; how many were left and are done now."""
    key, column = ", ".join(where.key), where.column
    match = " and ".join(f"{name} = :{name}" for name in where.key)
    keys = vault()
    rows = connection.execute(
        text(
            f"""select {key}, {column} as sealed from {where.table} where {column} is not null
                and substring({column} from 1 for :length) <> :prefix order by {key} limit :limit for update"""  # noqa: S608  (constants)
        ),
        {"length": len(keys.prefix), "prefix": keys.prefix, "limit": where.batch},
    ).all()
    change = text(f"update {where.table} set {column} = :sealed where {match}")  # noqa: S608  (constants)
    for row in rows:
        plain = keys.open(bytes(row.sealed), where.place(row))
        values = {name: getattr(row, name) for name in where.key}
        connection.execute(change, {**values, "sealed": keys.seal(plain, where.place(row))})
    return len(rows)


_PAGE = text(
    """select student, kind, sealed, blind from personal_data where kind = any(:kinds) and student > :after
       order by student limit :limit for update"""
)
_BLIND = text("update personal_data set blind = :blind where student = :student and kind = :kind")


def reindex(connection: Connection, after: str, limit: int) -> tuple[str | None, int]:
    """Make digests anew where the index key has changed: the student to go on after (None at the end), how many."""
    rows = connection.execute(_PAGE, {"kinds": sorted(FOUND_BY), "after": after, "limit": limit}).all()
    changed = 0
    for row in rows:
        plain = vault().open(bytes(row.sealed), about(row.student, row.kind)).decode()
        blind = vault().index(plain, row.kind)
        if blind != bytes(row.blind or b""):
            connection.execute(_BLIND, {"student": row.student, "kind": row.kind, "blind": blind})
            changed += 1
    return (rows[-1].student if len(rows) == limit else None), changed
