"""The history of student numbers over the API, and who may start a case for whom."""

from __future__ import annotations

import json
from typing import Any

from service.registry.law import Law
from service.registry.world_file import load_world
from service.settings import ROOT
from tests.api.desk import REGISTRAR, STRANGER, Desk, form, start_body

WORLD = load_world(ROOT / "processes", Law(ROOT / "processes"))
OFFICER, NEAR = "changan_education.officer", "changan_g3"
OWN_SCHOOL = """
    starters registrar@school
    start begin form=small_start
    user approve groups=head@school form=small_decision name=校长审批 doc=MOE2016-3.1-a
    end granted
    begin -> approve -> granted
"""


def test_the_history_is_shown_masked_to_those_who_know_the_student(desk: Desk) -> None:
    (held,) = desk.get(OFFICER, f"/api/students/{NEAR}/numbers")["numbers"]
    number = WORLD.students[NEAR].id_number
    assert (held["scheme"], held["kind"], held["until"]) == ("national", "L", None)
    assert held["number"] == f"L{number[:2]}{'*' * 14}{number[-2:]}"
    assert desk.call(STRANGER, "GET", f"/api/students/{NEAR}/numbers").status_code == 404


def test_a_school_starts_nothing_for_the_student_of_another_even_where_no_table_asks(
    fresh_desk: Desk,
) -> None:
    assert fresh_desk.deploy_small(OWN_SCHOOL).status_code == 200
    answer = fresh_desk.start(REGISTRAR)
    assert (answer.status_code, answer.json["code"]) == (403, "forbidden")
    assert "学籍不在长安区第一小学" in answer.json["detail"]
    assert fresh_desk.sql("select count(*) from case_") == [(0,)]
    assert fresh_desk.start("qiaoxi_second_primary.registrar").status_code == 200


def test_a_field_that_sets_a_party_takes_a_unit_of_its_kind(fresh_desk: Desk) -> None:
    choice = {
        "type": "textfield",
        "key": "school",
        "properties": {"kind": "unit", "party": "receiving_school"},
    }
    text = OWN_SCHOOL.replace("head@school", "head@receiving_school")
    files = fresh_desk.files(text)
    files["small_start.form"] = form_bytes(choice)
    assert fresh_desk.deploy(files).status_code == 200
    path = "/engine-rest/process-definition/key/small/start"
    for wrong, words in (("qiaoxi_education", "不是学校"), ("nowhere", "没有这个单位")):
        answer = fresh_desk.post("qiaoxi_second_primary.registrar", path, start_body(school=wrong))
        assert (answer.status_code, answer.json["code"]) == (422, "invalid")
        (problem,) = answer.json["errors"]
        assert problem["where"] == "school"
        assert words in problem["message"]
    right = start_body(school="changan_first_primary")
    assert fresh_desk.post("qiaoxi_second_primary.registrar", path, right).status_code == 200


def form_bytes(choice: dict[str, Any]) -> bytes:
    return json.dumps(form("small_start", choice)).encode()
