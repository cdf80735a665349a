"""How instances went, out of the journal and of what they remember."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from sqlalchemy import Connection, text

from service.store.listing import Page, Row

# The task an element made is known by the instant it was made at: that of the entry it was reached in.
_STEPS = """
    from journal j cross join lateral (
        select split_part(r.run, ' ', 1) as process, s.element, row_number() over (order by r.place, s.place) as number
        from jsonb_array_elements_text(j.detail->'nodes') with ordinality r(run, place),
             unnest((string_to_array(r.run, ' '))[2:]) with ordinality s(element, place)) n
    left join lateral (
        select t.id, t.assignee, t.ended_at, t.state from user_task t
        where t.instance = j.instance and t.element = n.element and t.created_at = j.at
        limit 1) t on true
    where j.case_number = :case and j.instance = :instance
      and (cast(:element as text) is null or n.element = :element)
      and (cast(:after as timestamptz) is null or j.at > :after)
      and (cast(:before as timestamptz) is null or j.at < :before)"""
_FIND_STEPS = {
    direction: text(
        f"""select j.id || '-' || n.number as id, n.process,
                   n.element, j.instance, j.at, t.id as task, t.assignee, t.ended_at,
                   coalesce(t.state = 'cancelled', false) as cancelled
            {_STEPS} order by j.id {direction}, n.number {direction} limit :limit offset :first"""
    )
    for direction in ("asc", "desc")
}
_COUNT_STEPS = text(f"select count(*) {_STEPS}")
_VARIABLES = """
    from instance i, jsonb_each(i.variables) v where i.id = :instance
      and (cast(:name as text) is null or v.key = :name)
      and (cast(:name_like as text) is null or v.key like :name_like)"""
_FIND_VARIABLES = text(
    f"select v.key as name, v.value {_VARIABLES} order by v.key limit :limit offset :first"
)
_COUNT_VARIABLES = text(f"select count(*) {_VARIABLES}")


def steps(
    connection: Connection, wanted: Mapping[str, Any], page: Page, *, newest_first: bool
) -> Sequence[Row]:
    """The elements tokens of one instance came to, in order. ``wanted``: case, instance, and element, after, before."""
    values = {**wanted, "limit": page.limit, "first": page.first}
    found = connection.execute(_FIND_STEPS["desc" if newest_first else "asc"], values)
    return cast(Sequence[Row], found.mappings().all())


def count_steps(connection: Connection, wanted: Mapping[str, Any]) -> int:
    return int(connection.execute(_COUNT_STEPS, wanted).scalar_one())


def variables(connection: Connection, wanted: Mapping[str, Any], page: Page) -> Sequence[Row]:
    """What one instance remembers, or remembered at its end: name and value. ``wanted``: instance, name, name_like."""
    values = {**wanted, "limit": page.limit, "first": page.first}
    return cast(Sequence[Row], connection.execute(_FIND_VARIABLES, values).mappings().all())


def count_variables(connection: Connection, wanted: Mapping[str, Any]) -> int:
    return int(connection.execute(_COUNT_VARIABLES, wanted).scalar_one())
