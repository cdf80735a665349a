"""The code a guardian follows one case with (only its hash is kept), and what a guardian is told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, text

_PUT = text(
    """insert into guardian_code (case_number, hash, by) values (:number, :hash, :by)
       on conflict (case_number) do update
          set hash = excluded.hash, by = excluded.by, issued_at = clock_timestamp()"""
)
_HASH = text("select hash from guardian_code where case_number = :number")
_NOTICES = text(
    """select created_at as at, payload ->> 'text' as text from outbox
       where case_number = :number and kind = 'notify' and name = 'guardian' order by created_at, id limit 50"""
)
_PROCEDURE = text(
    """select d.name from instance i join definition d on d.id = i.definition where i.case_number = :number
       order by i.started_at, i.id limit 1"""
)


def put(connection: Connection, number: str, hash_: str, by: str) -> None:
    """From now on this code and no earlier one."""
    connection.execute(_PUT, {"number": number, "hash": hash_, "by": by})


def hash_of(connection: Connection, number: str) -> str | None:
    """None where no code was given out."""
    return connection.execute(_HASH, {"number": number}).scalar()


def notices(connection: Connection, number: str) -> Sequence[Row[Any]]:
    """What the case told the guardian, oldest first."""
    return connection.execute(_NOTICES, {"number": number}).all()


def procedure_name(connection: Connection, number: str) -> str:
    """What the case is called in Chinese."""
    return connection.execute(_PROCEDURE, {"number": number}).scalar() or ""
