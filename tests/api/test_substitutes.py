"""Substitutes: named by who may, fit for the role, for a period; four eyes count both, the journal names both."""

from __future__ import annotations

from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.api.desk import HEAD, OTHER_SCHOOL, REGISTRAR, SCHOOL, STRANGER, Desk

OTHER = "changan_third_primary"
OTHER_REGISTRAR, OTHER_HEAD = f"{OTHER}.registrar", f"{OTHER}.head"
SUPERIOR = "changan_education.responsible"
# The registrar starts, the head decides; the same eyes may not do both.
EYES = """
    start begin form=small_start
    user approve groups=head@receiving_school form=small_decision doc=MOE2016-3.1-a properties=four_eyes:begin
    end granted
    begin -> approve -> granted
"""


@pytest.fixture
def desk(fresh_desk: Desk) -> Desk:
    assert fresh_desk.deploy_small().status_code == 200
    return fresh_desk


def grant(desk: Desk, who: str, **wish: Any) -> TestResponse:
    body = {
        "absent": HEAD,
        "substitute": OTHER_HEAD,
        "role": "head",
        "unit": SCHOOL,
        "since": "2026-09-01",
        "until": "2026-09-10",
        **wish,
    }
    return desk.post(who, "/api/substitutes", {name: value for name, value in body.items() if value})


def granted(desk: Desk, who: str = HEAD, **wish: Any) -> dict[str, Any]:
    answer = grant(desk, who, **wish)
    assert answer.status_code == 201, answer.get_data(as_text=True)
    found: dict[str, Any] = answer.json
    return found


def test_a_substitute_does_the_work_and_both_are_named(desk: Desk) -> None:
    begun = desk.begin()
    assert desk.complete(OTHER_HEAD, begun.task, decision="approve").status_code == 404
    made = granted(desk, reason="出差")
    assert (made["absent"], made["substitute"], made["until"]) == (HEAD, OTHER_HEAD, "2026-09-10")
    me = desk.get(OTHER_HEAD, "/api/me")
    (acting,) = [one for one in me["roles"] if one["unit"] == SCHOOL]
    assert (acting["role"], acting["acting_for"]) == ("head", HEAD)
    assert [one["id"] for one in me["substitutions"]] == [made["id"]]
    assert [one["id"] for one in desk.get(HEAD, "/api/me")["substitutions"]] == [made["id"]]
    assert begun.task in [one["id"] for one in desk.get(OTHER_HEAD, "/engine-rest/task")]
    assert desk.complete(OTHER_HEAD, begun.task, decision="approve").status_code == 204
    assert desk.sql("select completed_by, done_for from user_task where id = %s", begun.task) == [
        (OTHER_HEAD, HEAD)
    ]
    (past,) = desk.get(HEAD, "/engine-rest/history/task", processInstanceId=begun.instance)
    assert (past["completedBy"], past["completedFor"]) == (OTHER_HEAD, HEAD)
    entries = desk.sql("select actor, detail->>'for' from journal where verb = 'complete'")
    assert entries == [(OTHER_HEAD, HEAD)]
    event = desk.get(HEAD, f"/api/cases/{begun.case}/timeline")[-1]
    names = dict(desk.sql("select id, name from person where id = any(%s)", [HEAD, OTHER_HEAD]))
    assert (event["who"], event["for_whom"]) == (names[OTHER_HEAD], names[HEAD])
    assert desk.sql("select detail->>'absent' from journal where verb = 'grant_substitute'") == [(HEAD,)]


def test_own_work_names_nobody_else(desk: Desk) -> None:
    granted(desk)
    begun = desk.begin()
    assert desk.complete(HEAD, begun.task, decision="approve").status_code == 204
    assert desk.sql("select done_for from user_task where id = %s", begun.task) == [(None,)]


def test_the_period_ends_and_with_it_what_was_claimed(desk: Desk) -> None:
    granted(desk, until="2026-09-03")
    begun = desk.begin()
    assert desk.post(OTHER_HEAD, f"/engine-rest/task/{begun.task}/claim").status_code == 204
    assert desk.call("admin", "PUT", "/api/clock", json={"now": "2026-09-04T00:00:00"}).status_code == 200
    desk.sql("select 1")
    answer = desk.complete(OTHER_HEAD, begun.task, decision="approve")
    assert answer.status_code == 404, answer.get_data(as_text=True)
    assert desk.post("operator", f"/api/tasks/{begun.task}/hand-over", {"to": HEAD}).status_code == 204
    assert desk.complete(HEAD, begun.task, decision="approve").status_code == 204


def test_it_is_ended_by_who_may_and_at_once(desk: Desk) -> None:
    begun = desk.begin()
    made = granted(desk)
    path = f"/api/substitutes/{made['id']}"
    assert desk.call(REGISTRAR, "DELETE", path).status_code == 403
    assert desk.call(STRANGER, "DELETE", path).status_code == 403
    assert desk.call(OTHER_HEAD, "DELETE", path).status_code == 204
    assert desk.call(HEAD, "DELETE", path).status_code == 404
    assert desk.complete(OTHER_HEAD, begun.task, decision="approve").status_code == 404
    assert desk.get(HEAD, "/api/substitutes") == []
    assert desk.sql("select count(*) from journal where verb = 'revoke_substitute'") == [(1,)]


