"""Every route that changes something: journaled with who did it, done once under a key, refused under a used one.

Each recipe brings a route to success once. A new changing route needs a recipe, or a reason in NOT_DRIVEN.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from service.api.idempotency import HEADER, ONCE, REPLAYED
from service.api.resource import READS
from service.store.vault import vault
from tests.api.changing_recipes import EXTERNAL, RECIPES, WAITING, Call
from tests.api.desk import Desk
from tests.api.test_access import routes

# Driven to success by a test of their own: what they need is more than a small case, or they end what repeats them.
NOT_DRIVEN = {
    "DELETE /api/session": "ends a session, changes nothing that is kept",
    "POST /api/password": "test_signing_in: it ends what its key would be repeated with",
    "PUT /api/clock": "test_clock: moves the day for every other test; demonstrations only",
    **dict.fromkeys(("POST /api/materials", "DELETE /api/materials/<material>"), "test_materials"),
    "POST /api/materials/<material>/pass-on": "test_materials_of_sides: a case between two provinces",
    **dict.fromkeys(("POST /api/substitutes", "DELETE /api/substitutes/<substitute>"), "test_substitutes"),
    "POST /api/cases/<number>/withdraw": "test_casebook",
    "DELETE /engine-rest/deployment/<deployment_id>": "test_definitions",
    **dict.fromkeys(
        (
            "DELETE /engine-rest/incident/<incident_id>",
            "POST /engine-rest/external-task/<work_id>/bpmnError",
            "POST /engine-rest/message",
        ),
        "test_external_work, test_tour",
    ),
    **dict.fromkeys(
        (
            "POST /api/instances/<instance_id>/restart",
            "POST /api/instances/<instance_id>/undo",
            "POST /api/moves",
            "POST /engine-rest/migration/execute",
            "POST /engine-rest/migration/executeAsync",
            "POST /engine-rest/process-instance/<instance_id>/modification",
        ),
        "test_moving",
    ),
    **dict.fromkeys(
        (
            "POST /engine-rest/process-definition/key/<key>/tenant-id/<tenant>/start",
            "POST /engine-rest/process-definition/key/<key>/tenant-id/<tenant>/submit-form",
            "PUT /engine-rest/process-definition/key/<key>/tenant-id/<tenant>/suspended",
        ),
        "the same verb as by key",
    ),
    **dict.fromkeys(
        (
            "POST /engine-rest/task/<task_id>/bpmnError",
            "POST /engine-rest/task/<task_id>/delegate",
            "POST /engine-rest/task/<task_id>/resolve",
            "POST /engine-rest/task/<task_id>/identity-links",
            "POST /engine-rest/task/<task_id>/identity-links/delete",
        ),
        "test_task_acts",
    ),
    "DELETE /engine-rest/process-instance/<instance_id>/variables/<name>": "test_instance_lists",
    **dict.fromkeys(
        (
            "POST /engine-rest/task/<task_id>/attachment/create",
            "DELETE /engine-rest/task/<task_id>/attachment/<attachment_id>",
        ),
        "test_task_acts; the same verbs as of materials",
    ),
    **dict.fromkeys(
        ("PUT /engine-rest/filter/<filter_id>", "DELETE /engine-rest/filter/<filter_id>"), "test_filters"
    ),
    **dict.fromkeys(
        (
            "POST /api/tasks/<task_id>/return",
            "POST /api/tasks/<task_id>/opinions",
            "POST /api/opinions/<opinion>",
            "DELETE /api/opinions/<opinion>",
        ),
        "test_opinions and the scenarios: a case with more than one step",
    ),
    "PUT /engine-rest/job/<job_id>/retries": "a timer that has failed",
}


# What is told once only: no answer that is kept for a repeat holds it.
TOLD_ONCE = {"POST /api/cases": "guardian_code", "POST /api/cases/<number>/guardian-code": "code"}


def kept_answer(desk: Desk, call: Call, key: str) -> str:
    """What is kept of an answer, unsealed."""
    ((body,),) = desk.sql("select body from idempotency_key where person = %s and key = %s", call.who, key)
    with desk.app.app_context():
        return vault().open(bytes(body), f"idempotency_key/{call.who}/{key}").decode()


def changing(desk: Desk) -> Iterator[str]:
    """Routes that change something for people who sign in."""
    for method, rule, access in routes(desk.app):
        view = desk.app.view_functions[_endpoint(desk, method, rule)]
        if method != "GET" and access is not None and access.signed_in and not getattr(view, READS, False):
            yield f"{method} {rule}"


def _endpoint(desk: Desk, method: str, rule: str) -> str:
    return next(
        one.endpoint
        for one in desk.app.url_map.iter_rules()
        if one.rule == rule and method in (one.methods or ())
    )


@pytest.fixture(scope="module")
def driven(shared_desk: Desk) -> Desk:
    for text, key in ((EXTERNAL, "outside"), (WAITING, "waiting")):
        made = shared_desk.deploy_small(text, key)
        assert made.status_code == 200, made.json["message"]
    return shared_desk


def sent(desk: Desk, call: Call, method: str, key: str, **options: Any) -> Any:
    if call.form is not None:
        options = {"data": call.form(), "content_type": "multipart/form-data", **options}
    elif call.body is not None and "json" not in options:
        options["json"] = call.body
    return desk.call(call.who, method, call.path, headers={HEADER: key}, **options)


def last(desk: Desk) -> int:
    return int(desk.sql("select coalesce(max(id), 0) from journal")[0][0])


@pytest.mark.parametrize("line", RECIPES)
def test_a_change_is_journaled_and_done_once(driven: Desk, line: str) -> None:
    desk, (method, _, _) = driven, line.partition(" ")
    call, key = RECIPES[line](desk), uuid.uuid4().hex
    before = last(desk)
    first = sent(desk, call, method, key)
    assert first.status_code in (200, 201, 204), first.get_data(as_text=True)
    entries = desk.sql("select actor, verb, at is not null from journal where id > %s order by id", before)
    if call.verb:
        assert (call.who, call.verb, True) in entries
    else:
        assert entries == []
    before = last(desk)
    again = sent(desk, call, method, key)
    assert again.status_code == first.status_code
    if line in TOLD_ONCE:
        assert first.json[TOLD_ONCE[line]]
        assert again.json == {**first.json, TOLD_ONCE[line]: None}
        assert first.json[TOLD_ONCE[line]] not in kept_answer(desk, call, key)
    else:
        assert again.get_data() == first.get_data()
    assert again.headers[REPLAYED] == "true"
    assert last(desk) == before, "a repeat did something"
    options: dict[str, Any] = {"query_string": {"x": "1"}}
    if isinstance(call.body, dict) and call.form is None:
        options = {"json": {**call.body, "another": "body"}}
    other = sent(desk, call, method, key, **options)
    assert (other.status_code, other.json["code"]) == (422, "idempotency_key_reused")
    assert last(desk) == before


def test_all_of_them_take_a_key(driven: Desk) -> None:
    """Those without a recipe too: the wrapper stands around every view that changes something."""
    without = [
        line
        for line in changing(driven)
        if not hasattr(driven.app.view_functions[_endpoint(driven, *line.split(" "))], ONCE)
    ]
    assert without == []


def test_every_changing_route_is_driven_or_says_why_not(driven: Desk) -> None:
    known = set(RECIPES) | set(NOT_DRIVEN)
    missing = sorted(set(changing(driven)) - known)
    assert not missing, "\n".join(missing)
