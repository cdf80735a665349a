"""Students and cases in number, for measurements: one school to another within one city of the demonstration world."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from sqlalchemy import text

from service.casework import cases
from service.casework.actors import Actor
from service.casework.advance import Advanced
from service.casework.context import Office
from service.registry.world_data import WorldData
from service.registry.world_file import load_world
from service.store.db import transaction

RECEIVING, SENDING = "changan_first_primary", "qiaoxi_second_primary"
AUTHORITIES = ("changan_education", "qiaoxi_education")
FORM: Mapping[str, object] = {"reason": "household_moved", "materials": ["reason_proof"]}


def add_students(count: int, prefix: str = "bench") -> list[str]:
    """So many pupils of the sending school; their ids."""
    names = [f"{prefix}-{number:06d}" for number in range(count)]
    with transaction() as connection:
        connection.execute(
            text(
                """insert into student (id, name, birth_date)
                   select unnest(cast(:ids as text[])), '样例', '2016-05-01'"""
            ),
            {"ids": names},
        )
        connection.execute(
            text(
                """insert into enrolment (student, school, stage, grade, class_no, number_class)
                   select unnest(cast(:ids as text[])), :school, 'primary', 4, 1, 'G'"""
            ),
            {"ids": names, "school": SENDING},
        )
        connection.execute(
            text("update school_class set cap = 1000000 where unit = :unit"), {"unit": RECEIVING}
        )
    return names


def start_cases(office: Office, students: list[str]) -> list[Advanced]:
    """One transfer for each student."""
    starter = actor(office, RECEIVING, "registrar")
    wishes = (cases.Start(procedure="transfer", student=student, form=FORM) for student in students)
    return [cases.start(office, starter, wish) for wish in wishes]


def actor(office: Office, unit: str, role: str) -> Actor:
    """The holder of a role in the demonstration world."""
    world = _world(office)
    person = world.people_in(unit, role)[0]
    roles = frozenset((held.role, held.unit) for held in world.people[person.id].roles if held.unit)
    return Actor(id=person.id, username=person.username, name=person.name, roles=roles)


@lru_cache(maxsize=1)
def _world(office: Office) -> WorldData:
    return load_world(office.shelf.rules.processes, office.shelf.rules.law)
