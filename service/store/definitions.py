"""Stored definitions and the contents they rest on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import orjson
from sqlalchemy import Connection, text


@dataclass(frozen=True, kw_only=True)
class DefinitionRow:
    """A definition as stored; ``closure`` maps file names to content digests."""

    id: str
    key: str
    version: int
    tenant: str | None
    name: str
    version_tag: str
    file: str
    digest: str
    closure: Mapping[str, str]
    provenance: Mapping[str, Any]
    deployment: str
    in_force_from: date | None
    in_force_until: date | None
    start_form: str
    stages: Any
    uploaded: bool
    paused: bool


_COLUMNS = ", ".join(DefinitionRow.__dataclass_fields__)
_CURRENT = """select {columns} from definition where key = :key and tenant is not distinct from :tenant
    and (in_force_from is null or in_force_from <= :on) and (in_force_until is null or in_force_until >= :on)
    order by in_force_from desc nulls last, version desc limit 1"""


def _one(connection: Connection, sql: str, **values: Any) -> DefinitionRow | None:
    row = connection.execute(text(sql.format(columns=_COLUMNS)), values).mappings().first()
    return DefinitionRow(**row) if row is not None else None


def by_id(connection: Connection, definition_id: str) -> DefinitionRow | None:
    return _one(connection, "select {columns} from definition where id = :id", id=definition_id)


def by_digest(connection: Connection, digest: str, key: str) -> DefinitionRow | None:
    return _one(
        connection,
        "select {columns} from definition where digest = :digest and key = :key order by version limit 1",
        digest=digest,
        key=key,
    )


def current(connection: Connection, key: str, tenant: str | None, on: date) -> DefinitionRow | None:
    """The version in force on a day: of those in force the one that came into force last, then the newest."""
    return _one(connection, _CURRENT, key=key, tenant=tenant, on=on)


def in_force(connection: Connection, tenant: str | None, on: date) -> list[DefinitionRow]:
    """Everything a region has in force on a day, by key: of each key what ``current`` finds."""
    sql = f"""select distinct on (key) {_COLUMNS} from definition where tenant is not distinct from :tenant
        and (in_force_from is null or in_force_from <= :on) and (in_force_until is null or in_force_until >= :on)
        order by key, in_force_from desc nulls last, version desc"""  # noqa: S608  (constants)
    rows = connection.execute(text(sql), {"tenant": tenant, "on": on}).mappings()
    return [DefinitionRow(**row) for row in rows]


def latest(connection: Connection, key: str, tenant: str | None, since: date | None) -> DefinitionRow | None:
    """The newest version for one day of coming into force."""
    return _one(
        connection,
        """select {columns} from definition where key = :key and tenant is not distinct from :tenant
           and in_force_from is not distinct from cast(:since as date) order by version desc limit 1""",
        key=key,
        tenant=tenant,
        since=since,
    )


def next_version(connection: Connection, key: str, tenant: str | None) -> int:
    sql = """select coalesce(max(version), 0) + 1 from definition
             where key = :key and tenant is not distinct from :tenant"""
    return int(connection.execute(text(sql), {"key": key, "tenant": tenant}).scalar_one())


def contents(connection: Connection, digests: Iterable[str]) -> dict[str, bytes]:
    """Contents by digest."""
    sql = text("select digest, content from resource where digest = any(:digests)")
    rows = connection.execute(sql, {"digests": sorted(set(digests))})
    return {row.digest: bytes(row.content) for row in rows}


def store_resources(connection: Connection, files: Mapping[str, bytes]) -> None:
    """Keep contents, by digest; what is there already stays."""
    for digest, content in sorted(files.items()):
        connection.execute(
            text("insert into resource (digest, content) values (:digest, :content) on conflict do nothing"),
            {"digest": digest, "content": content},
        )


def store_deployment(
    connection: Connection, row: Mapping[str, Any], files: Mapping[str, str], at: datetime
) -> None:
    connection.execute(
        text(
            """insert into deployment (id, name, source, tenant, files, by, at)
               values (:id, :name, :source, :tenant, cast(:files as jsonb), :by, :at)"""
        ),
        {**row, "files": orjson.dumps(dict(files)).decode(), "at": at},
    )


def store_definition(connection: Connection, row: DefinitionRow) -> None:
    values = {name: getattr(row, name) for name in DefinitionRow.__dataclass_fields__}
    for name in ("closure", "provenance", "stages"):
        values[name] = orjson.dumps(values[name]).decode()
    marks = ", ".join(
        f"cast(:{name} as jsonb)" if name in ("closure", "provenance", "stages") else f":{name}"
        for name in values
    )
    connection.execute(text(f"insert into definition ({_COLUMNS}) values ({marks})"), values)  # noqa: S608


def bump_release(connection: Connection) -> None:
    """Tell every process that what is in force may have changed."""
    connection.execute(
        text(
            """insert into setting (key, value) values ('release', '1'::jsonb)
               on conflict (key) do update set value = to_jsonb((setting.value #>> '{}')::bigint + 1)"""
        )
    )


def lock_deployments(connection: Connection) -> None:
    """One deployment at a time (transaction-level advisory lock)."""
    connection.execute(text("select pg_advisory_xact_lock(74207282)"))
