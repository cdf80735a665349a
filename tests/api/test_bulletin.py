"""The monthly bulletin: months and holidays at their edges, looked at from every level, as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

import pytest

from tests.api.conftest import OpenDesk
from tests.api.desk import HEAD, OTHER_SCHOOL, REGISTRAR, SCHOOL, Desk
from tests.api.test_clock import LATE

COUNTY, OTHER_COUNTY = "changan_education.officer", "qiaoxi_education.officer"
PREFECTURE, PROVINCE = "shijiazhuang_education.officer", "hebei_education.officer"
# unit, case, step, day, month, published
ENTRIES = [
    (SCHOOL, "a", "review", "2026-09-18", "2026-09", True),
    (SCHOOL, "a", "approve", "2026-09-20", "2026-09", True),
    (SCHOOL, "b", "review", "2026-10-08", "2026-10", True),
    ("changan_education", "a", "review", "2026-09-30", "2026-09", True),
    (OTHER_SCHOOL, "c", "=cmd()", "2026-09-02", "2026-09", False),
]


@pytest.fixture(scope="module")
def told(application_of: OpenDesk) -> Iterator[Desk]:
    with application_of() as desk:
        for entry in ENTRIES:
            desk.sql(
                """insert into overdue_entry (unit, case_number, step, "on", month, published, party)
                   values (%s, %s, %s, %s, %s, %s, 'receiving_school')""",
                *entry,
            )
        yield desk


def move(desk: Desk, moment: str) -> None:
    answer = desk.call("admin", "PUT", "/api/clock", json={"now": f"{moment}T09:00:00.000+0800"})
    assert answer.status_code == 200, answer.get_data(as_text=True)


def deploy_late(desk: Desk) -> None:
    files = desk.files(LATE, "late")
    files.pop("small_decision.form")
    assert desk.deploy(files).status_code == 200


def test_a_limit_that_ends_with_the_month_belongs_to_the_next(fresh_desk: Desk) -> None:
    desk = fresh_desk
    deploy_late(desk)
    days = [f"2026-09-{day}" for day in range(10, 25)]
    query = {"n": 10, "region": "130102"}
    ends = {
        day: desk.get(HEAD, "/api/calendar/deadline", **{"from": day, **query})["last_day"] for day in days
    }
    move(desk, next(day for day, last in ends.items() if last == "2026-09-30"))
    begun = desk.begin("late")
    move(desk, "2026-09-30")
    assert desk.get("admin", "/api/bulletin") == []
    move(desk, "2026-10-01")
    (entry,) = desk.get("admin", "/api/bulletin", month="2026-10")
    assert (entry["case"], entry["on"], entry["published"]) == (begun.case, "2026-10-01", True)


def test_a_limit_that_ends_in_the_holidays_is_kept_and_not_published(fresh_desk: Desk) -> None:
    desk = fresh_desk
    deploy_late(desk)
    move(desk, "2027-01-12")  # the term ends on 22 January
    desk.begin("late")
    move(desk, "2027-02-20")
    (entry,) = desk.get("admin", "/api/bulletin", month="2027-01")
    assert entry["published"] is False
    assert desk.get("admin", "/api/bulletin", published="true") == []


def cases(desk: Desk, who: str, **query: Any) -> list[tuple[str, str]]:
    return [(one["case"], one["step"]) for one in desk.get(who, "/api/bulletin", **query)]


def test_each_level_sees_itself_and_what_is_below(told: Desk) -> None:
    september = {"month": "2026-09"}
    own = [("a", "review"), ("a", "approve")]
    assert cases(told, REGISTRAR, **september) == own
    assert sorted(cases(told, COUNTY, **september)) == sorted([*own, ("a", "review")])
    assert cases(told, OTHER_COUNTY, **september) == [("c", "=cmd()")]
    for who in (PREFECTURE, PROVINCE, "operator"):
        assert len(cases(told, who, **september)) == 4
    assert len(cases(told, PROVINCE, below="changan_education", **september)) == 3
    assert len(cases(told, PROVINCE, county="130104", **september)) == 1
    assert cases(told, PROVINCE, published="true", unit=OTHER_SCHOOL) == []
    assert cases(told, "analyst") == []


def lines(desk: Desk, who: str, by: str) -> dict[str, tuple[int, int, int, int]]:
    found = desk.get(who, "/api/bulletin/summary", month="2026-09", by=by)
    return {one["code"]: (one["units"], one["entries"], one["cases"], one["published"]) for one in found}


def test_it_is_counted_by_unit_and_by_place(told: Desk) -> None:
    assert lines(told, PROVINCE, "unit") == {
        SCHOOL: (1, 2, 1, 2),
        "changan_education": (1, 1, 1, 1),
        OTHER_SCHOOL: (1, 1, 1, 0),
    }
    assert lines(told, PROVINCE, "county") == {"130102": (2, 3, 2, 3), "130104": (1, 1, 1, 0)}
    assert lines(told, PROVINCE, "prefecture") == {"130100": (3, 4, 3, 3)}
    assert lines(told, PROVINCE, "province") == {"130000": (3, 4, 3, 3)}
    assert lines(told, COUNTY, "province") == {"130000": (2, 3, 2, 3)}
    names = [one["name"] for one in told.get(PROVINCE, "/api/bulletin/summary", by="province")]
    assert names == ["河北省"]


def test_it_is_exported_for_spreadsheets(told: Desk) -> None:
    answer = told.call(PROVINCE, "GET", "/api/bulletin/export", query_string={"month": "2026-09"})
    assert answer.status_code == 200
    assert answer.mimetype == "text/csv"
    text = answer.get_data(as_text=True)
    assert text.startswith("\ufeff")
    head, *rows = csv.reader(io.StringIO(text.lstrip("\ufeff")))
    assert head[:3] == ["月份", "地区代码", "单位"]
    assert len(rows) == 4
    assert {row[3] for row in rows} == {"转入学校"}
    assert [row[4] for row in rows if row[1] == "130104"] == ["'=cmd()"], (
        "a spreadsheet must not calculate it"
    )
    assert {row[7] for row in rows} == {"通报", "寒暑假，不通报"}
