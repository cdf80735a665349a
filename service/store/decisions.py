"""Decisions of the tables that were deployed."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, text

from service.ids import new_id
from service.store.listing import Listing

DECISIONS = Listing(
    columns="d.id, d.key, d.version, d.tenant, d.name, d.file, d.digest, d.deployment",
    source="decision d",
    conditions={
        "id": "d.id = :id",
        "ids": "d.id = any(:ids)",
        "key": "d.key = :key",
        "key_like": "d.key like :key_like",
        "name": "d.name = :name",
        "name_like": "d.name like :name_like",
        "deployment": "d.deployment = :deployment",
        "file": "d.file = :file",
        "file_like": "d.file like :file_like",
        "version": "d.version = :version",
        "latest": """not exists (select from decision n where n.key = d.key
            and n.tenant is not distinct from d.tenant and n.version > d.version)""",
        "tenants": "d.tenant = any(:tenants)",
        "tenants_or_none": "d.tenant is null or d.tenant = any(:tenants_or_none)",
        "no_tenant": "d.tenant is null",
    },
    orders={
        "id": "d.id",
        "key": "d.key",
        "name": "d.name",
        "version": "d.version",
        "deployment": "d.deployment",
        "tenant": "d.tenant",
    },
    key="d.id",
    default="d.key, d.tenant nulls first, d.version",
)
_STORE = text(
    """insert into decision (id, key, version, tenant, name, file, digest, deployment)
       select cast(:key as text) || ':' || v.next || ':' || :id, :key, v.next, :tenant, :name, :file, :digest,
              :deployment
       from (select coalesce(max(version), 0) + 1 as next from decision
             where key = :key and tenant is not distinct from cast(:tenant as text)) v
       where not exists (select from decision where key = :key and digest = :digest
                         and tenant is not distinct from cast(:tenant as text))"""
)
# A table stays as long as a definition leans on it; it then counts as deployed with that one.
_KEEP = text(
    """update decision d set deployment = u.deployment from (
           select f.value as digest, o.tenant, min(o.deployment) as deployment
           from definition o, jsonb_each_text(o.closure) f group by 1, 2) u
       where d.deployment = :deployment and u.digest = d.digest and u.tenant is not distinct from d.tenant"""
)
_DELETE = text("delete from decision where deployment = :deployment")


def store(connection: Connection, table: Mapping[str, str | None], decisions: Mapping[str, str]) -> None:
    """Keep the decisions (id to name) of a table: ``file``, ``digest``, ``tenant``, ``deployment``. Known ones stay."""
    for key, name in decisions.items():
        connection.execute(_STORE, {**table, "key": key, "name": name, "id": new_id()})


def delete(connection: Connection, deployment: str) -> None:
    """Take away a deployment's decisions that no definition leans on any more; its definitions are gone already."""
    connection.execute(_KEEP, {"deployment": deployment})
    connection.execute(_DELETE, {"deployment": deployment})
