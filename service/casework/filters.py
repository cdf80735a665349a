"""Saved filters: a person's own, shared with the people of the person's units (a keeper's or analyst's: with all).

A filter is a question, not an answer: whoever uses a shared one sees what he may see. It must not know what a query
means.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from service.casework.actors import Actor
from service.errors import Conflict, Forbidden, NotFound
from service.ids import new_id
from service.store import filters as rows
from service.store.db import transaction

MOST = 100


def visible(actor: Actor) -> dict[str, Any]:
    """The condition of filters a person may use."""
    return {"visible": {"person": actor.id, "units": sorted(actor.units)}}


def get(connection: Connection, actor: Actor, filter_id: str) -> Mapping[str, Any]:
    """A filter the person may use. Raises NotFound."""
    row = rows.FILTERS.one(connection, {"id": filter_id, **visible(actor)})
    if row is None:
        raise NotFound("没有这个过滤器", cure="请核对编号，或刷新列表")
    return row


def create(actor: Actor, about: Mapping[str, Any]) -> str:
    """Keep a filter: name, query, properties, shared; its id. Raises Conflict when the person has too many."""
    with transaction() as connection:
        if rows.number_of(connection, actor.id) >= MOST:
            raise Conflict(f"您已有 {MOST} 个过滤器", cure="请先删除不用的")
        made = new_id()
        rows.save(connection, {**about, "id": made, "owner": actor.id, "units": _readers(actor)})
    return made


def update(actor: Actor, filter_id: str, about: Mapping[str, Any]) -> None:
    """Change one's own filter. Raises NotFound, Forbidden."""
    with transaction() as connection:
        row = _own(connection, actor, filter_id)
        rows.save(connection, {**about, "id": row["id"], "owner": row["owner"], "units": _readers(actor)})


def delete(actor: Actor, filter_id: str) -> None:
    """Drop one's own filter. Raises NotFound, Forbidden."""
    with transaction() as connection:
        rows.delete(connection, _own(connection, actor, filter_id)["id"])


def _own(connection: Connection, actor: Actor, filter_id: str) -> Mapping[str, Any]:
    row = get(connection, actor, filter_id)
    if row["owner"] != actor.id:
        raise Forbidden("这是他人共享的过滤器", cure="请另存一个自己的")
    return row


def _readers(actor: Actor) -> list[str] | None:
    """The units whose people see what the person shares; None: everybody."""
    return None if actor.powers else sorted(actor.units)
