"""Regions, groups and people, as far as one may know of them."""

from __future__ import annotations

from tests.api.desk import HEAD, REGISTRAR, SCHOOL, STRANGER, Desk


def test_regions_are_tenants(desk: Desk) -> None:
    found = desk.get(HEAD, "/engine-rest/tenant", sortBy="id", sortOrder="desc")
    assert [one["id"] for one in found] == sorted((one["id"] for one in found), reverse=True)
    assert "000000" not in {one["id"] for one in found}
    assert desk.get(HEAD, f"/engine-rest/tenant/{found[0]['id']}") == found[0]
    assert desk.get(HEAD, "/engine-rest/tenant", name=found[0]["name"]) == found[:1]
    assert desk.get(HEAD, "/engine-rest/tenant/count") == {"count": len(found)}
    assert desk.get(HEAD, "/engine-rest/tenant", firstResult=1, maxResults=1) == found[1:2]


def test_groups_are_roles_in_units(desk: Desk) -> None:
    found = {one["id"]: one["name"] for one in desk.get(HEAD, "/engine-rest/group")}
    assert found.keys() == {f"head@{SCHOOL}", f"registrar@{SCHOOL}"}
    assert "（" in found[f"head@{SCHOOL}"]
    assert [one["id"] for one in desk.get(HEAD, "/engine-rest/group", member=HEAD)] == [f"head@{SCHOOL}"]
    assert desk.call(HEAD, "GET", "/engine-rest/group", query_string={"member": REGISTRAR}).status_code == 403
    assert desk.call(STRANGER, "GET", f"/engine-rest/group/head@{SCHOOL}").status_code == 404
    assert desk.get("admin", f"/engine-rest/group/head@{SCHOOL}")["id"] == f"head@{SCHOOL}"
    assert desk.get("admin", "/engine-rest/group/count")["count"] > 10


def colleagues(desk: Desk) -> set[str]:
    found = desk.sql("select person from unit_role where unit = %s and active", SCHOOL)
    assert {(HEAD,), (REGISTRAR,)} <= set(found)
    return {person for (person,) in found}


def test_people_are_those_of_ones_units(desk: Desk) -> None:
    assert {one["id"] for one in desk.get(HEAD, "/engine-rest/user")} == colleagues(desk)
    profile = desk.get(HEAD, f"/engine-rest/user/{REGISTRAR}/profile")
    assert profile.keys() == {"id", "firstName", "lastName", "email"}
    assert profile["firstName"]
    assert desk.call(STRANGER, "GET", f"/engine-rest/user/{REGISTRAR}/profile").status_code == 404
    mine = desk.get(HEAD, "/engine-rest/user", memberOfGroup=f"head@{SCHOOL}")
    heads = desk.sql("select person from unit_role where unit = %s and role = 'head' and active", SCHOOL)
    assert {one["id"] for one in mine} == {person for (person,) in heads}
    assert desk.get("admin", "/engine-rest/user/count")["count"] > 10


def test_a_task_list_asks_for_ones_groups(desk: Desk) -> None:
    found = desk.get(HEAD, "/engine-rest/identity/groups", userId=HEAD)
    assert [one["id"] for one in found["groups"]] == [f"head@{SCHOOL}"]
    assert {one["id"] for one in found["groupUsers"]} == colleagues(desk)
    assert desk.call(HEAD, "GET", "/engine-rest/identity/groups?userId=x").status_code == 403
