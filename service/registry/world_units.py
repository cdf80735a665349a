"""Units and classes of a world file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import cast

from service.policy.reader import Reader
from service.registry.law import Law
from service.registry.model import Level, Ownership, SchoolClass, SchoolType, Unit

_LEVELS = ("county", "prefecture", "province")
_OWNERSHIP = ("public", "private")
_TYPES = ("ordinary", "special", "work_study", "specialised", "vocational")


def read_authority(row: Reader, units: Mapping[str, Unit], law: Law) -> Unit:
    """An authority; its superior stands before it."""
    return Unit(
        id=row.text("id"),
        name=row.text("name"),
        kind="authority",
        level=cast(Level, row.choice("level", _LEVELS)),
        county=_county(row, law),
        parent=_authority(row, "parent", units) if row.has("parent") else None,
    )


def read_school(row: Reader, units: Mapping[str, Unit], law: Law) -> Unit:
    """A school: ``parent`` is the authority of the place, ``run_by`` who runs it if that is another."""
    system = row.text("school_system", "")
    if system:
        law.systems.get(system)
    return Unit(
        id=row.text("id"),
        name=row.text("name"),
        kind="school",
        level="school",
        county=_county(row, law),
        parent=_authority(row, "parent", units),
        run_by=_authority(row, "run_by", units) if row.has("run_by") else None,
        ownership=cast(Ownership, row.choice("ownership", _OWNERSHIP, "public")),
        school_type=cast(SchoolType, row.choice("type", _TYPES, "ordinary")),
        school_system=system,
        stages=frozenset(row.texts("stages")),
    )


def read_classes(row: Reader, school: Unit, law: Law) -> tuple[SchoolClass, ...]:
    """``{ first: 1, last: 6, classes: 2, size: 40, cap: 45 }``: so many equal classes in each grade."""
    found = [one for line in row.tables("classes") for one in _classes(line, school, law)]
    keys = {(one.grade, one.number) for one in found}
    if len(keys) < len(found):
        raise row.bad("同一个班写了两次", "classes", "各行的年级不要重叠")
    return tuple(found)


def _classes(line: Reader, school: Unit, law: Law) -> Iterator[SchoolClass]:
    first = line.integer("first")
    last, count, size = line.integer("last", first), line.integer("classes", 1), line.integer("size")
    cap = line.integer("cap") if line.has("cap") else None
    line.done()
    for grade in range(first, last + 1):
        if law.stage_at(school, grade) not in school.stages:
            raise line.bad(f"{school.name}没有{grade}年级", "first", "核对 stages 与学制")
        for number in range(1, count + 1):
            yield SchoolClass(unit=school.id, grade=grade, number=number, size=size, cap=cap)


def _county(row: Reader, law: Law) -> str:
    county = row.text("county")
    law.regions.chain(county)
    return county


def _authority(row: Reader, key: str, units: Mapping[str, Unit]) -> str:
    return row.choice(key, [one.id for one in units.values() if one.kind == "authority"])
