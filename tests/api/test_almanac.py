"""Regions and calendars as people ask for them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.api.conftest import OpenDesk
from tests.api.desk import HEAD, Desk


@pytest.fixture(scope="module")
def almanac(application_of: OpenDesk) -> Iterator[Desk]:
    with application_of() as desk:
        yield desk


def test_regions_say_what_they_cover_and_from_when(almanac: Desk) -> None:
    regions = {one["code"]: one for one in almanac.get(HEAD, "/api/regions")}
    assert set(regions) >= {"000000", "310000", "410700", "622900"}
    assert regions["622900"]["in_force_from"] == "2022-08-25"
    assert regions["622900"]["stages"] == ["junior", "primary", "senior"]
    assert all(one["own_rules"] for one in regions.values())


def test_a_county_shows_where_each_file_comes_from(almanac: Desk) -> None:
    told = almanac.get(HEAD, "/api/regions/410702")
    assert [one["code"] for one in told["chain"]] == ["410702", "410700", "410000", "000000"]
    assert told["own_rules"] is False
    assert "transfer" in told["procedures"]
    files = {one["name"]: one for one in told["files"]}
    assert files["transfer.bpmn"]["region"] == "410700"
    assert files["transfer.bpmn"]["path"].startswith("processes/regions/410700")
    assert [one["region"] for one in files["transfer.bpmn"]["walk"]][:2] == ["410702", "410700"]
    national = next(one for one in told["files"] if one["region"] == "000000")
    assert len(national["walk"]) == 4
    assert almanac.call(HEAD, "GET", "/api/regions/999999").status_code == 404
    assert almanac.call(HEAD, "GET", "/api/regions/x").status_code == 404


def test_a_month_with_its_days_off_terms_and_windows(almanac: Desk) -> None:
    month = almanac.get(HEAD, "/api/calendar", month="2026-02", region="000000")
    days = {one["day"]: one for one in month["days"]}
    assert len(days) == 28
    assert days["2026-02-17"] == {"day": "2026-02-17", "working": False, "name": "春节", "term": None}
    assert (days["2026-02-14"]["working"], days["2026-02-14"]["name"]) == (True, "调休上班")
    assert (days["2026-02-12"]["working"], days["2026-02-12"]["name"]) == (True, "")
    assert month["working_days"] == sum(one["working"] for one in month["days"])
    july = almanac.get(HEAD, "/api/calendar", month="2026-07", region="000000")
    (start,) = [one for one in july["windows"] if one["name"] == "transfer_start"]
    assert start["open"] == [{"from": "2026-07-01", "to": "2026-07-14"}]
    assert start["clauses"] == ["MOE2016-3.5-a"]
    assert [one["number"] for one in july["terms"]] == [2]


def test_a_year_and_ones_own_place(almanac: Desk) -> None:
    year = almanac.get(HEAD, "/api/calendar", year=2026)
    assert (year["region"], len(year["days"])) == ("130102", 365)
    assert 240 < year["working_days"] < 256
    for query in ({}, {"month": "2026-09", "year": "2026"}, {"month": "2026-13"}, {"year": "1800"}):
        assert almanac.call(HEAD, "GET", "/api/calendar", query_string=query).status_code == 400
    unknown = almanac.call(HEAD, "GET", "/api/calendar", query_string={"year": "2090"})
    assert unknown.status_code == 422, "a year whose calendar nobody has"


@pytest.mark.parametrize(
    ("query", "last"),
    [
        ({"from": "2026-09-03", "n": "10"}, "2026-09-17"),
        ({"from": "2026-09-29", "n": "1"}, "2026-09-30"),
        ({"from": "2026-09-30", "n": "1"}, "2026-10-08"),
        ({"from": "2026-09-03", "n": "90", "unit": "day"}, "2026-12-02"),
        ({"from": "2026-01-31", "n": "1", "unit": "month"}, "2026-02-28"),
        ({"from": "2026-09-03", "n": "30", "unit": "day", "roll": "true"}, "2026-10-08"),
    ],
)
def test_when_a_limit_ends(almanac: Desk, query: dict[str, str], last: str) -> None:
    told = almanac.get(HEAD, "/api/calendar/deadline", **query)
    assert told["last_day"] == last
    assert told["ends_at"].endswith("T00:00:00.000+0800")
    assert told["provisional"] is False


def test_limits_without_sense_are_refused(almanac: Desk) -> None:
    for query in ({"n": "10"}, {"from": "x", "n": "1"}, {"from": "2026-09-03", "n": "500", "unit": "year"}):
        answer = almanac.call(HEAD, "GET", "/api/calendar/deadline", query_string=query)
        assert answer.status_code == 400
