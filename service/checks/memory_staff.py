"""What people of the world may do at the desk in memory on a day. Knows no case."""

from __future__ import annotations

from datetime import date

from service.checks.rulebook import Rulebook
from service.errors import BadRequest
from service.registry.model import Unit
from service.registry.world_data import WorldPerson


def held_roles(book: Rulebook, person: WorldPerson, today: date) -> frozenset[tuple[str, str]]:
    """The roles the person may use on a day, with their units: active and, where asked, trained and filed."""
    return frozenset(
        (one.role, one.unit) for one in person.roles if one.unit and book.law.roles.qualified(one, today)
    )


def oversees(person: WorldPerson) -> bool:
    """Operators and administrators see all and keep the system running."""
    return any(one.role in ("admin", "operator") and one.active and not one.unit for one in person.roles)


def host_unit(book: Rulebook, person: WorldPerson, today: date) -> Unit:
    """The unit a person starts for. Raises BadRequest where it is not the only one."""
    usable = {unit for _, unit in held_roles(book, person, today)}
    units = sorted(usable or {one.unit for one in person.roles if one.unit})
    if len(units) != 1:
        raise BadRequest("不能确定由哪个单位发起", cure="请由单位为您配置角色")
    return book.world_data.units[units[0]]
