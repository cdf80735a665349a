"""Real papers of real transfers: handed in with the deployed start form, looked at by the reviewers of the case alone,
and between two provinces by the side they were handed in to."""

from __future__ import annotations

from typing import Any

from tests.api.desk import HEAD, REGISTRAR, STRANGER, Desk
from tests.api.test_materials import kept
from tests.files import pdf, picture

FIELD = "reason_proof_files"
ANSWERS = {"reason": "household_moved", "materials": ["reason_proof"]}
OTHER_SIDE = ("jinshui_first_primary.registrar", "jinshui_first_primary.head")


def begin(desk: Desk, key: str, student: str, papers: list[str]) -> Any:
    definition = f"/engine-rest/process-definition/key/{key}"
    form = desk.get(REGISTRAR, f"{definition}/deployed-start-form")
    (field,) = [one for one in form["components"] if one["type"] == "filepicker"]
    assert field["key"] == FIELD
    assert not field.get("validate", {}).get("required")
    values = {"student": student, **ANSWERS, field["key"]: papers}
    body = {"variables": {name: {"value": value} for name, value in values.items()}}
    answer = desk.post(REGISTRAR, f"{definition}/start", body)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return answer.json


def agreed(desk: Desk, case: str) -> None:
    """The head of the receiving school agrees: from then on its authority has a part in the case."""
    (task,) = desk.get(HEAD, "/engine-rest/task", processInstanceBusinessKey=case)
    answer = desk.complete(HEAD, task["id"], decision="approve")
    assert answer.status_code == 204, answer.get_data(as_text=True)


def test_a_transfer_with_its_papers(fresh_desk: Desk) -> None:
    desk = fresh_desk
    image, paper = picture(), pdf()
    ids = [kept(desk, content=image)["id"], kept(desk, content=paper, name="居住证.pdf")["id"]]
    case = begin(desk, "transfer", "qiaoxi_g4", ids)["businessKey"]
    assert desk.get("changan_education.officer", "/api/materials", case=case) == [], (
        "no part in the case as yet"
    )
    agreed(desk, case)
    reviewers = ("changan_first_primary.head", "changan_education.officer", "qiaoxi_second_primary.registrar")
    for who in (REGISTRAR, *reviewers):
        assert {one["id"] for one in desk.get(who, "/api/materials", case=case)} == set(ids), who
    for each, content, kind in zip(ids, (image, paper), ("image/png", "application/pdf"), strict=True):
        shown = desk.call(reviewers[0], "GET", f"/api/materials/{each}/content?as=inline")
        assert (shown.status_code, shown.data, shown.mimetype) == (200, content, kind)
        assert shown.headers["Content-Disposition"].startswith("inline")
        assert "default-src 'none'" in shown.headers["Content-Security-Policy"]
        assert shown.headers["X-Content-Type-Options"] == "nosniff"
        assert desk.call(STRANGER, "GET", f"/api/materials/{each}/content").status_code == 404
    ((said,),) = desk.sql(
        "select detail -> 'materials' from journal where case_number = %s and verb = 'start'", case
    )
    assert sorted(one.partition(":")[0] for one in said) == sorted(ids)
    assert desk.sql("select actor from journal where case_number = %s and verb = 'read_material'", case) == [
        (reviewers[0],),
        (reviewers[0],),
    ]
    passed = desk.post(REGISTRAR, f"/api/materials/{ids[0]}/pass-on", {"reason": "对方要看"})
    assert passed.status_code == 409, "inside one province every party sees it"


def test_between_provinces_each_side_has_its_own_papers(fresh_desk: Desk) -> None:
    desk = fresh_desk
    paper = kept(desk)["id"]
    case = begin(desk, "cross_province_receiving", "jinshui_g4", [paper])["businessKey"]
    agreed(desk, case)
    more = kept(desk, case=case, name="补充.png")["id"]
    assert len(desk.get("changan_education.officer", "/api/materials", case=case)) == 2
    for who in OTHER_SIDE:
        assert desk.get(who, "/api/cases", number=case), "a party to the case"
        assert desk.get(who, "/api/materials", case=case) == []
        for each in (paper, more):
            assert desk.call(who, "GET", f"/api/materials/{each}/content").status_code == 404
    theirs = kept(desk, OTHER_SIDE[0], case=case, name="信息表.png")["id"]
    assert desk.call(REGISTRAR, "GET", f"/api/materials/{theirs}").status_code == 404
    reason = {"reason": "转出方核对转学原因"}
    assert desk.post(OTHER_SIDE[0], f"/api/materials/{paper}/pass-on", reason).status_code == 404
    assert desk.post("operator", f"/api/materials/{paper}/pass-on", reason).status_code == 403
    key = {"Idempotency-Key": "pass-it-on"}
    for _ in range(2):
        answer = desk.call(REGISTRAR, "POST", f"/api/materials/{paper}/pass-on", json=reason, headers=key)
        assert answer.status_code == 204, answer.get_data(as_text=True)
    assert desk.post(REGISTRAR, f"/api/materials/{paper}/pass-on", reason).status_code == 409
    assert {one["id"] for one in desk.get(OTHER_SIDE[1], "/api/materials", case=case)} == {theirs, paper}
    assert desk.call(OTHER_SIDE[1], "GET", f"/api/materials/{paper}/content").status_code == 200
    assert desk.call(OTHER_SIDE[1], "GET", f"/api/materials/{more}").status_code == 404
    ((actor, why),) = desk.sql(
        "select actor, detail ->> 'reason' from journal where case_number = %s and verb = 'pass_on_material'",
        case,
    )
    assert (actor, why) == (REGISTRAR, reason["reason"])
