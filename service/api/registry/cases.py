"""Cases by their number: where one stands, and completing a task with what comes next in the answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields

from service.api.access import SIGNED_IN
from service.api.context import actor, office
from service.api.engine_rest.task_schemas import Task
from service.api.fields import Answers, Body, Moment
from service.api.preconditions import expected, tagged
from service.api.resource import Op, Resource
from service.casework import looking
from service.casework import tasks as verbs
from service.casework.advance import Advanced
from service.errors import NotFound
from service.store import records
from service.store.db import transaction
from service.store.inbox import TASKS
from service.store.listing import Page
from service.store.progress import vars_of

cases = Resource("cases", __name__, url_prefix="/api", description="办件")

_MOST_ENTRIES = 1000


class TaskAnswers(Body):
    """The answers of a form."""

    values = Answers(load_default=dict, metadata={"description": "表单各项 {key: 值}"})


class Done(Schema):
    """What completing led to."""

    case = fields.String(attribute="case_number", metadata={"description": "受理编号"})
    instance = fields.String()
    tasks = fields.List(fields.Nested(Task), metadata={"description": "随后产生的任务，不论由哪个单位办理"})
    outcome = fields.String(allow_none=True, metadata={"description": "办件结束时的结果，即结束事件的 id"})


class Party(Schema):
    """A unit and the part it plays."""

    party = fields.String(required=True)
    unit = fields.String(required=True)
    unit_name = fields.String()


class Entry(Schema):
    """What was done, by whom, when."""

    at = Moment(dump_only=True)
    actor = fields.String()
    actor_name = fields.String()
    verb = fields.String()
    element = fields.String()
    rules = fields.Function(
        lambda row: row["detail"].get("rules", {}), metadata={"description": "命中的决策规则"}
    )
    clauses = fields.List(fields.String())


class Side(Schema):
    """One process instance of the case."""

    id = fields.String(required=True)
    definition = fields.String()
    name = fields.String()
    version = fields.Integer()
    tenant = fields.String(allow_none=True)
    status = fields.String()


class Case(Schema):
    """A case as its parties see it."""

    number = fields.String(required=True, metadata={"description": "受理编号"})
    procedure = fields.String()
    region = fields.String()
    student = fields.String(allow_none=True)
    student_name = fields.String(allow_none=True)
    status = fields.Function(lambda row: "closed" if row["closed_at"] else "open")
    opened_at = Moment(dump_only=True)
    closed_at = Moment(dump_only=True, allow_none=True)
    outcome = fields.String(allow_none=True)
    outcome_name = fields.String(allow_none=True)
    parties = fields.List(fields.Nested(Party))
    instances = fields.List(fields.Nested(Side))
    tasks = fields.List(fields.Nested(Task), metadata={"description": "待办任务"})
    journal = fields.List(fields.Nested(Entry))


@cases.operation(
    "POST",
    "/tasks/<task_id>/complete",
    Op(
        may=SIGNED_IN,
        summary="办结任务，答复随后的任务",
        about="未签收的任务办结即签收。",
        body=TaskAnswers,
        answer=Done,
    ),
)
def complete(body: Mapping[str, Any], task_id: str) -> dict[str, Any]:
    return answered(verbs.complete(office(), actor(), task_id, body["values"], expected("t")))


def answered(done: Advanced) -> dict[str, Any]:
    """What a verb led to, as ``Done`` shows it."""
    return {
        "case_number": done.case_number,
        "instance": done.instance,
        "tasks": [{**vars_of(task), "claimed_at": None} for task in done.tasks],
        "outcome": done.outcome,
    }


@cases.operation(
    "GET",
    "/cases/<number>",
    Op(
        may=SIGNED_IN,
        summary="一个办件的全貌",
        about="本单位须是当事方；跨省办件只见本省一方的流程、任务和记录。运行维护员和系统管理员可见全部。",
        answer=Case,
    ),
)
def get_case(number: str) -> dict[str, Any]:
    person = actor()
    with transaction() as connection:
        row = records.case(connection, number, sorted(person.units), looking.sees_everything(person))
        if row is None:
            raise NotFound("没有这个办件", cure="请核对受理编号")
        tagged("c", records.last_entry(connection, number))
        instances = looking.sides(connection, person, number)
        wanted = {"case_number": number, "sides": [one["id"] for one in instances]}
        return {
            **row,
            "parties": records.parties(connection, number),
            "instances": instances,
            "tasks": TASKS.find(connection, {"open": {}, **wanted}, Page()),
            "journal": records.JOURNAL.find(connection, wanted, Page(limit=_MOST_ENTRIES)),
        }
