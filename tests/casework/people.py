"""People of the demonstration world as actors, and a transfer to try verbs on."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import text

from service.casework import cases, tasks
from service.casework.actors import Actor
from service.casework.advance import Advanced
from service.casework.context import Office
from service.registry.law import Law
from service.registry.world_data import WorldData
from service.registry.world_file import load_world
from service.store.db import transaction

PROCESSES = Path(__file__).parents[2] / "processes"
RECEIVING, SENDING = "长安区第一小学", "桥西区第二小学"
STUDENT = "桥西区第二小学四年级在校生"
FORM: dict[str, object] = {"reason": "household_moved", "materials": ["reason_proof"]}
APPROVE: dict[str, object] = {"decision": "approve"}


@lru_cache(maxsize=1)
def world() -> WorldData:
    return load_world(PROCESSES, Law(PROCESSES))


def actor(unit: str, role: str, position: int = 0) -> Actor:
    """The holder of a role, by the unit's Chinese name or id."""
    found = world().unit_named(unit)
    person = world().people_in(found.id, role)[position]
    roles = frozenset((held.role, held.unit) for held in world().people[person.id].roles if held.unit)
    return Actor(id=person.id, username=person.username, name=person.name, roles=roles)


OPERATOR = Actor(id="operator", username="operator", name="运维", powers=frozenset({"operator"}))


def start(office: Office, student: str = STUDENT, **form: Any) -> Advanced:
    """A transfer into the receiving school."""
    wish = cases.Start(
        procedure="transfer", student=world().student_called(student).student.id, form={**FORM, **form}
    )
    return cases.start(office, actor(RECEIVING, "registrar"), wish)


def do(office: Office, done: Advanced, path: str, values: dict[str, object] | None = None) -> Advanced:
    """Complete the open task of a path by somebody who may."""
    task = task_at(done, path)
    return tasks.complete(
        office, actor(task.unit, task.roles[0]), task.id, APPROVE if values is None else values
    )


def task_at(done: Advanced, path: str) -> Any:
    """The open task row of a path in a case."""
    sql = "select * from user_task where case_number = :number and path = :path and state = 'open'"
    with transaction() as connection:
        return connection.execute(text(sql), {"number": done.case_number, "path": path}).one()


def rows(sql: str, **values: Any) -> list[Any]:
    """What the database says."""
    with transaction() as connection:
        return list(connection.execute(text(sql), values))
