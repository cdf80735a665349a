"""Lists of user tasks: open ones for inboxes, done ones for the history of an instance."""

from __future__ import annotations

from typing import Any

import orjson

from service.store.listing import Listing

_COLUMNS = """t.id, t.instance, t.case_number, t.definition, t.element, t.path, t.name, t.unit, t.roles, t.clauses,
    t.form, t.tenant, t.priority, t.state, t.assignee, t.completed_by, t.done_for, t.created_at, t.claimed_at,
    t.ended_at, t.due, t.follow_up, t.revision"""
_VISIBLE = "t.unit = any(:units) or t.assignee = :person"
_ORDERS = {
    "id": "t.id",
    "name": "t.name",
    "created": "t.created_at",
    "due": "t.due",
    "follow_up": "t.follow_up",
    "priority": "t.priority",
    "assignee": "t.assignee",
    "instance": "t.instance",
    "tenant": "t.tenant",
}

TASKS = Listing(
    columns=_COLUMNS,
    source="user_task t",
    conditions={
        "visible": _VISIBLE,
        "open": "t.state = 'open'",
        "id": "t.id = :id",
        "assignee": "t.assignee = :assignee",
        "assigned": "t.assignee is not null",
        "unassigned": "t.assignee is null",
        "groups": """exists (select from jsonb_to_recordset(cast(:groups as jsonb)) as g(role text, unit text)
            where t.unit is not distinct from g.unit and g.role = any(t.roles))""",
        "groups_alike": "t.unit = any(:group_units) and t.roles && cast(:group_roles as text[])",
        "instance": "t.instance = :instance",
        "case_number": "t.case_number = :case_number",
        "definition": "t.definition = :definition",
        "element": "t.element = :element",
        "elements": "t.element = any(:elements)",
        "name": "t.name = :name",
        "name_like": "t.name like :name_like",
        "due": "t.due = :due",
        "due_before": "t.due < :due_before",
        "due_after": "t.due > :due_after",
        "follow_up_before": "t.follow_up < :follow_up_before",
        "follow_up_after": "t.follow_up > :follow_up_after",
        "created_before": "t.created_at < :created_before",
        "created_after": "t.created_at > :created_after",
        "priority": "t.priority = :priority",
        "tenants": "t.tenant = any(:tenants)",
        "no_tenant": "t.tenant is null",
        "finished": "t.state <> 'open'",
    },
    orders=_ORDERS,
    key="t.id",
    default="t.created_at",
)


def groups(wanted: list[str]) -> list[dict[str, Any]]:
    """Groups written role@unit, as ``of_groups`` takes them."""
    parts = (one.partition("@") for one in wanted)
    return [{"role": role, "unit": unit or None} for role, _, unit in parts]


def of_groups(wanted: list[dict[str, Any]]) -> dict[str, Any]:
    """The condition of tasks offered to any of these groups: a cheaper one where all units have the same roles."""
    units = {one["unit"] for one in wanted}
    roles = {one["role"] for one in wanted}
    if None in units or len({(one["role"], one["unit"]) for one in wanted}) < len(units) * len(roles):
        return {"groups": {"groups": orjson.dumps(wanted).decode()}}
    return {"groups_alike": {"group_units": sorted(units), "group_roles": sorted(roles)}}
