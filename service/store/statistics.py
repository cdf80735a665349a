"""Where the running instances of one definition stand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from sqlalchemy import Connection, text

from service.store.listing import Page, Row

# People's and workers' tasks; of what else waits (``catching``: elements of the diagram) the timer or the listener.
_STANDING = text(
    """with running as (
           select id from instance where definition = :definition and status <> 'ended'
       ), tokens as (
           select t.element from user_task t join running r on r.id = t.instance
           where t.state = 'open' and t.definition = :definition
           union all
           select s.element from subscription s join running r on r.id = s.instance where s.element = any(:catching)
           union all
           select m.element from timer m join running r on r.id = m.instance where m.element = any(:catching)
       ), stuck as (
           select x.element, x.kind, count(*) as number from incident x join running r on r.id = x.instance
           where x.resolved_at is null group by 1, 2
       )
       select t.element as id, count(*) as instances,
              (select coalesce(jsonb_object_agg(kind, number), '{}') from stuck where stuck.element = t.element)
                as incidents
       from tokens t group by 1 order by 1 limit :limit offset :first"""
)


def standing(connection: Connection, definition: str, catching: Sequence[str], page: Page) -> Sequence[Row]:
    """``id`` of each element at which tokens stand, ``instances`` their number, ``incidents`` open ones by kind."""
    values = {"definition": definition, "catching": list(catching), "limit": page.limit, "first": page.first}
    return cast(Sequence[Row], connection.execute(_STANDING, values).mappings().all())
