"""Moving open cases to another version of their procedure: a look at each case first, an outcome for each after."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields, validate

from service.api.access import having
from service.api.context import actor, office
from service.api.engine_rest.shared import Paged, page
from service.api.errors import told as told_problem
from service.api.fields import Body, Choice, Commas, Flag, Moment, Text
from service.api.problem import FindingSchema
from service.api.resource import Op, Resource
from service.casework import batches, moving, plans
from service.casework.moved_words import sentence
from service.casework.moving import Outcome, Wish
from service.casework.plans import Plan, Step
from service.errors import BadRequest
from service.policy.regions import NATIONAL

moves = Resource("moves", __name__, url_prefix="/api", description="移动办件到另一版本")

_LOOKERS = having("operator", "admin", "analyst")
_MOVERS = having("operator", "admin")
_STATUSES = ("unchanged", "moved", "stays", "locked", "changed", "ended", "failed", "waiting")


class MoveWish(Body):
    """Which cases go where."""

    target = Text(
        load_default="", metadata={"description": "目标流程定义；省略时用 procedure 和 tenant 的现行版本"}
    )
    procedure = Text(load_default="")
    tenant = Text(load_default=NATIONAL, metadata={"description": "地区代码；省略即全国"})
    source = Text(load_default="", metadata={"description": "只移动这一版本的办件；省略即所有其他版本"})
    instances = Commas(load_default=list, metadata={"description": "只移动这些办件"})
    elements = fields.Dict(
        keys=fields.String(),
        values=fields.String(),
        load_default=dict,
        validate=validate.Length(max=200),
        metadata={"description": "旧图元素 id → 新图元素 id；同名的不必写"},
    )
    restarted = Commas(load_default=list, metadata={"description": "从移动时刻重新计时的定时器（旧图 id）"})
    revisions = fields.Dict(
        keys=fields.String(),
        values=fields.Integer(),
        load_default=dict,
        metadata={"description": "预览时见到的修订号 {办件: 修订号}；已有变化的不移"},
    )


class Preview(MoveWish):
    """Like a move, page by page."""

    after = Text(load_default="", metadata={"description": "上一页最后一个办件"})


class Move(MoveWish):
    """At once, or in the background."""

    background = Flag(load_default=False, metadata={"description": "在后台移动，答复给出批次"})


class CaseOutcome(Schema):
    """What becomes of one case, and why."""

    instance = fields.String(required=True)
    case = fields.String(attribute="case_number", metadata={"description": "受理编号"})
    status = fields.String(
        metadata={"description": "unchanged、movable、moved、stays、locked、changed、ended、failed"}
    )
    version = fields.Integer(metadata={"description": "现在运行的版本"})
    revision = fields.Integer()
    reasons = fields.List(fields.Nested(FindingSchema))
    effects = fields.List(fields.String(), metadata={"description": "对当前步骤的影响，逐句"})
    undoable = fields.Boolean()


class Moves(Schema):
    """Outcomes; ``total`` cases in all are on other versions, ``next`` begins the next page."""

    target = fields.String()
    total = fields.Integer()
    next = fields.String(allow_none=True)
    batch = fields.String(allow_none=True, metadata={"description": "后台移动的批次，见 /api/moves/{批次}"})
    cases = fields.List(fields.Nested(CaseOutcome))


class BatchQuery(Paged):
    """Which cases of a batch."""

    status = Choice(*_STATUSES, load_default="")


class BatchCase(Schema):
    """What became of one case of a batch."""

    instance = fields.String(required=True)
    case = fields.String(attribute="case_number")
    status = fields.String(allow_none=True)
    reasons = fields.List(fields.Dict())
    done_at = Moment(dump_only=True, allow_none=True)


class BatchProgress(Schema):
    """How far a move in the background is."""

    id = fields.String(required=True)
    total = fields.Integer()
    counts = fields.Dict(keys=fields.String(), values=fields.Integer())
    by = fields.String(attribute="by_name")
    created_at = Moment(dump_only=True)
    finished_at = Moment(dump_only=True, allow_none=True)
    cases = fields.List(fields.Nested(BatchCase))


@moves.operation(
    "POST",
    "/moves/preview",
    Op(
        may=_LOOKERS,
        summary="预览：移动对每个办件的影响",
        about="不改动任何办件。逐件说明能否移动、为什么不能、哪些定时器和消息会启用或停用。",
        body=Preview,
        answer=Moves,
        reads=True,
    ),
)
def preview(body: Mapping[str, Any]) -> dict[str, Any]:
    plan = _plan(body)
    instances, total = _chosen(body, plan, body["after"])
    found = moving.preview(office(), actor(), _wish(body, plan, instances))
    more = bool(instances) and not body["instances"] and total > len(instances)
    return _answer(plan, found, total, next=instances[-1] if more else None)


@moves.operation(
    "POST",
    "/moves",
    Op(
        may=_MOVERS,
        summary="移动办件到另一版本",
        about="逐件移动，各在自己的事务中：期限、签收、变量、任务编号不变。移不过去的原样不动并说明原因；"
        "再执行一次不会改变什么。一次最多 200 件，更多请在后台执行。",
        body=Move,
        answer=Moves,
    ),
)
def move(body: Mapping[str, Any]) -> dict[str, Any]:
    plan = _plan(body)
    if body["background"]:
        batch = batches.open_batch(office(), actor(), plan, body["instances"] or None)
        return _answer(plan, [], batches.progress(actor(), batch)["total"], batch=batch)
    instances, total = _chosen(body, plan, "")
    if total > len(instances):
        raise BadRequest(
            f"有 {total} 个办件，一次最多 {moving.MOST_AT_ONCE} 个", cure="请加 background 在后台移动"
        )
    return _answer(plan, moving.execute(office(), actor(), _wish(body, plan, instances)), total)


@moves.operation(
    "GET",
    "/moves/<batch_id>",
    Op(may=_LOOKERS, summary="后台移动的进展和逐件结果", query=BatchQuery, answer=BatchProgress),
)
def progress(query: Mapping[str, Any], batch_id: str) -> dict[str, Any]:
    found = batches.items(actor(), batch_id, page(query, {}), query["status"])
    return {**batches.progress(actor(), batch_id), "cases": found}


def _plan(body: Mapping[str, Any]) -> Plan:
    if bool(body["target"]) == bool(body["procedure"]):
        raise BadRequest("目标不明确", cure="请给出 target（流程定义 id），或 procedure（业务）")
    restarted = set(body["restarted"])
    named = {**{one: one for one in restarted}, **body["elements"]}
    steps = tuple(Step(source=old, target=new, restart=old in restarted) for old, new in named.items())
    target = body["target"] or plans.current(office(), body["procedure"], body["tenant"])
    return Plan(target=target, source=body["source"], steps=steps)


def _chosen(body: Mapping[str, Any], plan: Plan, after: str) -> tuple[list[str], int]:
    if body["instances"]:
        return body["instances"], len(body["instances"])
    return moving.candidates(office(), actor(), plan, after=after)


def _wish(body: Mapping[str, Any], plan: Plan, instances: list[str]) -> Wish:
    return Wish(plan=plan, instances=instances, revisions=body["revisions"])


def _answer(plan: Plan, found: list[Outcome], total: int, **more: Any) -> dict[str, Any]:
    return {
        "target": plan.target,
        "total": total,
        "next": None,
        "batch": None,
        "cases": [_case(one) for one in found],
        **more,
    }


def _case(one: Outcome) -> dict[str, Any]:
    return {
        **vars(one),
        "reasons": [told_problem(problem) for problem in one.reasons],
        "effects": [sentence(effect) for effect in one.effects],
    }
