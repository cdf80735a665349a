"""Who plays which party in a case."""

from __future__ import annotations

from collections.abc import Mapping

import orjson
from sqlalchemy import Connection, text

_STORE = text(
    """insert into case_party (case_number, party, unit)
       select :number, r.key, r.value from jsonb_each_text(cast(:parties as jsonb)) r
       on conflict (case_number, party) do update set unit = excluded.unit"""
)


def store_parties(connection: Connection, number: str, parties: Mapping[str, str]) -> None:
    """Write down the units of newly settled parties."""
    if parties:
        connection.execute(_STORE, {"number": number, "parties": orjson.dumps(dict(parties)).decode()})
