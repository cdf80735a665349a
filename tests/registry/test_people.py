"""Who may act: qualification and the two pairs of eyes."""

from __future__ import annotations

from datetime import date

import pytest

from service.errors import BadDefinition, Forbidden
from service.registry import four_eyes
from service.registry.law import Law
from service.registry.model import RoleInUnit
from service.registry.roles import Roles

ON = date(2026, 9, 3)
READY = {"trained": date(2026, 8, 1), "filed": date(2026, 8, 20)}


def registrar(**more: object) -> RoleInUnit:
    return RoleInUnit(**{"person": "wang", "role": "registrar", "unit": "school", **READY, **more})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("assignment", "qualified"),
    [
        (registrar(), True),
        (registrar(trained=None), False),
        (registrar(filed=None), False),
        (registrar(filed=ON), True),
        (registrar(filed=date(2026, 9, 4)), False),
        (registrar(active=False), False),
        (registrar(role="head", trained=None, filed=None), True),
        (registrar(role="head", active=False), False),
        (registrar(role="janitor"), False),
    ],
)
def test_a_registrar_acts_only_trained_filed_and_active(
    law: Law, assignment: RoleInUnit, qualified: bool
) -> None:
    assert law.roles.qualified(assignment, ON) is qualified


def test_two_roles_of_one_person_are_one_person(law: Law) -> None:
    held = [registrar(), registrar(role="head"), registrar(person="li", filed=None), registrar(unit="other")]
    assert law.roles.qualified_people(held, "school", ON) == {"wang"}


def test_schools_authorities_and_the_system_have_their_own_roles(law: Law) -> None:
    assert law.roles.in_units("school") == ("registrar", "head")
    assert law.roles.in_units("authority") == ("officer", "responsible")
    assert law.roles.in_units("system") == ("analyst", "operator", "admin")


def test_a_role_listed_twice_is_refused() -> None:
    row = "{ role: a, label: x, unit: school }"
    with pytest.raises(BadDefinition, match="已经有了"):
        Roles.load(f"roles: [{row}, {row}]".encode(), "roles.yaml")


def test_who_did_the_first_step_may_not_do_the_second() -> None:
    assert four_eyes.may_do("li", {"wang"})
    assert not four_eyes.may_do("wang", {"wang"})
    with pytest.raises(Forbidden, match="同一人"):
        four_eyes.check("wang", {"wang"})


def test_a_step_nobody_is_barred_from_is_open_to_all() -> None:
    four_eyes.check("wang", ())
