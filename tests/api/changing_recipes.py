"""For each route that changes something, the request that brings it to success once."""

from __future__ import annotations

import io
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.api.desk import HEAD, REGISTRAR, STUDENT, Desk, start_body
from tests.api.test_personal_data import NEAR, NUMBER, OFFICER, RESPONSIBLE, WORLD

TASK, INSTANCE = "/engine-rest/task", "/engine-rest/process-instance"
WORK, DEFINITION = "/engine-rest/external-task", "/engine-rest/process-definition"
EXTERNAL = """
    start begin form=small_start
    work look topic=outside.work name=外部核查
    user after groups=head@receiving_school form=small_decision name=校长办理 doc=MOE2016-3.1-a
    end over
    begin -> look -> after -> over
"""
WAITING = """
    start begin form=small_start
    catch later timer=${days(90)} doc=MOE2016-3.7-a name=满九十日
    user after groups=head@receiving_school form=small_decision name=校长办理 doc=MOE2016-3.1-a
    end over
    begin -> later -> after -> over
"""


@dataclass(frozen=True, kw_only=True)
class Call:
    """One request, the journal's verb it leaves (empty: none), and its actor there."""

    who: str
    path: str
    verb: str
    body: Any = field(default_factory=dict)
    form: Callable[[], dict[str, Any]] | None = None


def small(desk: Desk, claimed: bool = False) -> Any:
    begun = desk.begin()
    if claimed:
        assert desk.post(HEAD, f"{TASK}/{begun.task}/claim").status_code == 204
    return begun


def outside(desk: Desk) -> str:
    """A piece of external work somebody has taken."""
    assert desk.start(key="outside").status_code == 200
    (taken,) = desk.post("operator", f"{WORK}/fetchAndLock", FETCH).json
    return f"{WORK}/{taken['id']}"


FETCH = {"workerId": "w", "maxTasks": 1, "topics": [{"topicName": "outside.work", "lockDuration": 60000}]}
APPROVED = {"variables": {"decision": {"value": "approve"}}}
UPLOAD = {"deployment-name": "again"}


def timer(desk: Desk) -> str:
    instance = desk.start(key="waiting").json["id"]
    (found,) = desk.get("operator", "/engine-rest/job", processInstanceId=instance)
    return f"/engine-rest/job/{found['id']}"


def definition(desk: Desk) -> str:
    return str(desk.get(HEAD, f"{DEFINITION}/key/small")["id"])


def parcel(desk: Desk) -> Callable[[], dict[str, Any]]:
    files = desk.files(key=f"made_{uuid.uuid4().hex[:8]}")
    return lambda: {**UPLOAD, **{name: (io.BytesIO(content), name) for name, content in files.items()}}


def task_call(act: str, verb: str, body: Any = None, claimed: bool = False) -> Callable[[Desk], Call]:
    return lambda desk: Call(
        who=HEAD, path=f"{TASK}/{small(desk, claimed).task}/{act}", verb=verb, body=body or {}
    )


def work_call(act: str, verb: str, body: Any) -> Callable[[Desk], Call]:
    return lambda desk: Call(who="operator", path=f"{outside(desk)}/{act}", verb=verb, body=body)


def person_call(act: str, who: str, body: Any) -> Callable[[Desk], Call]:
    verb = "guardian_query" if act == "query" else act
    return lambda desk: Call(who=who, path=f"/api/students/{NEAR}/{act}", verb=verb, body=body)


