"""Every answer that is a list of unknown length comes in pages, as the description of the API says itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.api.desk import Desk

PAGING = {"firstResult", "maxResults"}
# Lists that cannot grow with the data.
SHORT = {
    "POST /api/tasks/bulk": "an outcome for each task asked for, at most a hundred",
    "POST /api/cases/{number}/urge": "the tasks one case waits for, at most a hundred",
    "GET /api/students/{student_id}/timeline": "one student's school years",
    "GET /api/regions": "regions with a folder",
    "GET /api/bulletin/summary": "one line a unit",
    "GET /engine-rest/engine": "one engine",
    "GET /engine-rest/task/{task_id}/identity-links": "one task's group and holder",
    "POST /engine-rest/external-task/fetchAndLock": "as many as maxTasks asks for",
    "GET /api/instances/{instance_id}/steps": "the steps of one case's diagrams",
}


@pytest.fixture(scope="module")
def described(shared_desk: Desk) -> dict[str, Any]:
    found: dict[str, Any] = shared_desk.client.get("/openapi.json").json
    return found


def lists(described: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Operations whose answer is an array, or an object that is a page of one."""
    for path, operations in described["paths"].items():
        for method, operation in operations.items():
            if method in ("get", "post", "put", "delete"):
                answer = operation["responses"].get("200", {}).get("content", {}).get("application/json", {})
                if answer.get("schema", {}).get("type") == "array":
                    yield f"{method.upper()} {path}", operation


def test_every_list_is_paged(described: dict[str, Any]) -> None:
    found = dict(lists(described))
    assert len(found) > 15
    without = []
    for line, operation in found.items():
        names = {one.get("name") for one in operation.get("parameters", ()) if isinstance(one, dict)}
        if not names >= PAGING and line not in SHORT:
            without.append(line)
    assert not without, "\n".join(without)


def test_what_is_excused_is_a_list(described: dict[str, Any]) -> None:
    assert set(SHORT) <= set(dict(lists(described)))


def test_a_page_is_as_long_as_asked_for(shared_desk: Desk) -> None:
    for path in ("/engine-rest/process-definition", "/engine-rest/deployment"):
        assert len(shared_desk.get("admin", path, maxResults=1)) == 1
    assert len(shared_desk.get("admin", "/engine-rest/process-definition", maxResults=100000)) <= 200
