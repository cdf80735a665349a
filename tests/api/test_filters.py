"""Saved filters: one's own, shared ones, their tasks and how many."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.api.conftest import OpenDesk
from tests.api.desk import HEAD, REGISTRAR, STRANGER, Begun, Desk

FILTERS = "/engine-rest/filter"


@pytest.fixture(scope="module")
def desk_and_case(application_of: OpenDesk) -> Iterator[tuple[Desk, Begun]]:
    with application_of() as desk:
        assert desk.deploy_small().status_code == 200
        yield desk, desk.begin()


def save(desk: Desk, who: str, **more: object) -> str:
    body = {
        "name": "我组的",
        "resourceType": "Task",
        "query": {"candidateUserExpression": "${currentUser()}"},
        **more,
    }
    made = desk.post(who, f"{FILTERS}/create", body)
    assert made.status_code == 200, made.json
    return str(made.json["id"])


def test_a_filter_is_saved_used_changed_and_dropped(desk_and_case: tuple[Desk, Begun]) -> None:
    desk, begun = desk_and_case
    mine = save(desk, HEAD)
    path = f"{FILTERS}/{mine}"
    assert [one["id"] for one in desk.get(HEAD, f"{path}/list")] == [begun.task]
    assert desk.get(HEAD, f"{path}/count") == {"count": 1}
    assert desk.get(HEAD, f"{path}/singleResult")["id"] == begun.task
    assert desk.post(HEAD, f"{path}/list", {"name": "x"}).json == []
    assert desk.post(HEAD, f"{path}/count", {"name": "校长审批"}).json == {"count": 1}
    (listed,) = desk.get(HEAD, FILTERS, itemCount="true", nameLike="我%")
    assert (listed["itemCount"], listed["owner"], listed["query"]) == (
        1,
        HEAD,
        {"candidateUserExpression": "${currentUser()}"},
    )
    assert desk.get(HEAD, path).get("itemCount") is None
    changed = {"name": "改名", "query": {"assignee": HEAD}, "properties": {"color": "#3e4d2f"}}
    assert desk.call(HEAD, "PUT", path, json=changed).status_code == 204
    assert desk.get(HEAD, path, itemCount="true") == {
        "id": mine,
        "resourceType": "Task",
        "owner": HEAD,
        "itemCount": 0,
        **changed,
    }
    assert desk.call(HEAD, "GET", f"{path}/singleResult").status_code == 404
    assert desk.call(REGISTRAR, "DELETE", path).status_code == 404
    assert desk.call(HEAD, "DELETE", path).status_code == 204
    assert desk.get(HEAD, f"{FILTERS}/count") == {"count": 0}


def test_a_shared_filter_asks_for_whoever_uses_it(desk_and_case: tuple[Desk, Begun]) -> None:
    desk, _ = desk_and_case
    shared = save(desk, HEAD, properties={"shared": True})
    path = f"{FILTERS}/{shared}"
    assert desk.get(REGISTRAR, f"{path}/count") == {"count": 0}, "it is the user's groups that count"
    assert desk.call(REGISTRAR, "DELETE", path).status_code == 403
    assert desk.call(REGISTRAR, "PUT", path, json={"name": "x"}).status_code == 403
    assert desk.call(STRANGER, "GET", path).status_code == 404
    everybody = save(desk, "analyst", properties={"shared": True}, query={})
    assert [one["id"] for one in desk.get(STRANGER, FILTERS)] == [everybody]
    assert desk.get(STRANGER, f"{FILTERS}/{everybody}/count") == {"count": 0}
    assert desk.get(HEAD, f"{FILTERS}/{everybody}/count") == {"count": 1}
    for who, one in ((HEAD, shared), ("analyst", everybody)):
        assert desk.call(who, "DELETE", f"{FILTERS}/{one}").status_code == 204


@pytest.mark.parametrize(
    "wrong",
    [
        {"query": {"unknown": 1}},
        {"query": {"orQueries": [{"dueBefore": "tomorrow"}]}},
        {"owner": REGISTRAR},
        {"resourceType": "Case"},
        {"properties": {str(number): 1 for number in range(51)}},
    ],
)
def test_what_could_never_run_is_not_saved(
    desk_and_case: tuple[Desk, Begun], wrong: dict[str, object]
) -> None:
    answer = desk_and_case[0].post(HEAD, f"{FILTERS}/create", {"name": "x", **wrong})
    assert answer.status_code in (400, 403), answer.json
