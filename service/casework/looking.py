"""Looking without touching: where a case stands, and who may see it. Nothing here locks or writes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection

from service.casework.actors import Actor
from service.casework.cases import Start, definition_for, host_unit
from service.casework.context import Office
from service.casework.surroundings import Surroundings
from service.casework.tasks import may_see
from service.engine import Instance, Position
from service.errors import NotFound
from service.policy.values import Value
from service.registry.model import Unit
from service.store.db import transaction
from service.store.definitions import DefinitionRow
from service.store.listing import Page
from service.store.listings import INSTANCES
from service.store.progress import read_case, read_state, read_task
from service.store.rows import TaskRow


@dataclass(frozen=True, kw_only=True)
class Look:
    """An instance as it stands now."""

    variables: Mapping[str, Value]
    positions: tuple[Position, ...]


def sees_everything(actor: Actor) -> bool:
    """Operators and administrators keep the whole running."""
    return actor.sees_everything


def visible(actor: Actor) -> dict[str, Any]:
    """The condition ``visible`` of a list for a person; nothing for those who see everything."""
    if sees_everything(actor):
        return {}
    return {"visible": {"units": sorted(actor.units), "person": actor.id}}


def visible_by_unit(actor: Actor) -> dict[str, Any]:
    """Like ``visible``, for lists that know units only."""
    return {} if sees_everything(actor) else {"visible": {"units": sorted(actor.units)}}


def open_task(actor: Actor, task_id: str) -> TaskRow:
    """An open task the person may see. Raises NotFound."""
    with transaction() as connection:
        task = read_task(connection, task_id)
    if task is None or task.state != "open" or not may_see(actor, task):
        raise no_task()
    return task


def no_task() -> NotFound:
    """There is no such task, it is done, or the person may not know of it: all look the same."""
    return NotFound("没有这个任务，或已经办结", cure="请核对任务编号，或刷新待办列表")


def instance(connection: Connection, actor: Actor, instance_id: str) -> Mapping[str, Any]:
    """An instance of a case in which the person's units play a part. Raises NotFound."""
    row = INSTANCES.one(connection, {"id": instance_id, **visible_by_unit(actor)})
    if row is None:
        raise NotFound("没有这个办件", cure="请核对编号，或刷新列表")
    return row


def sides(connection: Connection, actor: Actor, number: str) -> Sequence[Mapping[str, Any]]:
    """The instances of a case the person may look into: not that of another province's side."""
    return INSTANCES.find(connection, {"case_number": number, **visible_by_unit(actor)}, Page())


def look(office: Office, instance_id: str) -> Look:
    """Where an instance stands and what its variables hold. Raises NotFound."""
    with transaction() as connection:
        locked = read_state(connection, instance_id)
        case = read_case(connection, locked.case_number) if locked else None
        if locked is None or case is None:
            raise NotFound("没有这个办件", cure="请核对编号，或刷新列表")
        side = replace(case, region=locked.region or case.region)
        found = Instance.load(locked.state, Surroundings(connection, office.shelf, side))
        return Look(variables=dict(found.variables), positions=found.whereabouts())


def applying(
    office: Office, connection: Connection, actor: Actor, wish: Start, stage: str | None
) -> tuple[DefinitionRow, Unit]:
    """The definition a start at a unit would use today, and that unit."""
    unit = host_unit(connection, actor, wish)
    return definition_for(office, connection, wish.procedure, unit, stage), unit
