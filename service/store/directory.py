"""Who works where: people and the groups (roles in units) they form."""

from __future__ import annotations

from service.store.listing import Listing

PEOPLE = Listing(
    columns="p.id, p.username, p.name",
    source="person p",
    conditions={
        "visible": """p.id = :person or exists (select from unit_role r where r.person = p.id and r.active
            and r.unit = any(:units))""",
        "active": "p.active",
        "id": "p.id = :id or p.username = :id",
        "ids": "p.id = any(:ids)",
        "name": "p.name = :name",
        "name_like": "p.name like :name_like",
        "group": """exists (select from unit_role r where r.person = p.id and r.active and r.role = :role
            and r.unit is not distinct from cast(:unit as text))""",
    },
    orders={"id": "p.id", "name": "p.name"},
    key="p.id",
)
GROUPS = Listing(
    columns="g.id, g.role, g.unit, u.name as unit_name",
    source="""(select distinct r.role || coalesce('@' || r.unit, '') as id, r.role, r.unit from unit_role r
        where r.active) g left join unit u on u.id = g.unit""",
    conditions={
        "visible": "g.unit = any(:units)",
        "id": "g.id = :id",
        "ids": "g.id = any(:ids)",
        "member": """exists (select from unit_role r where r.person = :member and r.active and r.role = g.role
            and r.unit is not distinct from g.unit)""",
    },
    orders={"id": "g.id"},
    key="g.id",
)
