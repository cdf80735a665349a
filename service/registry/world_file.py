"""Reading ``world.yaml`` strictly: the nation's and every region's, put together into one world.

A wrong reference, a second use of a name or an impossible identity number is an error with file and line.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from service.policy import strict_yaml
from service.policy.reader import Reader
from service.registry.law import Law
from service.registry.model import Person, RoleInUnit, SchoolClass, Unit
from service.registry.world_data import WorldData, WorldPerson, WorldStudent
from service.registry.world_students import read_student
from service.registry.world_units import read_authority, read_classes, read_school

FILE = "world.yaml"


def load_world(processes: Path, law: Law) -> WorldData:
    """Every world.yaml below ``processes``: the nation's first, then the regions' by code."""
    folders = [one.folder for one in law.regions.with_folders() if one.folder]
    paths = [folder / FILE for folder in folders if (folder / FILE).is_file()]
    return read_world([(path.read_bytes(), str(path.relative_to(processes.parent))) for path in paths], law)


def read_world(files: list[tuple[bytes, str]], law: Law) -> WorldData:
    """Worlds from their contents and names; later files may refer to units of earlier ones."""
    world = _Reading(law)
    for content, file in files:
        world.take(Reader(strict_yaml.load(content, file), file, 1, "文件"))
    return WorldData(
        units=world.units, classes=tuple(world.classes), people=world.people, students=world.students
    )


class _Reading:
    """Worlds being put together."""

    def __init__(self, law: Law) -> None:
        self._law = law
        self._names: set[str] = set()
        self.units: dict[str, Unit] = {}
        self.classes: list[SchoolClass] = []
        self.people: dict[str, WorldPerson] = {}
        self.students: dict[str, WorldStudent] = {}

    def take(self, top: Reader) -> None:
        for row in top.tables("authorities"):
            self._add_unit(row, read_authority(row, self.units, self._law))
        for row in top.tables("schools"):
            school = read_school(row, self.units, self._law)
            self.classes.extend(read_classes(row, school, self._law))
            self._add_unit(row, school)
        for row in top.tables("people"):
            self._add_person(row)
        for row in top.tables("students"):
            self._add_student(row)
        top.done()

    def _add_unit(self, row: Reader, unit: Unit) -> None:
        row.done()
        self._once(row, unit.id, "id")
        self._once(row, unit.name, "name")
        self.units[unit.id] = unit

    def _add_person(self, row: Reader) -> None:
        username = row.text("username")
        self._once(row, username, "username")
        person = Person(
            id=username, username=username, name=row.text("name"), active=row.flag("active", True)
        )
        trained, filed = row.day_or_none("trained"), row.day_or_none("filed")
        unit = _known_unit(row, self.units) if row.has("unit") else None
        roles = tuple(
            RoleInUnit(
                person=username, role=role, unit=unit.id if unit else None, trained=trained, filed=filed
            )
            for role in row.texts("roles")
        )
        self._check_roles(row, roles, unit)
        row.done()
        self.people[username] = WorldPerson(person=person, roles=roles)

    def _check_roles(self, row: Reader, roles: tuple[RoleInUnit, ...], unit: Unit | None) -> None:
        allowed = self._law.roles.in_units(unit.kind if unit else "system")
        for one in roles:
            if one.role not in allowed:
                raise row.bad(f"这里不能担任“{one.role}”", "roles", f"可用：{'、'.join(allowed)}")

    def _add_student(self, row: Reader) -> None:
        school = _known_unit(row, self.units, "school")
        found = read_student(row, school, self._law)
        row.done()
        self._once(row, found.student.id, "id")
        self._once(row, found.called, "called")
        self._once(row, found.id_number, "id_number")
        self.students[found.student.id] = found

    def _once(self, row: Reader, name: str, key: str) -> None:
        if name in self._names:
            raise row.bad(f"“{name}”已经用过", key, "所有 world.yaml 中的名称都不能重复，请改名")
        self._names.add(name)


def _known_unit(row: Reader, units: Mapping[str, Unit], key: str = "unit") -> Unit:
    return units[row.choice(key, units)]
