"""A guardian sees one case, by its number and a code; takes it back where the diagram allows; guesses nothing."""

from __future__ import annotations

from typing import Any

from tests.api.desk import HEAD, REGISTRAR, STRANGER, Desk
from tests.api.test_casebook import ANSWERS, open_case


def look(desk: Desk, number: str, code: str, path: str = "case") -> Any:
    return desk.post("", f"/api/guardian/{path}", {"number": number, "code": code})


def test_a_guardian_follows_the_case_in_plain_words(fresh_desk: Desk) -> None:
    desk = fresh_desk
    started = open_case(desk, "transfer", **ANSWERS)
    number, code = started["case"], started["guardian_code"]
    answer = look(desk, number, code.lower())
    assert answer.status_code == 200, answer.get_data(as_text=True)
    view = answer.json
    (name,) = desk.sql(
        "select s.name from case_ c join student s on s.id = c.student where c.number = %s", number
    )[0]
    assert view["student"] == name[0] + "*" * (len(name) - 1)
    assert "转学" in view["procedure"]
    (waiting,) = view["waiting"]
    assert waiting["unit"] in view["status"]
    assert waiting["step"] in view["status"]
    assert view["may_recall"] is True
    assert "撤回" in view["to_do"]
    assert [(one["what"], bool(one["unit"])) for one in view["history"]] == [("受理", True)]
    people = desk.sql("select name, id from person")
    text = answer.get_data(as_text=True)
    assert not [person for person in people if person[0] in text or person[1] in text]
    assert name not in text

    assert look(desk, number, code, "recall").status_code == 204
    view = look(desk, number, code).json
    assert view["closed_at"]
    assert view["status"] == "已办结：已撤回"
    assert view["may_recall"] is False
    assert view["notices"], "the case told the guardian that it is over"
    events = desk.get(HEAD, f"/api/cases/{number}/timeline")
    assert [one["who"] for one in events if one["verb"] == "withdraw"] == ["监护人"]
    assert look(desk, number, code, "recall").status_code == 409


def test_wrong_codes_are_all_alike_and_soon_locked(fresh_desk: Desk) -> None:
    desk = fresh_desk
    assert desk.deploy_small().status_code == 200
    number, other = open_case(desk), open_case(desk)
    wrong = [
        look(desk, number["case"], other["guardian_code"]),
        look(desk, number["case"], "A" * 10, "recall"),
        look(desk, "none", number["guardian_code"]),
    ]
    assert {(one.status_code, one.json["detail"]) for one in wrong} == {(404, wrong[0].json["detail"])}
    for _ in range(3):
        look(desk, number["case"], "B" * 10)
    locked = look(desk, number["case"], number["guardian_code"])
    assert (locked.status_code, locked.json["code"]) == (429, "locked_out")
    assert int(locked.headers["Retry-After"]) > 0
    assert look(desk, other["case"], other["guardian_code"]).status_code == 200


def test_a_code_is_kept_as_a_hash_and_replaced_by_a_new_one(fresh_desk: Desk) -> None:
    desk = fresh_desk
    assert desk.deploy_small().status_code == 200
    started = open_case(desk)
    number, code = started["case"], started["guardian_code"]
    path = f"/api/cases/{number}/guardian-code"
    assert code not in str(desk.sql("select * from guardian_code"))
    assert desk.post(STRANGER, path).status_code == 404
    assert desk.post("operator", path).status_code == 403
    fresh = desk.post(REGISTRAR, path).json["code"]
    assert fresh != code
    assert look(desk, number, code).status_code == 404
    assert look(desk, number, fresh).status_code == 200
    assert look(desk, number, fresh, "recall").status_code == 409, "the small procedure draws no recall"
    assert "issue_guardian_code" in [one["verb"] for one in desk.get(HEAD, f"/api/cases/{number}/timeline")]


def test_only_so_many_strangers_a_minute(application_of: Any) -> None:
    with application_of(stranger_limit=2) as desk:
        statuses = [look(desk, "none", "A").status_code for _ in range(3)]
    assert statuses == [404, 404, 429]
