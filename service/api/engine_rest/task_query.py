"""From what a person asks of tasks to the conditions of a listing: only what the person may see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from sqlalchemy import Connection

from service.api.engine_rest.shared import page
from service.api.engine_rest.task_expressions import has_expressions, worked_out
from service.api.engine_rest.task_filters import SORTS
from service.api.engine_rest.variable_filters import conditions_of
from service.casework import looking
from service.casework.actors import Actor
from service.errors import Forbidden
from service.store.inbox import TASKS, groups, of_groups
from service.store.listing import EITHER
from service.store.progress import read_clock

_ASKED_OTHERWISE = {
    "candidate_group",
    "candidate_groups",
    "candidate_user",
    "include_assigned",
    "involved",
    "process_variables",
    "task_variables",
    "with_users",
    "without_users",
    "alternatives",
    "sorting",
    "sort_by",
    "sort_order",
    "first_result",
    "max_results",
    "activities",
    "execution",
    "delegation",
}


def find(connection: Connection, query: Mapping[str, Any], person: Actor) -> Sequence[Mapping[str, Any]]:
    """A page of the open tasks a person may see."""
    return TASKS.find(connection, wanted(connection, query, person), page(query, SORTS))


def count(connection: Connection, query: Mapping[str, Any], person: Actor) -> int:
    """How many there are."""
    return TASKS.count(connection, wanted(connection, query, person))


def wanted(connection: Connection, query: Mapping[str, Any], person: Actor) -> dict[str, Any]:
    """The conditions of a query. Raises Forbidden when it asks for the groups of another person."""
    parts = [query, *query.get("alternatives", ())]
    if any(has_expressions(part) for part in parts):
        now, _ = read_clock(connection)
        parts = [worked_out(part, person, now) for part in parts]
    found = {"open": True, **looking.visible(person), **_conditions(parts[0], person)}
    if len(parts) > 1:
        found[EITHER] = [_conditions(part, person, either=True) for part in parts[1:]]
    return found


def _conditions(query: Mapping[str, Any], person: Actor, *, either: bool = False) -> dict[str, Any]:
    found = {
        name: value
        for name, value in query.items()
        if name not in _ASKED_OTHERWISE and value is not False and value is not None
    }
    if "activities" in query:
        found["ids"] = [one for one in query["activities"] if one in query.get("ids", query["activities"])]
    if "execution" in query:
        found["instances"] = [query["execution"]]
    if "delegation" in query:
        found["delegation"] = query["delegation"].lower()
    if query.get("with_users") or query.get("task_variables"):
        found["never"] = True
    found.update(conditions_of(query.get("process_variables", ())))
    return {**found, **_by_group(query, person, either=either)}


def _by_group(query: Mapping[str, Any], person: Actor, *, either: bool) -> dict[str, Any]:
    """Conditions on groups: unclaimed tasks, unless claimed ones are asked for too."""
    found: dict[str, Any] = {}
    asked = _asked_groups(query, person)
    if asked is not None:
        claimed_too = not either and (query.get("assigned") or "assignee" in query)
        found = of_groups(asked, unclaimed=not (query.get("include_assigned") or claimed_too))
    if "involved" in query:
        check_self(person, query["involved"])
        own = orjson.dumps(_own_groups(person)).decode()
        found["involved"] = {"involved": person.id, "groups": own}
    return found


def _asked_groups(query: Mapping[str, Any], person: Actor) -> list[dict[str, Any]] | None:
    """The groups a query names, by name or through a person in them; None when it names none."""
    if "candidate_user" in query:
        check_self(person, query["candidate_user"])
        return _own_groups(person)
    if "candidate_group" in query:
        return groups([query["candidate_group"]])
    return groups(query["candidate_groups"]) if "candidate_groups" in query else None


def _own_groups(person: Actor) -> list[dict[str, Any]]:
    return [{"role": role, "unit": unit} for role, unit in sorted(person.roles)]


def check_self(person: Actor, user_id: str) -> None:
    """Forbidden when a request names another person than the one who asks."""
    if user_id not in (person.id, person.username):
        raise Forbidden("只能以自己的身份进行", cure=f"userId 请写 {person.id}，或省略")
