"""A world: units, people and students for demonstrations and scenarios, from the ``world.yaml`` files.

Only the values and how they are found by the names people use; reading them is ``world_file``'s work.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from service.errors import NotFound
from service.registry.model import Enrolment, Person, RoleInUnit, SchoolClass, Student, Suspension, Unit
from service.registry.numbers import NONE


@dataclass(frozen=True, kw_only=True)
class WorldStudent:
    """A student with everything known of him; scenarios find him by ``called``."""

    called: str
    student: Student
    id_number: str
    enrolment: Enrolment
    suspensions: tuple[Suspension, ...] = ()
    transfers: tuple[date, ...] = ()

    @property
    def student_number(self) -> str | None:
        """The student number (学籍号)."""
        kind = self.enrolment.number_class
        return None if kind == NONE else f"{kind}{self.id_number}"


@dataclass(frozen=True, kw_only=True)
class WorldPerson:
    """A person with the roles held."""

    person: Person
    roles: tuple[RoleInUnit, ...]


@dataclass(frozen=True, kw_only=True)
class WorldData:
    """All worlds put together: names are unique over all files."""

    units: Mapping[str, Unit]
    classes: tuple[SchoolClass, ...]
    people: Mapping[str, WorldPerson]
    students: Mapping[str, WorldStudent]

    def unit_named(self, name: str) -> Unit:
        """A unit by its Chinese name or its id."""
        found = self.units.get(name) or next((one for one in self.units.values() if one.name == name), None)
        if found is None:
            raise NotFound(f"演示数据中没有单位“{name}”", cure="请核对名称，或在 world.yaml 中补上")
        return found

    def student_called(self, called: str) -> WorldStudent:
        """A student by the name scenarios use, or by id."""
        found = self.students.get(called)
        found = found or next((one for one in self.students.values() if one.called == called), None)
        if found is None:
            raise NotFound(f"演示数据中没有学生“{called}”", cure="请核对名称，或在 world.yaml 中补上")
        return found

    def people_in(self, unit: str, role: str) -> tuple[Person, ...]:
        """Active holders of a role in a unit, in the order of the file."""
        return tuple(
            one.person
            for one in self.people.values()
            if one.person.active and any(r.unit == unit and r.role == role and r.active for r in one.roles)
        )
