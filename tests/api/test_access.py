"""Every route declares who may use it, and every role gets the answer the table says."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask, Response

from service.api import access
from service.api.access import SIGNED_IN, Access, declared, having
from service.store.vault import vault
from tests.api import access_camunda, access_moving
from tests.api.access_registry import REGISTRY
from tests.api.desk import HEAD, REGISTRAR, SCHOOL, STRANGER, Begun, Desk, start_body

PUBLIC = {
    "/",
    "/health",
    "/api/token",
    "/api/guardian/case",
    "/api/guardian/recall",
    "/api/session",
    "/api/oidc/login",
    "/api/oidc/callback",
    "/openapi.json",
    "/docs",
    "/engine-rest/version",
}
SIGNED_IN_ALL_THE_SAME = {"DELETE /api/session"}
DEPLOYERS, KEEPERS, CLOCK = {"analyst", "admin"}, {"admin", "operator"}, {"analyst", "admin"}
POWERS = {
    "POST /engine-rest/deployment/create": DEPLOYERS,
    "DELETE /engine-rest/process-instance/<instance_id>": KEEPERS,
    "PUT /api/clock": CLOCK,
    "GET /engine-rest/external-task": KEEPERS,
    "GET /engine-rest/external-task/count": KEEPERS,
    "GET /engine-rest/external-task/topic-names": KEEPERS,
    "POST /engine-rest/external-task": KEEPERS,
    "POST /engine-rest/external-task/count": KEEPERS,
    "GET /engine-rest/external-task/<work_id>": KEEPERS,
    "GET /engine-rest/external-task/<work_id>/errorDetails": KEEPERS,
    "POST /engine-rest/external-task/fetchAndLock": KEEPERS,
    "POST /engine-rest/external-task/<work_id>/complete": KEEPERS,
    "POST /engine-rest/external-task/<work_id>/failure": KEEPERS,
    "POST /engine-rest/external-task/<work_id>/bpmnError": KEEPERS,
    "POST /engine-rest/external-task/<work_id>/extendLock": KEEPERS,
    "POST /engine-rest/external-task/<work_id>/unlock": KEEPERS,
    "PUT /engine-rest/external-task/<work_id>/retries": KEEPERS,
    "PUT /engine-rest/external-task/<work_id>/priority": KEEPERS,
    "GET /engine-rest/job": KEEPERS,
    "GET /engine-rest/job/count": KEEPERS,
    "GET /engine-rest/job/<job_id>": KEEPERS,
    "POST /engine-rest/job/<job_id>/execute": KEEPERS,
    "PUT /engine-rest/job/<job_id>/duedate": KEEPERS,
    "GET /engine-rest/incident": KEEPERS,
    "GET /engine-rest/incident/count": KEEPERS,
    "GET /engine-rest/incident/<incident_id>": KEEPERS,
    "DELETE /engine-rest/incident/<incident_id>": KEEPERS,
    "POST /engine-rest/signal": KEEPERS,
    "PUT /engine-rest/process-instance/<instance_id>/suspended": KEEPERS,
    "GET /engine-rest/process-instance/<instance_id>/variables": KEEPERS,
    "POST /engine-rest/process-instance/<instance_id>/variables": KEEPERS,
    "PUT /engine-rest/process-definition/<definition_id>/suspended": KEEPERS,
    "GET /engine-rest/process-definition/statistics": KEEPERS | {"analyst"},
    **(access_camunda.POWERS | access_moving.POWERS),
}

SUPERIORS = {"prefecture": "shijiazhuang_education", "province": "hebei_education"}
PEOPLE = {
    "nobody": "",
    "stranger": STRANGER,
    "registrar": REGISTRAR,
    "head": HEAD,
    "officer": "changan_education.officer",
    "responsible": "changan_education.responsible",
    "analyst": "analyst",
    "operator": "operator",
    "admin": "admin",
}
ORDER = tuple(PEOPLE)
MATERIAL = "a_paper"
# Who has no account of the registry gets what nobody gets, and a superior what the authority below gets, which plays
# no part in the case either. Where that is not so, ELSE says what they get.
ALIKE = {
    "guardian": ("", "nobody"),
    **{one: (f"{unit}.officer", "officer") for one, unit in SUPERIORS.items()},
}

# What each person gets, in the order of PEOPLE. {task}, {instance}, {case} and its {material} are those of a case of
# the school: the registrar started it, the head's task is open. The authority plays no part in it.
#                                                     nobody str  reg  head off  res  ana  ope  adm
TABLE = {
    "GET /health":                                   (200, 200, 200, 200, 200, 200, 200, 200, 200),
    "GET /":                                         (302, 302, 302, 302, 302, 302, 302, 302, 302),
    "GET /openapi.json":                             (200, 200, 200, 200, 200, 200, 200, 200, 200),
    "GET /docs":                                     (200, 200, 200, 200, 200, 200, 200, 200, 200),
    "POST /api/token":                               (400, 400, 400, 400, 400, 400, 400, 400, 400),
    "POST /api/session":                             (400, 400, 400, 400, 400, 400, 400, 400, 400),
    "DELETE /api/session":                           (401, 204, 204, 204, 204, 204, 204, 204, 204),
    "POST /api/password":                            (401, 400, 400, 400, 400, 400, 400, 400, 400),
    "GET /api/oidc/login":                           (404, 404, 404, 404, 404, 404, 404, 404, 404),
    "GET /api/oidc/callback":                        (404, 404, 404, 404, 404, 404, 404, 404, 404),
    "GET /api/me":                                   (401, 200, 200, 200, 200, 200, 200, 200, 200),
    "GET /api/clock":                                (401, 200, 200, 200, 200, 200, 200, 200, 200),
    "PUT /api/clock":                                (401, 403, 403, 403, 403, 403, 400, 403, 400),
    "GET /api/cases/{case}":                         (401, 404, 200, 200, 404, 404, 404, 200, 200),
    "GET /api/explain/small?unit={school}":          (401, 200, 200, 200, 200, 200, 200, 200, 200),
    "POST /api/tasks/{task}/complete":               (401, 404, 403, 422, 404, 404, 404, 403, 403),
    "GET /engine-rest/version":                      (200, 200, 200, 200, 200, 200, 200, 200, 200),
    "GET /engine-rest/engine":                       (401, 200, 200, 200, 200, 200, 200, 200, 200),
    "POST /engine-rest/deployment/create":           (401, 403, 403, 403, 403, 403, 400, 403, 400),
    "GET /engine-rest/deployment":                   (401, 200, 200, 200, 200, 200, 200, 200, 200),
    "GET /engine-rest/deployment/count":             (401, 200, 200, 200, 200, 200, 200, 200, 200),
    "GET /engine-rest/deployment/none":              (401, 404, 404, 404, 404, 404, 404, 404, 404),
    "GET /engine-rest/process-definition":           (401, 200, 200, 200, 200, 200, 200, 200, 200),
    "GET /engine-rest/process-definition/count":     (401, 200, 200, 200, 200, 200, 200, 200, 200),
    "GET /engine-rest/process-definition/none":      (401, 404, 404, 404, 404, 404, 404, 404, 404),
    "GET /engine-rest/process-definition/none/xml":  (401, 404, 404, 404, 404, 404, 404, 404, 404),
    "GET /engine-rest/process-definition/none/deployed-start-form":
                                                     (401, 404, 404, 404, 404, 404, 404, 404, 404),
    "GET /engine-rest/process-definition/key/small": (401, 200, 200, 200, 200, 200, 200, 200, 200),
    "GET /engine-rest/process-definition/key/small/xml":
                                                     (401, 200, 200, 200, 200, 200, 200, 200, 200),
    "GET /engine-rest/process-definition/key/small/deployed-start-form":
                                                     (401, 200, 200, 200, 200, 200, 200, 200, 200),
    "GET /engine-rest/process-definition/key/transfer/tenant-id/410700":
                                                     (401, 200, 200, 200, 200, 200, 200, 200, 200),
    "GET /engine-rest/process-definition/key/transfer/tenant-id/410700/xml":
                                                     (401, 200, 200, 200, 200, 200, 200, 200, 200),
    "GET /engine-rest/process-definition/key/transfer/tenant-id/410700/deployed-start-form":
                                                     (401, 200, 200, 200, 200, 200, 200, 200, 200),
    "POST /engine-rest/process-definition/none/start":
                                                     (401, 404, 404, 404, 404, 404, 404, 404, 404),
    "POST /engine-rest/process-definition/key/small/start":
                                                     (401, 200, 200, 403, 403, 403, 403, 403, 403),
    "POST /engine-rest/process-definition/key/small/tenant-id/410700/start":
                                                     (401, 409, 409, 409, 409, 409, 403, 403, 403),
    "GET /engine-rest/task":                         (401, 200, 200, 200, 200, 200, 200, 200, 200),
    "POST /engine-rest/task":                        (401, 200, 200, 200, 200, 200, 200, 200, 200),
    "GET /engine-rest/task/count":                   (401, 200, 200, 200, 200, 200, 200, 200, 200),
    "POST /engine-rest/task/count":                  (401, 200, 200, 200, 200, 200, 200, 200, 200),
    "GET /engine-rest/task/{task}":                  (401, 404, 200, 200, 404, 404, 404, 200, 200),
    "GET /engine-rest/task/{task}/form":             (401, 404, 200, 200, 404, 404, 404, 200, 200),
    "GET /engine-rest/task/{task}/deployed-form":    (401, 404, 200, 200, 404, 404, 404, 200, 200),
    "GET /engine-rest/task/{task}/form-variables":   (401, 404, 200, 200, 404, 404, 404, 200, 200),
    "POST /engine-rest/task/{task}/unclaim":         (401, 404, 409, 409, 404, 404, 404, 409, 409),
    "POST /engine-rest/task/{task}/complete":        (401, 404, 403, 422, 404, 404, 404, 403, 403),
    "POST /engine-rest/task/{task}/claim":           (401, 404, 403, 204, 404, 404, 404, 403, 403),
    "POST /engine-rest/message":                     (401, 400, 400, 400, 400, 400, 400, 400, 400),
    "GET /engine-rest/process-instance":             (401, 200, 200, 200, 200, 200, 200, 200, 200),
    "GET /engine-rest/process-instance/count":       (401, 200, 200, 200, 200, 200, 200, 200, 200),
    "GET /engine-rest/process-instance/{instance}":  (401, 404, 200, 200, 404, 404, 404, 200, 200),
    "GET /engine-rest/process-instance/{instance}/activity-instances":
                                                     (401, 404, 200, 200, 404, 404, 404, 200, 200),
    "DELETE /engine-rest/process-instance/none":     (401, 403, 403, 403, 403, 403, 403, 404, 404),
    "GET /engine-rest/history/process-instance/{instance}":
                                                     (401, 404, 200, 200, 404, 404, 404, 200, 200),
    "GET /engine-rest/history/task?processInstanceId={instance}":
                                                     (401, 404, 200, 200, 404, 404, 404, 200, 200),
    "GET /engine-rest/history/activity-instance?processInstanceId={instance}":
                                                     (401, 404, 200, 200, 404, 404, 404, 200, 200),
    "GET /engine-rest/history/user-operation?processInstanceId={instance}":
                                                     (401, 404, 200, 200, 404, 404, 404, 200, 200),
    "GET /engine-rest/external-task": (401, 403, 403, 403, 403, 403, 403, 200, 200),
    "GET /engine-rest/external-task/count": (401, 403, 403, 403, 403, 403, 403, 200, 200),
    "GET /engine-rest/external-task/topic-names": (401, 403, 403, 403, 403, 403, 403, 200, 200),
    "POST /engine-rest/external-task": (401, 403, 403, 403, 403, 403, 403, 200, 200),
    "POST /engine-rest/external-task/count": (401, 403, 403, 403, 403, 403, 403, 200, 200),
    "GET /engine-rest/external-task/none": (401, 403, 403, 403, 403, 403, 403, 404, 404),
    "GET /engine-rest/external-task/none/errorDetails": (401, 403, 403, 403, 403, 403, 403, 404, 404),
    "POST /engine-rest/external-task/fetchAndLock": (401, 403, 403, 403, 403, 403, 403, 400, 400),
    "POST /engine-rest/external-task/none/complete": (401, 403, 403, 403, 403, 403, 403, 400, 400),
    "POST /engine-rest/external-task/none/failure": (401, 403, 403, 403, 403, 403, 403, 400, 400),
    "POST /engine-rest/external-task/none/bpmnError": (401, 403, 403, 403, 403, 403, 403, 400, 400),
    "POST /engine-rest/external-task/none/extendLock": (401, 403, 403, 403, 403, 403, 403, 400, 400),
    "POST /engine-rest/external-task/none/unlock": (401, 403, 403, 403, 403, 403, 403, 404, 404),
    "PUT /engine-rest/external-task/none/retries": (401, 403, 403, 403, 403, 403, 403, 400, 400),
    "PUT /engine-rest/external-task/none/priority": (401, 403, 403, 403, 403, 403, 403, 400, 400),
    "GET /engine-rest/job": (401, 403, 403, 403, 403, 403, 403, 200, 200),
    "GET /engine-rest/job/count": (401, 403, 403, 403, 403, 403, 403, 200, 200),
    "GET /engine-rest/job/none": (401, 403, 403, 403, 403, 403, 403, 404, 404),
    "POST /engine-rest/job/none/execute": (401, 403, 403, 403, 403, 403, 403, 404, 404),
    "PUT /engine-rest/job/none/duedate": (401, 403, 403, 403, 403, 403, 403, 400, 400),
    "GET /engine-rest/incident": (401, 403, 403, 403, 403, 403, 403, 200, 200),
    "GET /engine-rest/incident/count": (401, 403, 403, 403, 403, 403, 403, 200, 200),
    "GET /engine-rest/incident/none": (401, 403, 403, 403, 403, 403, 403, 404, 404),
    "DELETE /engine-rest/incident/none": (401, 403, 403, 403, 403, 403, 403, 404, 404),
    "POST /engine-rest/signal": (401, 403, 403, 403, 403, 403, 403, 400, 400),
    "PUT /engine-rest/process-instance/{instance}/suspended": (401, 403, 403, 403, 403, 403, 403, 400, 400),
    "GET /engine-rest/process-instance/{instance}/variables": (401, 403, 403, 403, 403, 403, 403, 200, 200),
    "POST /engine-rest/process-instance/{instance}/variables": (401, 403, 403, 403, 403, 403, 403, 204, 204),
    "PUT /engine-rest/process-definition/none/suspended": (401, 403, 403, 403, 403, 403, 403, 400, 400),
    "GET /engine-rest/process-definition/statistics": (401, 403, 403, 403, 403, 403, 200, 200, 200),
    "GET /engine-rest/task/{task}/variables": (401, 404, 200, 200, 404, 404, 404, 200, 200),
    "GET /engine-rest/task/{task}/identity-links": (401, 404, 200, 200, 404, 404, 404, 200, 200),
    "POST /api/tasks/{task}/hand-over":              (401, 400, 400, 400, 400, 400, 400, 400, 400),
    "POST /api/tasks/bulk":                          (401, 400, 400, 400, 400, 400, 400, 400, 400),
    "POST /engine-rest/task/{task}/assignee":        (401, 404, 409, 204, 404, 404, 404, 409, 409),
    "POST /api/cases/{case}/urge":                   (401, 404, 200, 200, 404, 404, 404, 200, 200),
    "POST /api/students/find":                       (401, 400, 400, 400, 400, 400, 400, 400, 400),
    "GET /api/students/changan_g3/personal":         (401, 404, 404, 404, 200, 200, 404, 404, 404),
    "GET /api/students/changan_g3/numbers":          (401, 404, 404, 404, 200, 200, 404, 404, 404),
    "POST /api/students/changan_g3/reveal":          (401, 404, 404, 404, 422, 422, 404, 404, 404),
    "POST /api/students/changan_g3/release":         (401, 404, 404, 404, 403, 422, 404, 404, 404),
    "POST /api/students/changan_g3/query":           (401, 404, 404, 404, 403, 403, 404, 404, 404),
    **REGISTRY,
}  # fmt: skip
BODIES = {
    "POST /api/students/changan_g3/reveal": {"purpose": "", "reason": ""},
    "POST /api/students/changan_g3/release": {"recipient": "", "reason": ""},
    "POST /api/students/changan_g3/query": {"applicant": "", "reason": ""},
}
ELSE: dict[str, dict[str, int]] = {}
TABLE |= access_camunda.TABLE | access_moving.TABLE


def routes(app: Flask) -> Iterator[tuple[str, str, Access | None]]:
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield method, rule.rule, declared(app.view_functions[rule.endpoint])


def test_every_route_declares_who_may_use_it(desk: Desk) -> None:
    missing = [f"{method} {rule}" for method, rule, access_ in routes(desk.app) if access_ is None]
    assert missing == []


def test_the_declarations_are_the_ones_written_down_here(desk: Desk) -> None:
    for method, rule, access_ in routes(desk.app):
        if rule.startswith("/static/"):
            continue
        assert access_ is not None
        assert access_.signed_in == (f"{method} {rule}" in SIGNED_IN_ALL_THE_SAME or rule not in PUBLIC), rule
        assert access_.powers == POWERS.get(f"{method} {rule}", set()), rule


def test_a_route_without_a_declaration_is_closed_to_all(fresh_desk: Desk) -> None:
    fresh_desk.app.add_url_rule("/forgotten", "forgotten", lambda: Response("secret"))
    for who in PEOPLE.values():
        assert fresh_desk.call(who, "GET", "/forgotten").status_code == 403


@pytest.fixture(scope="module")
def begun(shared_desk: Desk) -> Begun:
    begun = shared_desk.begin()
    with shared_desk.app.app_context():
        sealed = vault().seal(b"", "material_content/d")
    shared_desk.sql("insert into material_content (digest, content) values ('d', %s)", sealed)
    shared_desk.sql(
        """insert into material (id, digest, name, media_type, size, by, at, case_number)
           values (%s, 'd', 'paper.png', 'image/png', 0, %s, now(), %s)""",
        MATERIAL,
        REGISTRAR,
        begun.case,
    )
    return begun


# Who holds the task when a row is asked: the rows share one, in whatever order they come.
HOLDER = {
    "POST /engine-rest/task/{task}/assignee": HEAD,
    "POST /engine-rest/task/{task}/unclaim": None,
    "POST /engine-rest/task/{task}/claim": None,
}


@pytest.mark.parametrize("line", TABLE)
def test_every_role_gets_what_the_table_says(desk: Desk, begun: Begun, line: str) -> None:
    method, _, path = line.partition(" ")
    path = path.format(
        task=begun.task, instance=begun.instance, case=begun.case, school=SCHOOL, material=MATERIAL
    )
    if line in HOLDER:
        desk.sql("update user_task set assignee = %s where id = %s", HOLDER[line], begun.task)
    body = start_body() if path.endswith("/start") else BODIES.get(line, {})
    options = {} if method == "GET" else {"json": body}
    told = dict(zip(ORDER, TABLE[line], strict=True))
    others = {one: ELSE.get(line, {}).get(one, told[like]) for one, (_, like) in ALIKE.items()}
    people = {**{one: who for one, (who, _) in ALIKE.items()}, **PEOPLE}
    got = {one: desk.call(who, method, path, **options).status_code for one, who in people.items()}
    assert got == {**others, **told}


def test_every_route_stands_in_the_table(desk: Desk, begun: Begun) -> None:
    adapter = desk.app.url_map.bind("")
    tried = set()
    for line in TABLE:
        method, _, path = line.partition(" ")
        path = path.partition("?")[0].format(task="t", instance="i", case="c", school="s", material="m")
        rule, _ = adapter.match(path, method=method, return_rule=True)
        tried.add((method, rule.rule))
    known = {(method, rule) for method, rule, _ in routes(desk.app) if not rule.startswith("/static/")}
    assert known - tried == set()


def test_the_sentences_of_declarations() -> None:
    assert access.PUBLIC.sentence == "无需登录"
    assert SIGNED_IN.sentence == "须登录"
    assert having("operator", "admin").sentence == "须登录，限系统管理员、运行维护员"
