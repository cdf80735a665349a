"""Cases in plain JSON: starting one, finding them, following one, taking it back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from marshmallow import Schema, fields

from service.api.access import SIGNED_IN
from service.api.context import actor, office, services
from service.api.engine_rest.shared import Count, Paged, conditions, page, sort_order
from service.api.fields import Answers, Body, Choice, Flag, Moment, Text
from service.api.registry.cases import Done, answered, cases
from service.api.resource import Op
from service.casework import cases as verbs
from service.casework import guardian, looking, messages, timeline
from service.casework.cases import Start
from service.errors import NotFound
from service.store import records
from service.store.casebook import CASES, cases_of
from service.store.db import transaction
from service.store.listing import Listing
from service.store.progress import read_clock

__all__ = ["cases"]

_SORTS = {"opened": "opened", "closed": "closed", "number": "number"}
_CONDITIONS = {
    name: name
    for name in (
        *("number", "student", "student_name", "procedure", "outcome", "unit"),
        *("opened_after", "opened_before"),
    )
}

_FEW = {"number", "student", "student_name", "overdue"}


class NewCase(Body):
    """A procedure for a student."""

    procedure = Text(required=True, longest=100, metadata={"description": "业务的 key，如 transfer"})
    student = Text(required=True, longest=100, metadata={"description": "学生的 id"})
    values = Answers(load_default=dict, metadata={"description": "发起表单各项 {key: 值}"})
    unit = Text(load_default="", longest=100, metadata={"description": "发起单位；只在一个单位任职的可省略"})


class CaseStarted(Done):
    """A new case."""

    guardian_code = fields.String(
        allow_none=True,
        metadata={"description": "交给监护人的查询码，只显示这一次；用同一 Idempotency-Key 重发的答复中为空"},
    )


class CaseFilter(Body):
    """Which cases."""

    number = Text(longest=100, metadata={"description": "受理编号"})
    number_like = Text(data_key="numberLike", longest=100, metadata={"description": "如 130102-20260903-%"})
    student = Text(longest=100, metadata={"description": "学生的 id"})
    student_name = Text(data_key="studentName", longest=100)
    procedure = Text(longest=100)
    status = Choice("open", "closed")
    outcome = Text(longest=100, metadata={"description": "结束事件的 id"})
    unit = Text(longest=100, metadata={"description": "这个单位是当事方"})
    started_by_me = Flag(data_key="startedByMe")
    overdue = Flag(metadata={"description": "true：有任务已过时限"})
    opened_after = Moment(data_key="openedAfter")
    opened_before = Moment(data_key="openedBefore")


class CaseQuery(CaseFilter, Paged):
    """And which part of them."""

    sort_by = Choice(*_SORTS, data_key="sortBy")
    sort_order = sort_order()


class WaitingStep(Schema):
    """Where a case stands."""

    name = fields.String(required=True)
    unit = fields.String(allow_none=True)
    unit_name = fields.String(allow_none=True)
    due = Moment(dump_only=True, allow_none=True)


class CaseLine(Schema):
    """A case in a list."""

    number = fields.String(required=True)
    procedure = fields.String()
    procedure_name = fields.String()
    region = fields.String()
    student = fields.String(allow_none=True)
    student_name = fields.String(allow_none=True)
    status = fields.Function(lambda row: "closed" if row["closed_at"] else "open")
    opened_at = Moment(dump_only=True)
    closed_at = Moment(dump_only=True, allow_none=True)
    outcome = fields.String(allow_none=True)
    outcome_name = fields.String(allow_none=True)
    started_by = fields.String()
    started_by_name = fields.String(allow_none=True)
    waiting = fields.List(fields.Nested(WaitingStep), metadata={"description": "现在等谁办什么"})


class Answered(Schema):
    """One answer of a form, in words."""

    label = fields.String(required=True)
    value = fields.String()


class Event(Schema):
    """One thing that happened."""

    at = Moment(dump_only=True)
    who = fields.String(required=True)
    for_whom = fields.String(metadata={"description": "代谁办理"})
    unit = fields.String()
    verb = fields.String()
    what = fields.String(metadata={"description": "做了什么"})
    task = fields.String()
    until = Moment(dump_only=True, allow_none=True, metadata={"description": "该任务应办结的时刻"})
    reason = fields.String()
    clauses = fields.List(fields.String(), metadata={"description": "依据的条款"})
    answers = fields.List(fields.Nested(Answered))


class Withdrawal(Body):
    """Why."""

    reason = Text(required=True, longest=500)


@cases.operation(
    "POST",
    "/cases",
    Op(
        may=SIGNED_IN,
        summary="发起办件",
        about="业务用哪个地区、哪个版本的流程由发起单位和当日现行的规定决定。"
        "不符合办理条件时答 422，`errors` 逐条列出所违反的规定和条款。",
        body=NewCase,
        answer=CaseStarted,
        status=201,
        told_once="guardian_code",
    ),
)
def start(body: Mapping[str, Any]) -> dict[str, Any]:
    code, hash_ = guardian.new_code(services().settings.secret_key)
    wish = Start(
        procedure=body["procedure"],
        student=body["student"],
        form=body["values"],
        unit=body["unit"],
        guardian_code=hash_,
    )
    return {**answered(verbs.start(office(), actor(), wish)), "guardian_code": code}


@cases.operation(
    "GET",
    "/cases",
    Op(
        may=SIGNED_IN,
        summary="办件列表",
        about="本单位是当事方的办件；运行维护员和系统管理员可见全部。最近受理的在前。",
        query=CaseQuery,
        answer=CaseLine(many=True),
    ),
)
def listed(query: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    with transaction() as connection:
        listing, wanted = _asked(query, read_clock(connection)[0])
        found = listing.find(connection, wanted, page(query, _SORTS))
    return [{**row, "waiting": [_with_moment(one) for one in row["waiting"]]} for row in found]


def _with_moment(step: Mapping[str, Any]) -> dict[str, Any]:
    return {**step, "due": datetime.fromisoformat(step["due"]) if step["due"] else None}


@cases.operation("GET", "/cases/count", Op(may=SIGNED_IN, summary="办件数", query=CaseFilter, answer=Count))
def counted(query: Mapping[str, Any]) -> dict[str, int]:
    with transaction() as connection:
        listing, wanted = _asked(query, read_clock(connection)[0])
        return {"count": listing.count(connection, wanted)}


def _asked(query: Mapping[str, Any], now: datetime) -> tuple[Listing, dict[str, Any]]:
    """The list a person may see, and what of it."""
    person = actor()
    wanted = _wanted(query, now)
    if person.sees_everything:
        return CASES, wanted
    listing, seen = cases_of(sorted(person.units), few=not _FEW.isdisjoint(wanted))
    return listing, {**wanted, **seen}


def _wanted(query: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    wanted = conditions(query, _CONDITIONS)
    if "number_like" in query:
        wanted["number_like"] = query["number_like"]
    if "status" in query:
        wanted[query["status"]] = {}
    if query.get("started_by_me"):
        wanted["started_by"] = actor().id
    if query.get("overdue"):
        wanted["overdue"] = now
    return wanted


@cases.operation(
    "GET",
    "/cases/<number>/timeline",
    Op(
        may=SIGNED_IN,
        summary="办件经过",
        about="谁、何时、做了什么、应于何时办结、依据哪条规定；先发生的在前。",
        query=Paged,
        answer=Event(many=True),
    ),
)
def follow(query: Mapping[str, Any], number: str) -> list[dict[str, Any]]:
    person = actor()
    with transaction() as connection:
        if records.case(connection, number, sorted(person.units), person.sees_everything) is None:
            raise NotFound("没有这个办件", cure="请核对受理编号")
        sides = [one["id"] for one in looking.sides(connection, person, number)]
        events = timeline.told(office(), connection, {"case_number": number, "sides": sides}, page(query, {}))
    return [
        {**vars(one), "answers": [{"label": label, "value": value} for label, value in one.answers]}
        for one in events
    ]


@cases.operation(
    "POST",
    "/cases/<number>/withdraw",
    Op(
        may=SIGNED_IN,
        summary="撤回办件",
        about="由流程图中撤回消息（guardian_recall）的 sent_by 所指的人撤回；流程图没有画出撤回，"
        "或已过可以撤回的环节时答 409。",
        body=Withdrawal,
        answer=Done,
    ),
)
def withdraw(body: Mapping[str, Any], number: str) -> dict[str, Any]:
    person = actor()
    with transaction() as connection:
        if records.case(connection, number, sorted(person.units), person.sees_everything) is None:
            raise NotFound("没有这个办件", cure="请核对受理编号")
    return answered(messages.recall(office(), person, number, body["reason"]))
