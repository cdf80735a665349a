"""Lists of user tasks: open ones for inboxes, done ones for the history of an instance."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import orjson
from sqlalchemy import Connection, text

from service.store import variables
from service.store.listing import Listing, Page, Row

_COLUMNS = """t.id, t.instance, t.case_number, t.definition, t.element, t.path, t.name, t.unit, t.roles, t.clauses,
    t.form, t.tenant, t.priority, t.state, t.assignee, t.completed_by, t.done_for, t.created_at, t.claimed_at,
    t.ended_at, t.due, t.follow_up, t.revision, t.owner, t.delegation,
    (select i.status = 'paused' from instance i where i.id = t.instance) as paused"""
_GROUPS = """exists (select from jsonb_to_recordset(cast(:groups as jsonb)) as g(role text, unit text)
    where t.unit is not distinct from g.unit and g.role = any(t.roles))"""
_GROUPS_ALIKE = "t.unit = any(:group_units) and t.roles && cast(:group_roles as text[])"
_OF_DEFINITION = "exists (select from definition d where d.id = t.definition and {})"
_OF_INSTANCE = "exists (select from instance i where i.id = t.instance and {})"
_DAYS = {
    f"{name}{suffix}": f"{column} {sign} :{name}{suffix}"
    for name, column in (
        ("due", "t.due"),
        ("follow_up", "t.follow_up"),
        ("created", "t.created_at"),
        ("ended", "t.ended_at"),
    )
    for suffix, sign in (("", "="), ("_before", "<"), ("_after", ">"))
}
_ORDERS = {
    "id": "t.id",
    "name": "t.name",
    "name_folded": "lower(t.name)",
    "created": "t.created_at",
    "updated": "t.claimed_at",
    "ended": "t.ended_at",
    "duration": "t.ended_at - t.created_at",
    "due": "t.due",
    "follow_up": "t.follow_up",
    "priority": "t.priority",
    "assignee": "t.assignee",
    "owner": "t.owner",
    "element": "t.element",
    "instance": "t.instance",
    "definition": "t.definition",
    "tenant": "t.tenant",
}

TASKS = Listing(
    columns=_COLUMNS,
    source="user_task t",
    conditions={
        "visible": "t.unit = any(:units) or (t.assignee = :person and t.unit is null)",
        # Each half by its own index: open tasks, and those that are over.
        "visible_past": """(t.state = 'open' and t.unit = any(:units)) or (t.state <> 'open' and t.unit = any(:units))
            or (t.state = 'open' and t.assignee = :person and t.unit is null)""",
        "open": "t.state = 'open'",
        "finished": "t.state <> 'open'",
        "never": "false",
        "id": "t.id = :id",
        "ids": "t.id = any(:ids)",
        "assignee": "t.assignee = :assignee",
        "assignees": "t.assignee = any(:assignees)",
        "not_assignees": "t.assignee is not null and t.assignee <> all(:not_assignees)",
        "assignee_like": "t.assignee like :assignee_like",
        "assigned": "t.assignee is not null",
        "unassigned": "t.assignee is null",
        "owner": "t.owner = :owner",
        "delegation": "t.delegation = :delegation",
        "involved": f"t.assignee = :involved or t.owner = :involved or {_GROUPS}",
        "groups": _GROUPS,
        "groups_alike": _GROUPS_ALIKE,
        "groups_unclaimed": f"t.assignee is null and {_GROUPS}",
        "groups_alike_unclaimed": f"t.assignee is null and {_GROUPS_ALIKE}",
        "with_groups": "cardinality(t.roles) > 0",
        "without_groups": "cardinality(t.roles) = 0",
        "instance": "t.instance = :instance",
        "instances": "t.instance = any(:instances)",
        "case_number": "t.case_number = :case_number",
        "case_numbers": "t.case_number = any(:case_numbers)",
        "case_number_like": "t.case_number like :case_number_like",
        "sides": "t.instance = any(:sides)",
        "definition": "t.definition = :definition",
        "key": "split_part(t.definition, ':', 1) = :key",
        "keys": "split_part(t.definition, ':', 1) = any(:keys)",
        "definition_name": _OF_DEFINITION.format("d.name = :definition_name"),
        "definition_name_like": _OF_DEFINITION.format("d.name like :definition_name_like"),
        "element": "t.element = :element",
        "elements": "t.element = any(:elements)",
        "not_elements": "t.element <> all(:not_elements)",
        "element_like": "t.element like :element_like",
        "name": "t.name = :name",
        "name_not": "t.name <> :name_not",
        "name_like": "t.name like :name_like",
        "name_not_like": "t.name not like :name_not_like",
        **_DAYS,
        "without_due": "t.due is null",
        "follow_up_before_or_none": "t.follow_up is null or t.follow_up < :follow_up_before_or_none",
        "updated_after": "t.claimed_at > :updated_after",
        "priority": "t.priority = :priority",
        "priority_from": "t.priority >= :priority_from",
        "priority_to": "t.priority <= :priority_to",
        "tenants": "t.tenant = any(:tenants)",
        "no_tenant": "t.tenant is null",
        "active": _OF_INSTANCE.format("i.status = 'active'"),
        "paused": _OF_INSTANCE.format("i.status = 'paused'"),
        "completed_by": "t.completed_by = :completed_by",
        "reason": "t.state = :reason",
        **{name: _OF_INSTANCE.format(sql) for name, sql in variables.CONDITIONS.items()},
    },
    orders=_ORDERS,
    key="t.id",
    default="t.created_at",
    filled=frozenset({"id", "name", "created", "priority", "element", "instance", "definition"}),
    broad=frozenset(
        {"open", "unassigned", "active", "with_groups", "finished", "reason", "tenants", "no_tenant"}
        | {name for name in _DAYS if "_" in name}
    ),
    whole="t.revision >= 0",
    wide={
        "open": "texteq(t.state, 'open')",
        "finished": "t.ended_at is not null",
        "unassigned": "num_nulls(t.assignee) > 0",
    },
)

_COUNTS = text(
    """select r.role || coalesce('@' || t.unit, '') as name, count(*) as count
    from user_task t, unnest(t.roles) as r(role)
    where t.state = 'open' and t.assignee is null and (:everything or t.unit = any(:units))
    group by 1 order by 1 limit :limit offset :first"""
)


def counts_by_group(
    connection: Connection, units: Sequence[str], everything: bool, page: Page
) -> Sequence[Row]:
    """``name`` (role@unit) and ``count`` of the open tasks nobody has taken yet."""
    values = {"units": list(units), "everything": everything, "limit": page.limit, "first": page.first}
    return cast(Sequence[Row], connection.execute(_COUNTS, values).mappings().all())


def groups(wanted: list[str]) -> list[dict[str, Any]]:
    """Groups written role@unit, as ``of_groups`` takes them."""
    parts = (one.partition("@") for one in wanted)
    return [{"role": role, "unit": unit or None} for role, _, unit in parts]


def of_groups(wanted: list[dict[str, Any]], *, unclaimed: bool) -> dict[str, Any]:
    """The condition of tasks offered to any of these groups: a cheaper one where all units have the same roles."""
    suffix = "_unclaimed" if unclaimed else ""
    units = {one["unit"] for one in wanted}
    roles = {one["role"] for one in wanted}
    if None in units or len({(one["role"], one["unit"]) for one in wanted}) < len(units) * len(roles):
        return {f"groups{suffix}": {"groups": orjson.dumps(wanted).decode()}}
    return {f"groups_alike{suffix}": {"group_units": sorted(units), "group_roles": sorted(roles)}}