def test_who_may_name_one(desk: Desk) -> None:
    registrar = {"absent": REGISTRAR, "substitute": OTHER_REGISTRAR, "role": "registrar"}
    assert grant(desk, STRANGER, **registrar).status_code == 403
    assert grant(desk, OTHER_HEAD, **registrar).status_code == 403
    assert grant(desk, "admin", **registrar).status_code == 403, "the law knows no system administrator"
    assert grant(desk, HEAD, **registrar).status_code == 201
    assert grant(desk, REGISTRAR, **registrar).status_code == 409, "somebody stands in already"
    assert (
        grant(desk, SUPERIOR, **{**registrar, "since": "2026-10-01", "until": "2026-10-02"}).status_code
        == 201
    )
    assert grant(desk, SUPERIOR).status_code == 201
    # A role one only stands in for gives no right to name others.
    assert grant(desk, OTHER_HEAD, since="2026-11-01", until="2026-11-02").status_code == 403
    listed = desk.get(HEAD, "/api/substitutes", unit=SCHOOL)
    assert len(listed) == 3
    assert desk.get(STRANGER, "/api/substitutes") == []


def test_who_is_fit_to_be_one(desk: Desk) -> None:
    registrar = {"absent": REGISTRAR, "role": "registrar"}
    refused = grant(desk, HEAD, **registrar, substitute=HEAD)
    assert (refused.status_code, bool(refused.json["clauses"])) == (403, True)
    assert grant(desk, HEAD, substitute="analyst").status_code == 403
    assert grant(desk, HEAD, substitute="nobody").status_code == 422
    assert grant(desk, HEAD, substitute=HEAD).status_code == 422
    assert grant(desk, HEAD, until="2026-08-31").status_code == 422
    assert grant(desk, HEAD, until="2027-09-10").status_code == 422
    assert grant(desk, HEAD, role="officer").status_code == 403
    assert grant(desk, HEAD, absent=OTHER_HEAD, substitute=REGISTRAR).status_code == 422, "not a head there"
    assert grant(desk, HEAD, substitute=REGISTRAR).status_code == 201, (
        "somebody of the unit may sign for its head"
    )
    desk.sql("update unit_role set trained = null where person = %s", OTHER_REGISTRAR)
    assert grant(desk, HEAD, **registrar, substitute=OTHER_REGISTRAR).status_code == 403


def test_four_eyes_count_both(desk: Desk) -> None:
    assert desk.deploy_small(EYES, "eyes").status_code == 200
    # The registrar may sign for the head, but not what the registrar handed in.
    granted(desk, substitute=REGISTRAR)
    begun = desk.begin("eyes")
    refused = desk.complete(REGISTRAR, begun.task, decision="approve")
    assert (refused.status_code, refused.json["code"]) == (403, "four_eyes")
    # Somebody hands in for the head (who is also a registrar here): the head may not approve it.
    desk.sql(
        """insert into unit_role (person, role, unit, trained, filed)
           values (%s, 'registrar', %s, '2020-01-01', '2020-01-01')""",
        HEAD,
        SCHOOL,
    )
    granted(desk, absent=HEAD, substitute=OTHER_REGISTRAR, role="registrar")
    started = desk.start(OTHER_REGISTRAR, "eyes", starting_unit=SCHOOL)
    assert started.status_code == 200, started.get_data(as_text=True)
    (task,) = desk.get("admin", "/engine-rest/task", processInstanceId=started.json["id"])
    for who in (HEAD, REGISTRAR):
        refused = desk.complete(who, task["id"], decision="approve")
        assert (refused.status_code, refused.json["code"]) == (403, "four_eyes"), who
    refused = desk.post("operator", f"/api/tasks/{task['id']}/hand-over", {"to": REGISTRAR})
    assert refused.json["code"] == "four_eyes", "standing in for the head means the head's eyes"


def test_a_region_may_forbid_it(desk: Desk) -> None:
    linxia = [
        row[0]
        for row in desk.sql(
            "select id from unit where left(county, 4) = '6229' and kind = 'school' order by id"
        )
    ]
    school = linxia[0]
    roles = dict(desk.sql("select role, person from unit_role where unit = %s", school))
    wish = {"unit": school, "absent": roles["registrar"], "substitute": OTHER_REGISTRAR, "role": "registrar"}
    refused = grant(desk, roles["registrar"], **wish)
    assert (refused.status_code, refused.json["clauses"]) == (403, ["LX2022-1.1-b"])
    head = {"unit": school, "absent": roles["head"], "substitute": OTHER_HEAD, "role": "head"}
    assert grant(desk, roles["head"], **head).status_code == 201
    assert OTHER_SCHOOL
