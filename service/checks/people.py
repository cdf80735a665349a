"""Who a scenario speaks of: people by unit and role, students by what they are called, units by name.

Knows the world file and which form fields hold a unit; no case.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from service.checks.rulebook import Rulebook
from service.errors import NotFound
from service.policy.values import Value


class Cast:
    """The people, students and units of a rule book's world."""

    def __init__(self, book: Rulebook) -> None:
        self._book, self._data = book, book.world_data
        self._unit_keys = frozenset(_keys_of_units(book))
        self._names = {unit.name: unit.id for unit in self._data.units.values()}

    def person(self, told: str, now: datetime) -> str:
        """The user name of ``单位 角色`` (the first one qualified that day), or of a user name."""
        if told in self._data.people:
            return told
        unit_name, _, role = told.rpartition(" ")
        unit = self._data.unit_named(unit_name.strip() or told)
        people = self._data.people_in(unit.id, role)
        if not people:
            raise NotFound(f"{unit.name}没有人担任 {role}", cure="请核对角色，或在 world.yaml 中补上")
        law = self._book.law
        held = {one.person.id: one.roles for one in self._data.people.values()}
        qualified = [
            one.id
            for one in people
            if any(
                r.unit == unit.id and r.role == role and law.roles.qualified(r, now.date())
                for r in held[one.id]
            )
        ]
        return (qualified or [people[0].id])[0]

    def student(self, called: str) -> str:
        """The id of a student by what he is called."""
        return self._data.student_called(called).student.id

    def values(self, form: Mapping[str, Value]) -> dict[str, Value]:
        """A submission in which units may stand by name."""
        return {key: self._value(key, value) for key, value in form.items()}

    def _value(self, key: str, value: Value) -> Value:
        if key in self._unit_keys and isinstance(value, str):
            return self._names.get(value, value)
        return value


def _keys_of_units(book: Rulebook) -> set[str]:
    keys: set[str] = set()
    for region in book.regions:
        for bundle in book.bundles(region.code):
            for name in bundle.files:
                form = book.form(bundle, name.removesuffix(".form")) if name.endswith(".form") else None
                keys.update(one.key for one in form.fields if one.kind == "unit") if form else None
    return keys
