"""Calling twice, at once or late harms nothing: keys of requests, tags of what was read."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from service.casework import housekeeping
from service.store import requests
from service.store.requests import RequestKey
from tests.api.desk import HEAD, REGISTRAR, Desk, start_body

START = "/engine-rest/process-definition/key/small/start"
CREATE = "/engine-rest/deployment/create"


def keyed(desk: Desk, who: str, path: str, key: str, body: object) -> object:
    return desk.call(who, "POST", path, json=body, headers={"Idempotency-Key": key})


def cases(desk: Desk) -> int:
    return int(desk.sql("select count(*) from case_")[0][0])


def test_a_repeat_gets_the_first_answer_and_does_nothing(desk: Desk) -> None:
    before = cases(desk)
    first = keyed(desk, REGISTRAR, START, "one", start_body())
    again = keyed(desk, REGISTRAR, START, "one", start_body())
    assert (first.status_code, again.status_code) == (200, 200)
    assert again.get_data() == first.get_data()
    assert again.headers["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first.headers
    assert cases(desk) == before + 1


def test_an_answer_without_content_is_repeated_too(desk: Desk) -> None:
    path = f"/engine-rest/task/{desk.begin().task}/complete"
    body = {"variables": {"decision": {"value": "approve"}}}
    assert [keyed(desk, HEAD, path, "done", body).status_code for _ in range(2)] == [204, 204]
    assert keyed(desk, HEAD, path, "done again", body).status_code == 409


def test_another_body_under_the_same_key_is_refused(desk: Desk) -> None:
    keyed(desk, REGISTRAR, START, "two", start_body())
    answer = keyed(desk, REGISTRAR, START, "two", start_body(remark="x"))
    assert (answer.status_code, answer.json["code"]) == (422, "idempotency_key_reused")


def test_keys_of_different_people_have_nothing_to_do_with_each_other(desk: Desk) -> None:
    assert keyed(desk, REGISTRAR, START, "shared", start_body()).status_code == 200
    assert keyed(desk, HEAD, START, "shared", start_body()).status_code == 403


def test_what_changed_nothing_may_be_sent_again(desk: Desk) -> None:
    path = f"/engine-rest/task/{desk.begin().task}/complete"
    assert keyed(desk, HEAD, path, "late", {}).status_code == 422
    body = {"variables": {"decision": {"value": "approve"}}}
    assert keyed(desk, HEAD, path, "late", body).status_code == 204


def test_six_at_once_are_one(desk: Desk) -> None:
    before = cases(desk)
    with ThreadPoolExecutor(6) as pool:
        clients = [Desk(desk.app, desk.url) for _ in range(6)]
        answers = list(pool.map(lambda one: keyed(one, REGISTRAR, START, "six", start_body()), clients))
    assert [one.status_code for one in answers] == [200] * 6
    assert len({one.get_data() for one in answers}) == 1
    assert cases(desk) == before + 1


def test_one_at_work_too_long_is_a_conflict(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.api.idempotency.WAIT_SECONDS", 0.1)
    keyed(desk, REGISTRAR, START, "slow", start_body())
    desk.sql("update idempotency_key set status = null, committed = false where key = 'slow'")
    answer = keyed(desk, REGISTRAR, START, "slow", start_body())
    assert answer.status_code == 409
    assert answer.headers["Retry-After"] == "1"
    desk.sql(
        "update idempotency_key set committed = true, lease_until = now() - interval '1s' where key = 'slow'"
    )
    before = cases(desk)
    answer = keyed(desk, REGISTRAR, START, "slow", start_body())
    assert (answer.status_code, cases(desk)) == (409, before), "what has been committed is not done again"
    desk.sql("update idempotency_key set committed = false where key = 'slow'")
    assert keyed(desk, REGISTRAR, START, "slow", start_body()).status_code == 200, "its process died"


def test_only_a_transaction_that_writes_counts_as_an_effect(desk: Desk) -> None:
    asked = RequestKey(person="p", key="effect", fingerprint="f")
    with desk.app.app_context():
        assert requests.take(asked) is None
        with requests.marking(asked), requests.transaction() as connection:
            connection.exec_driver_sql("select 1")
        assert desk.sql("select committed from idempotency_key where key = 'effect'") == [(False,)]
        with requests.marking(asked), requests.transaction() as connection:
            connection.exec_driver_sql("update setting set value = value")
        assert desk.sql("select committed from idempotency_key where key = 'effect'") == [(True,)]


@pytest.mark.parametrize("key", ["", "x" * 256, "schlüssel"])
def test_a_key_that_is_none(desk: Desk, key: str) -> None:
    answer = desk.call(REGISTRAR, "POST", START, json=start_body(), headers={"Idempotency-Key": key})
    assert answer.status_code == 400


def test_an_upload_is_known_again_by_its_content(desk: Desk) -> None:
    files = desk.files("start begin\nend done\nbegin -> done", "nothing")
    only = {"nothing.bpmn": files["nothing.bpmn"]}
    options = {"headers": {"Idempotency-Key": "upload"}}
    first, again = (desk.deploy(only, **options) for _ in range(2))
    assert first.status_code == again.status_code
    if first.status_code == 200:
        assert again.headers["Idempotent-Replayed"] == "true"


def test_keys_expire(desk: Desk) -> None:
    keyed(desk, REGISTRAR, START, "old", start_body())
    desk.sql("update idempotency_key set created_at = now() - interval '25 hours' where key = 'old'")
    with desk.app.app_context():
        assert housekeeping.expire_requests() == 1
    assert desk.sql("select 1 from idempotency_key where key = 'old'") == []


def test_a_task_has_a_tag_that_changes_with_it(desk: Desk) -> None:
    path = f"/engine-rest/task/{desk.begin().task}"
    first = desk.call(HEAD, "GET", path)
    tag = first.headers["ETag"]
    assert desk.call(HEAD, "GET", path, headers={"If-None-Match": tag}).status_code == 304
    assert desk.call(HEAD, "POST", f"{path}/claim", headers={"If-Match": tag}).status_code == 204
    assert desk.call(HEAD, "GET", path).headers["ETag"] != tag
    late = desk.call(HEAD, "POST", f"{path}/unclaim", headers={"If-Match": tag})
    assert (late.status_code, late.json["code"]) == (412, "stale")
    body = {"variables": {"decision": {"value": "approve"}}}
    for wrong in (tag, '"i2"', "W/" + tag, "x"):
        answer = desk.call(HEAD, "POST", f"{path}/complete", json=body, headers={"If-Match": wrong})
        assert answer.status_code == 412, wrong
    assert (
        desk.call(
            HEAD, "POST", f"{path}/complete", json=body, headers={"If-Match": f'{tag}, "t2"'}
        ).status_code
        == 204
    )


def test_cases_and_instances_have_tags_too(desk: Desk) -> None:
    begun = desk.begin()
    case, instance = f"/api/cases/{begun.case}", f"/engine-rest/process-instance/{begun.instance}"
    before = [desk.call("admin", "GET", path).headers["ETag"] for path in (case, instance)]
    assert desk.post(HEAD, f"/engine-rest/task/{begun.task}/claim").status_code == 204
    assert desk.call("admin", "GET", case).headers["ETag"] != before[0]
    stale = desk.call("admin", "DELETE", instance, headers={"If-Match": '"i1"'})
    assert stale.status_code == 412
    assert desk.call("admin", "DELETE", instance, headers={"If-Match": before[1]}).status_code == 204


def test_a_part_of_an_upload_without_a_name_is_no_mistake_of_ours(desk: Desk) -> None:
    """Found by calling the whole description with nonsense."""
    part = '--x\r\nContent-Disposition: form-data; name="\\"\r\n\r\n1\r\n'
    other = '--x\r\nContent-Disposition: form-data; name="b"\r\n\r\n2\r\n--x--\r\n'
    for key in ({}, {"Idempotency-Key": "nameless"}):
        answer = desk.call(
            "analyst",
            "POST",
            "/engine-rest/deployment/create",
            data=(part + other).encode(),
            headers=key,
            content_type="multipart/form-data; boundary=x",
        )
        assert answer.status_code == 400, answer.get_data(as_text=True)
