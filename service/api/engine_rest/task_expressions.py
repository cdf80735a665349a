"""The expressions Camunda's task lists keep in their filters: the person who asks, his groups, and instants near now.

``${currentUser()}``, ``${currentUserGroups()}``, ``${now()}``, ``${dateTime().plusDays(2).withTimeAtStartOfDay()}``;
nothing else of JUEL. Now is the business clock's.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from service.casework.actors import Actor
from service.errors import BadRequest

SUFFIX = "_told"
_PEOPLE = {"assignee", "owner", "candidate_user", "involved"}
_GROUPS = "candidate_groups"
_EXPRESSION = re.compile(r"\A\s*[$#]\{\s*(\w+)\(\s*\)((?:\s*\.\s*\w+\(\s*\d{0,5}\s*\))*)\s*\}\s*\Z", re.ASCII)
_STEP = re.compile(r"(\w+)\(\s*(\d*)\s*\)", re.ASCII)
_SPANS = {"Seconds": "seconds", "Minutes": "minutes", "Hours": "hours", "Days": "days", "Weeks": "weeks"}
_MONTHS = {"Months": 1, "Years": 12}


def has_expressions(query: Mapping[str, Any]) -> bool:
    """Whether the clock is needed."""
    return any(name.endswith(SUFFIX) for name in query)


def worked_out(query: Mapping[str, Any], person: Actor, now: datetime) -> dict[str, Any]:
    """The query with every expression replaced by its value; a plain value beside its expression stands.

    Raises BadRequest for an expression that is none of those above.
    """
    found = {name: value for name, value in query.items() if not name.endswith(SUFFIX)}
    for name, text in query.items():
        plain = name.removesuffix(SUFFIX)
        if plain != name and plain not in found:
            found[plain] = _value(plain, text, person, now)
    return found


def _value(name: str, text: str, person: Actor, now: datetime) -> Any:
    matched = _EXPRESSION.match(text)
    root, steps = matched.groups() if matched else ("", "")
    if name in _PEOPLE:
        if root == "currentUser" and not steps:
            return person.id
    elif name == _GROUPS:
        if root == "currentUserGroups" and not steps:
            return [f"{role}@{unit}" for role, unit in sorted(person.roles)]
    elif root in ("now", "dateTime"):
        return _moved(now, _STEP.findall(steps), text)
    raise _unknown(text)


def _moved(at: datetime, steps: list[tuple[str, str]], text: str) -> datetime:
    try:
        for name, amount in steps:
            at = _step(at, name, amount)
    except (KeyError, ValueError, OverflowError) as error:
        raise _unknown(text) from error
    return at


def _step(at: datetime, name: str, amount: str) -> datetime:
    """One call of a chain. Raises KeyError, ValueError or OverflowError."""
    if name in ("toDate", "withTimeAtStartOfDay"):
        return at if name == "toDate" else at.replace(hour=0, minute=0, second=0, microsecond=0)
    sign, unit = (1, name[4:]) if name.startswith("plus") else (-1, name.removeprefix("minus"))
    number = sign * int(amount)
    if unit in _SPANS:
        return at + timedelta(**{_SPANS[unit]: number})
    months = at.year * 12 + at.month - 1 + number * _MONTHS[unit]
    year, month = divmod(months, 12)
    return at.replace(year=year, month=month + 1, day=min(at.day, monthrange(year, month + 1)[1]))


def _unknown(text: str) -> BadRequest:
    cure = "请用 ${currentUser()}、${currentUserGroups()}、${now()} 或 ${dateTime().plusDays(2)} 之类"
    return BadRequest(f"不认识表达式 {text[:80]}", cure=cure)
