"""Rules as data: school systems, class caps, and which region's hold."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from shutil import copytree

import pytest

from service.errors import BadDefinition, NotFound
from service.registry.law import Law
from service.registry.model import Unit
from service.registry.systems import SchoolSystems
from tests.registry.conftest import PROCESSES

ON = date(2026, 9, 3)


def school(county: str, system: str = "") -> Unit:
    return Unit(id="s", name="s", kind="school", level="school", county=county, school_system=system)


@pytest.mark.parametrize(
    ("county", "grade", "cap"),
    [
        ("410702", 6, 45),
        ("410702", 7, 50),
        ("410702", 10, None),
        ("310104", 5, 40),
        ("310104", 6, 45),
        ("622901", 5, None),
        ("130102", 5, None),
    ],
)
def test_a_class_cap_is_the_regions_for_the_stage(law: Law, county: str, grade: int, cap: int | None) -> None:
    assert law.class_cap(school(county), grade, ON) == cap


def test_a_cap_holds_only_while_the_rules_are_in_force(law: Law) -> None:
    assert law.class_cap(school("410702"), 5, date(2018, 9, 20)) is None
    assert law.class_cap(school("310104"), 5, date(2028, 1, 1)) is None


def test_a_school_may_have_another_system_than_its_place(law: Law) -> None:
    assert law.stage_at(school("410702"), 6) == "primary"
    assert law.stage_at(school("410702", "5-4"), 6) == "junior"


def test_a_system_nobody_knows_is_named(law: Law) -> None:
    with pytest.raises(NotFound, match="4-5"):
        law.stage_at(school("410702", "4-5"), 6)


@pytest.mark.parametrize(
    ("one", "other", "city"),
    [
        ("410702", "410783", True),
        ("410702", "410700", True),
        ("410105", "410702", False),
        ("310104", "310115", True),
        ("310104", "310000", True),
        ("419001", "419001", True),
        ("419001", "419002", False),
    ],
)
def test_places_share_a_city_by_prefecture_or_municipality(
    law: Law, one: str, other: str, city: bool
) -> None:
    assert law.same_city(one, other) is city


def test_a_new_region_brings_its_own_rules_without_python(tmp_path: Path) -> None:
    processes = tmp_path / "processes"
    copytree(PROCESSES, processes)
    folder = processes / "regions" / "410300-luoyang"
    folder.mkdir()
    (folder / "region.yaml").write_text(
        'code: "410300"\nname: 洛阳市\nstages: [primary]\nschool_system: 5-4\n', encoding="utf-8"
    )
    (folder / "class_caps.yaml").write_text(
        "class_caps: [{ stage: primary, cap: 30, clauses: [] }]", encoding="utf-8"
    )
    law = Law(processes)
    assert law.class_cap(school("410302"), 5, ON) == 30
    assert law.class_cap(school("410302"), 6, ON) is None
    assert law.region_of("410302", ON, "primary") == "410300"
    assert law.region_of("410302", ON, "junior") == "000000"
    assert law.transitions("410302", ON, "primary") is law.transitions("130102", ON, "primary")


def test_a_misspelt_key_is_refused_with_file_and_line() -> None:
    with pytest.raises(BadDefinition, match=r"school_systems.yaml:1.*compulsary"):
        SchoolSystems.load(b"compulsary: []\ncompulsory: []\nsystems: []", "school_systems.yaml")