RECIPES: dict[str, Callable[[Desk], Call]] = {
    "POST /engine-rest/task/<task_id>/claim": task_call("claim", "claim"),
    "POST /engine-rest/task/<task_id>/unclaim": task_call("unclaim", "unclaim", claimed=True),
    "POST /engine-rest/task/<task_id>/complete": task_call("complete", "complete", APPROVED),
    "POST /engine-rest/task/<task_id>/assignee": task_call("assignee", "hand_over", {"userId": HEAD}),
    "POST /api/tasks/<task_id>/complete": lambda desk: Call(
        who=HEAD,
        path=f"/api/tasks/{small(desk).task}/complete",
        verb="complete",
        body={"values": {"decision": "approve"}},
    ),
    "POST /api/tasks/<task_id>/hand-over": lambda desk: Call(
        who=HEAD,
        path=f"/api/tasks/{small(desk).task}/hand-over",
        verb="hand_over",
        body={"to": HEAD, "reason": "试"},
    ),
    "POST /api/tasks/bulk": lambda desk: Call(
        who=HEAD, path="/api/tasks/bulk", verb="claim", body={"action": "claim", "tasks": [small(desk).task]}
    ),
    "POST /api/cases/<number>/urge": lambda desk: Call(
        who=REGISTRAR, path=f"/api/cases/{small(desk).case}/urge", verb="urge", body={"message": "请尽快"}
    ),
    "POST /api/cases/<number>/guardian-code": lambda desk: Call(
        who=REGISTRAR, path=f"/api/cases/{small(desk).case}/guardian-code", verb="issue_guardian_code"
    ),
    "POST /engine-rest/process-definition/key/<key>/start": lambda desk: Call(
        who=REGISTRAR, path=f"{DEFINITION}/key/small/start", verb="start", body=start_body()
    ),
    "POST /engine-rest/process-definition/<definition_id>/start": lambda desk: Call(
        who=REGISTRAR, path=f"{DEFINITION}/{definition(desk)}/start", verb="start", body=start_body()
    ),
    "POST /engine-rest/process-definition/<definition_id>/submit-form": lambda desk: Call(
        who=REGISTRAR, path=f"{DEFINITION}/{definition(desk)}/submit-form", verb="start", body=start_body()
    ),
    "POST /engine-rest/process-definition/key/<key>/submit-form": lambda desk: Call(
        who=REGISTRAR, path=f"{DEFINITION}/key/small/submit-form", verb="start", body=start_body()
    ),
    "POST /api/cases": lambda desk: Call(
        who=REGISTRAR,
        path="/api/cases",
        verb="start",
        body={"procedure": "small", "student": STUDENT, "values": {}},
    ),
    "POST /engine-rest/task/<task_id>/submit-form": task_call("submit-form", "complete", APPROVED),
    "POST /engine-rest/task/<task_id>/comment/create": task_call(
        "comment/create", "comment", {"message": "已电话核实"}
    ),
    "POST /engine-rest/filter/create": lambda desk: Call(
        # A question one keeps for oneself is nothing of a case or a student.
        who=HEAD,
        path="/engine-rest/filter/create",
        verb="",
        body={"name": "我的"},
    ),
    "PUT /engine-rest/process-instance/<instance_id>/variables/<name>": lambda desk: Call(
        who="operator",
        path=f"{INSTANCE}/{small(desk).instance}/variables/decision",
        verb="set_variables",
        body={"value": "reject"},
    ),
    "PUT /engine-rest/process-definition/key/<key>/suspended": lambda desk: Call(
        who="operator",
        path=f"{DEFINITION}/key/small/suspended",
        verb="resume_definition",
        body={"suspended": False},
    ),
    "PUT /engine-rest/process-definition/suspended": lambda desk: Call(
        who="operator",
        path=f"{DEFINITION}/suspended",
        verb="resume_definition",
        body={"processDefinitionKey": "small", "suspended": False},
    ),
    "DELETE /engine-rest/process-instance/<instance_id>": lambda desk: Call(
        who="operator", path=f"{INSTANCE}/{small(desk).instance}", verb="delete", body=None
    ),
    "PUT /engine-rest/process-instance/<instance_id>/suspended": lambda desk: Call(
        who="operator",
        path=f"{INSTANCE}/{small(desk).instance}/suspended",
        verb="pause",
        body={"suspended": True},
    ),
    "POST /engine-rest/process-instance/<instance_id>/variables": lambda desk: Call(
        who="operator",
        path=f"{INSTANCE}/{small(desk).instance}/variables",
        verb="set_variables",
        body={"modifications": {"decision": {"value": "reject"}}},
    ),
    "PUT /engine-rest/process-definition/<definition_id>/suspended": lambda desk: Call(
        who="operator",
        path=f"{DEFINITION}/{definition(desk)}/suspended",
        verb="resume_definition",
        body={"suspended": False},
    ),
    "POST /engine-rest/deployment/create": lambda desk: Call(
        who="analyst", path="/engine-rest/deployment/create", verb="deploy", form=parcel(desk)
    ),
    "POST /engine-rest/signal": lambda desk: Call(
        who="operator", path="/engine-rest/signal", verb="send_signal", body={"name": "nobody_listens"}
    ),
    "POST /engine-rest/external-task/fetchAndLock": lambda desk: Call(
        who="operator", path=f"{WORK}/fetchAndLock", verb="", body={**FETCH, "asyncResponseTimeout": 0}
    ),
    "POST /engine-rest/external-task/<work_id>/complete": work_call(
        "complete", "work_done", {"workerId": "w"}
    ),
    "POST /engine-rest/external-task/<work_id>/failure": work_call(
        "failure", "work_failed", {"workerId": "w", "retries": 2, "errorMessage": "x"}
    ),
    "POST /engine-rest/external-task/<work_id>/extendLock": work_call(
        "extendLock", "", {"workerId": "w", "newDuration": 60000}
    ),
    "POST /engine-rest/external-task/<work_id>/unlock": work_call("unlock", "unlock_work", {}),
    "PUT /engine-rest/external-task/<work_id>/retries": work_call("retries", "set_retries", {"retries": 3}),
    "PUT /engine-rest/external-task/<work_id>/priority": work_call(
        "priority", "set_priority", {"priority": 9}
    ),
    "POST /engine-rest/job/<job_id>/execute": lambda desk: Call(
        who="operator", path=f"{timer(desk)}/execute", verb="fire_timer"
    ),
    "PUT /engine-rest/job/<job_id>/duedate": lambda desk: Call(
        who="operator",
        path=f"{timer(desk)}/duedate",
        verb="move_timer",
        body={"duedate": "2026-12-01T00:00:00.000+0800"},
    ),
    "POST /api/students/find": lambda desk: Call(
        who=OFFICER,
        path="/api/students/find",
        verb="find_student",
        body={"id_number": NUMBER, "name": WORLD.students["qiaoxi_g4"].student.name},
    ),
    "POST /api/students/<student_id>/reveal": person_call(
        "reveal", OFFICER, {"purpose": "supervise", "reason": "监督检查"}
    ),
    "POST /api/students/<student_id>/release": person_call(
        "release",
        RESPONSIBLE,
        {"recipient": "某研究机构", "reason": "教育研究", "document": "长教〔2026〕7号"},
    ),
    "POST /api/students/<student_id>/query": person_call(
        "query", "changan_third_primary.registrar", {"applicant": "guardian", "reason": "监护人查询"}
    ),
}
