"""Students and units: within one's right, never an identity number; and what a record has been through."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.api.conftest import OpenDesk
from tests.api.desk import HEAD, REGISTRAR, SCHOOL, STRANGER, STUDENT, Desk
from tests.api.test_casebook import ANSWERS, open_case

THIRD = "changan_third_primary"
AUTHORITY = "changan_education.officer"
PREFECTURE = "shijiazhuang_education.officer"


@pytest.fixture(scope="module")
def rolls(application_of: OpenDesk) -> Iterator[Desk]:
    with application_of() as desk:
        yield desk


def ids(desk: Desk, who: str, **query: Any) -> list[str]:
    found = [one["id"] for one in desk.get(who, "/api/students", **query)]
    assert desk.get(who, "/api/students/count", **query)["count"] == len(found)
    return found


def pupils(desk: Desk, condition: str) -> set[str]:
    rows = desk.sql(f"select e.student from enrolment e join unit u on u.id = e.school where {condition}")
    return {row[0] for row in rows}


def test_a_school_sees_its_own_and_an_authority_those_below_it(rolls: Desk) -> None:
    own = pupils(rolls, f"e.school = '{THIRD}'")
    assert "changan_g3" in own
    assert set(ids(rolls, f"{THIRD}.registrar")) == set(ids(rolls, f"{THIRD}.head")) == own
    county = pupils(rolls, "u.parent = 'changan_education' or u.run_by = 'changan_education'")
    assert set(ids(rolls, AUTHORITY)) == county >= own
    below = set(ids(rolls, PREFECTURE))
    assert below > county
    assert STUDENT not in ids(rolls, REGISTRAR)
    assert ids(rolls, "analyst") == []
    everybody = pupils(rolls, "true")
    assert rolls.get("operator", "/api/students/count")["count"] == len(everybody)


def test_lists_are_narrowed_sorted_and_paged(rolls: Desk) -> None:
    everybody = rolls.get(PREFECTURE, "/api/students")
    first = everybody[0]
    for query, key in (
        ({"name": first["name"]}, "name"),
        ({"grade": first["grade"]}, "grade"),
        ({"stage": first["stage"]}, "stage"),
        ({"status": first["status"]}, "status"),
        ({"school": first["school"]}, "school"),
    ):
        found = rolls.get(PREFECTURE, "/api/students", **query)
        assert found == [one for one in everybody if one[key] == first[key]], query
    names = [one["id"] for one in rolls.get(PREFECTURE, "/api/students", sortBy="grade", sortOrder="desc")]
    assert sorted(names) == sorted(one["id"] for one in everybody)
    assert len(rolls.get(PREFECTURE, "/api/students", maxResults=1, firstResult=1)) == 1
    assert rolls.call(PREFECTURE, "GET", "/api/students", query_string={"idNumber": "1"}).status_code == 400


def test_another_schools_student_only_through_a_case(fresh_desk: Desk) -> None:
    desk = fresh_desk
    path = f"/api/students/{STUDENT}"
    for tail in ("", "/timeline"):
        assert desk.call(REGISTRAR, "GET", path + tail).status_code == 404
    number = open_case(desk, "transfer", **ANSWERS)["case"]
    assert desk.get(REGISTRAR, path)["lock_case"] == number
    assert [one["case"] for one in desk.get(REGISTRAR, f"{path}/timeline")] == [number]
    assert desk.call(STRANGER, "GET", path).status_code == 404
    desk.post(REGISTRAR, f"/api/cases/{number}/withdraw", {"reason": "不办了"})
    assert desk.call(REGISTRAR, "GET", path).status_code == 404, "with the case the right to look ends"


def test_a_record_tells_what_it_has_been_through(fresh_desk: Desk) -> None:
    desk = fresh_desk
    (school,) = desk.sql("select school from enrolment where student = %s", STUDENT)[0]
    registrar = f"{school}.registrar"
    number = open_case(desk, "transfer", **ANSWERS)["case"]
    desk.post(REGISTRAR, f"/api/cases/{number}/withdraw", {"reason": "不办了"})
    desk.sql(
        "insert into suspension_period (student, stage, since, ended) values (%s, 'primary', %s, %s)",
        STUDENT,
        "2024-03-01",
        "2025-03-01",
    )
    desk.sql(
        """insert into record_move (student, from_unit, to_unit, "on", case_number) values (%s, %s, %s, %s, 'x')""",
        STUDENT,
        SCHOOL,
        school,
        "2023-09-10",
    )
    turns = desk.get(registrar, f"/api/students/{STUDENT}/timeline")
    assert [one["on"] for one in turns] == sorted(one["on"] for one in turns)
    words = [one["what"] for one in turns]
    assert any(word.startswith("学籍由") for word in words)
    assert {"休学", "休学结束"} <= set(words)
    assert [one["case"] for one in turns if "已撤回" in one["what"]] == [number]


def test_no_answer_holds_an_identity_number(rolls: Desk) -> None:
    for path in ("/api/students", "/api/students/changan_g3", "/api/units"):
        answer = rolls.call(AUTHORITY, "GET", path)
        assert answer.status_code == 200
        text = answer.get_data(as_text=True)
        assert "id_number" not in text


def test_units_are_known_to_all_their_people_only_inside(rolls: Desk) -> None:
    schools = rolls.get(STRANGER, "/api/units", kind="school", under="changan_education")
    assert SCHOOL in [one["id"] for one in schools]
    assert {one["kind"] for one in schools} == {"school"}
    assert rolls.get(STRANGER, "/api/units/count", kind="authority")["count"] > 3
    for who, inside in (
        (STRANGER, False),
        (REGISTRAR, True),
        (AUTHORITY, True),
        (PREFECTURE, True),
        ("analyst", False),
    ):
        unit = rolls.get(who, f"/api/units/{SCHOOL}")
        assert (unit["people"] is not None) is inside, who
        assert (unit["classes"] is not None) is inside, who
    assert {one["role"] for one in rolls.get(HEAD, f"/api/units/{SCHOOL}")["people"]} == {"registrar", "head"}
    assert rolls.call(HEAD, "GET", "/api/units/none").status_code == 404
