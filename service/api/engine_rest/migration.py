"""Camunda's migration of process instances: plans generated, judged, carried out at once or in the background."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Response
from marshmallow import Schema, fields, validate

from service.api.access import having
from service.api.context import actor, office
from service.api.engine_rest.batches import Batch, told
from service.api.fields import Body, Commas, Flag, Text
from service.api.resource import Op, Resource
from service.casework import batches, moving, plans
from service.casework.moving import Outcome, Wish
from service.casework.plans import Plan, Step
from service.errors import BadRequest, Conflict, Problem

migration = Resource("migration", __name__, url_prefix="/engine-rest/migration", description="办件迁移")

_PLANNERS = having("operator", "admin", "analyst")
_MOVERS = having("operator", "admin")
_ONE = validate.Length(1, 1, error="应有且只有一个元素")
_DONE = {"moved", "unchanged"}


class Instruction(Body):
    """An element of the source and what it becomes."""

    source = fields.List(fields.String(), data_key="sourceActivityIds", required=True, validate=_ONE)
    target = fields.List(fields.String(), data_key="targetActivityIds", required=True, validate=_ONE)
    restart = Flag(
        data_key="updateEventTrigger",
        load_default=False,
        metadata={"description": "定时器：从迁移时刻重新计时；省略则保留原期限"},
    )


class MigrationPlan(Body):
    """From where to where, element by element; what is not named keeps its id."""

    source = Text(data_key="sourceProcessDefinitionId", required=True)
    target = Text(data_key="targetProcessDefinitionId", required=True)
    steps = fields.List(fields.Nested(Instruction), data_key="instructions", load_default=list)
    variables = fields.Dict(load_default=dict)


class Generation(Body):
    """Both ends of a plan to be generated."""

    source = Text(data_key="sourceProcessDefinitionId", required=True)
    target = Text(data_key="targetProcessDefinitionId", required=True)
    restart = Flag(data_key="updateEventTriggers", load_default=False)
    variables = fields.Dict(load_default=dict)


class Report(Schema):
    """What is wrong with an instruction."""

    instruction = fields.Nested(Instruction)
    failures = fields.List(fields.String())


class PlanReport(Schema):
    """The instructions that cannot be carried out, whatever the cases are like."""

    reports = fields.List(fields.Nested(Report), data_key="instructionReports")
    variables = fields.Dict(data_key="variableReports")


class InstanceQuery(Body):
    """Which instances of the source; without conditions all of them."""

    definition = Text(data_key="processDefinitionId")


class Execution(Body):
    """A plan and the cases it is for."""

    plan = fields.Nested(MigrationPlan, data_key="migrationPlan", required=True)
    instances = Commas(data_key="processInstanceIds", load_default=list)
    query = fields.Nested(InstanceQuery, data_key="processInstanceQuery", load_default=None)
    skip_listeners = Flag(data_key="skipCustomListeners")
    skip_mappings = Flag(data_key="skipIoMappings")


@migration.operation(
    "POST",
    "/generate",
    Op(may=_PLANNERS, summary="生成迁移方案", body=Generation, answer=MigrationPlan, reads=True),
)
def generate(body: Mapping[str, Any]) -> dict[str, Any]:
    _no_variables(body)
    plan = plans.generate(office(), body["source"], body["target"], restart=body["restart"])
    steps = [_told(step) for step in plan.steps]
    return {"source": plan.source, "target": plan.target, "steps": steps, "variables": {}}


@migration.operation(
    "POST",
    "/validate",
    Op(may=_PLANNERS, summary="检查迁移方案", body=MigrationPlan, answer=PlanReport, reads=True),
)
def validate_plan(body: Mapping[str, Any]) -> dict[str, Any]:
    reports = [
        {"instruction": _told(step), "failures": [str(problem) for problem in problems]}
        for step, problems in plans.judge(office(), _plan(body))
        if problems
    ]
    return {"reports": reports, "variables": {}}


@migration.operation(
    "POST",
    "/execute",
    Op(
        may=_MOVERS,
        summary="迁移办件",
        about="先看全部办件，有一个移不过去就一个也不移（409，逐个说明）；然后逐个移动，各在自己的事务中。",
        body=Execution,
        status=204,
    ),
)
def execute(body: Mapping[str, Any]) -> Response:
    plan = _checked(body)
    instances = _instances(body, plan)
    wish = Wish(plan=plan, instances=instances)
    looked = moving.preview(office(), actor(), wish)
    _enforce([one for one in looked if one.status not in {"movable", "unchanged"}], "没有移动任何办件")
    done = moving.execute(office(), actor(), wish)
    left = [one for one in done if one.status not in _DONE]
    _enforce(left, f"已移动 {len(done) - len(left)} 个办件，其余没有移动")
    return Response(status=204)


@migration.operation(
    "POST",
    "/executeAsync",
    Op(
        may=_MOVERS,
        summary="在后台迁移办件",
        about="答复是一个批次；进展见 /engine-rest/batch/{id}/statistics，逐件结果见 /api/moves/{id}。",
        body=Execution,
        answer=Batch,
    ),
)
def execute_async(body: Mapping[str, Any]) -> dict[str, Any]:
    plan = _checked(body)
    given = body["instances"] if body["instances"] and body["query"] is None else None
    if given is None:
        _instances(body, plan, only_check=True)
    return told(batches.progress(actor(), batches.open_batch(office(), actor(), plan, given)))


def _plan(body: Mapping[str, Any]) -> Plan:
    _no_variables(body)
    steps = tuple(
        Step(source=step["source"][0], target=step["target"][0], restart=step["restart"])
        for step in body["steps"]
    )
    return Plan(source=body["source"], target=body["target"], steps=steps)


def _no_variables(body: Mapping[str, Any]) -> None:
    if body["variables"]:
        raise BadRequest(
            "迁移时不设变量", cure="请去掉 variables；需要时用 /engine-rest/process-instance/{id}/variables"
        )


def _checked(body: Mapping[str, Any]) -> Plan:
    """The plan, if every instruction can be carried out."""
    plan = _plan(body["plan"])
    wrong = [problem for _, problems in plans.judge(office(), plan) for problem in problems]
    if wrong:
        raise BadRequest("迁移方案不能执行", problems=wrong, cure="请按所列各项改正方案")
    return plan


def _instances(body: Mapping[str, Any], plan: Plan, *, only_check: bool = False) -> list[str]:
    if body["query"] is None:
        if not body["instances"]:
            raise BadRequest("没有指明办件", cure="请给出 processInstanceIds 或 processInstanceQuery")
        return list(body["instances"])
    if body["query"].get("definition", plan.source) != plan.source:
        raise BadRequest("processInstanceQuery 只能查方案的原版本", cure="请去掉 processDefinitionId")
    if only_check:
        return []
    found, total = moving.candidates(office(), actor(), plan)
    if total > len(found):
        raise BadRequest(
            f"有 {total} 个办件，一次不能超过 {len(found)} 个", cure="请用 executeAsync 在后台执行"
        )
    return sorted({*found, *body["instances"]})


def _enforce(left: Sequence[Outcome], sentence: str) -> None:
    if left:
        problems = [
            _about(one, problem) for one in left for problem in one.reasons or (Problem(message="已结束"),)
        ]
        raise Conflict(f"{len(left)} 个办件移不过去，{sentence}", problems=problems, cure="请按所列各项处理")


def _about(one: Outcome, problem: Problem) -> Problem:
    return Problem(
        message=f"办件 {one.case_number or one.instance}：{problem.message}",
        where=problem.where,
        file=problem.file,
        cure=problem.cure,
    )


def _told(step: Step) -> dict[str, Any]:
    return {"source": [step.source], "target": [step.target], "restart": step.restart}
