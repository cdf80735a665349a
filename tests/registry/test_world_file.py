"""The demonstration worlds, and what a wrong world file is told."""

from __future__ import annotations

import pytest

from service.errors import BadDefinition, NotFound
from service.policy import identity
from service.registry.law import Law
from service.registry.world_data import WorldData
from service.registry.world_file import read_world

BUREAU = '{ id: bureau, name: 局, level: county, county: "410702" }'
SCHOOL = (
    '{ id: school, name: 校, county: "410702", parent: bureau, stages: [primary],'
    " classes: [{ first: 1, size: 9 }] }"
)
PERSON = "{ username: wang, name: 王, unit: school, roles: [registrar] }"
STUDENT = '{ id: pupil, called: 某生, name: 某, id_number: "11010519491231002X", school: school, grade: 1 }'


def world(
    law: Law,
    *,
    authorities: str = BUREAU,
    schools: str = SCHOOL,
    people: str = PERSON,
    students: str = STUDENT,
) -> WorldData:
    lines = {"authorities": authorities, "schools": schools, "people": people, "students": students}
    text = "\n".join(f"{key}: [{rows}]" for key, rows in lines.items())
    return read_world([(text.encode(), "world.yaml")], law)


def test_the_worlds_of_all_regions_fit_together(data: WorldData) -> None:
    assert data.unit_named("红旗小学").id == "hongqi_primary"
    assert data.unit_named("hongqi_primary").name == "红旗小学"
    assert data.student_called("记过处分学生").enrolment.sanction == "demerit"
    assert data.student_called("changyuan_g5").called == "长垣实验小学五年级在校生"


def test_every_unit_has_everybody_it_needs(data: WorldData, law: Law) -> None:
    for unit in data.units.values():
        for role in law.roles.in_units(unit.kind):
            assert data.people_in(unit.id, role), (unit.name, role)


def test_everybody_who_works_in_a_unit_has_one_colleague_but_in_the_smallest_school(data: WorldData) -> None:
    alone = {
        unit.name
        for unit in data.units.values()
        if len({role.person for one in data.people.values() for role in one.roles if role.unit == unit.id})
        < 2
    }
    assert alone == {"长垣市河滩教学点"}


def test_the_system_has_an_analyst_an_operator_and_an_admin(data: WorldData) -> None:
    system = {role.role for one in data.people.values() for role in one.roles if role.unit is None}
    assert system == {"analyst", "operator", "admin"}


def test_every_identity_number_is_well_formed_and_used_once(data: WorldData) -> None:
    numbers = [one.id_number for one in data.students.values()]
    assert all(identity.is_valid(number) for number in numbers)
    assert len(set(numbers)) == len(numbers)


def test_a_student_number_is_the_class_letter_and_the_identity_number(data: WorldData) -> None:
    assert data.student_called("新星民办小学四年级在校生").student_number.startswith("L4107")  # type: ignore[union-attr]


def test_every_suspended_student_has_a_running_period(data: WorldData) -> None:
    for one in data.students.values():
        running = [period for period in one.suspensions if period.ended is None]
        assert bool(running) == (one.enrolment.status == "suspended"), one.called


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"people": PERSON.replace("registrar", "officer")}, "这里不能担任“officer”"),
        ({"people": PERSON.replace("unit: school", "unit: nowhere")}, "“unit”的值“nowhere”不在允许之列"),
        ({"people": f"{PERSON}, {PERSON}"}, "“wang”已经用过"),
        ({"schools": SCHOOL.replace("bureau", "school")}, "“parent”的值“school”不在允许之列"),
        ({"schools": SCHOOL.replace("410702", "410799")}, "没有代码为 410799"),
        ({"schools": SCHOOL.replace("first: 1", "first: 7")}, "没有7年级"),
        ({"schools": SCHOOL.replace("size: 9 }", "size: 9 }, { first: 1, size: 8 }")}, "同一个班写了两次"),
        ({"students": STUDENT.replace("002X", "0021")}, "校验码不对"),
        ({"students": STUDENT.replace("grade: 1", "grade: 7")}, "没有7年级"),
        ({"students": STUDENT.replace("grade: 1", "grade: 1, sanction: hanged")}, "“hanged”不在允许之列"),
        ({"students": STUDENT.replace("grade: 1", "grade: 1, flags: [tall]")}, "没有“tall”这个标记"),
        ({"students": STUDENT.replace("grade: 1", "grade: 1, hobby: chess")}, "不认识的键“hobby”"),
        ({"students": STUDENT.replace("grade: 1", 'grade: 1, transfers: ["soon"]')}, "“soon”不是日期"),
    ],
)
def test_a_wrong_world_is_refused(law: Law, change: dict[str, str], sentence: str) -> None:
    assert world(law).students
    with pytest.raises((BadDefinition, NotFound), match=sentence):
        world(law, **change)


def test_a_name_nobody_has_says_where_to_add_it(data: WorldData) -> None:
    with pytest.raises(NotFound, match=r"world\.yaml"):
        data.unit_named("霍格沃茨")
    with pytest.raises(NotFound, match=r"world\.yaml"):
        data.student_called("哈利")
