"""What keepers of the system look at and move: timers (Camunda's jobs), incidents, signals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Response
from marshmallow import Schema, fields

from service.api.access import having
from service.api.context import actor, office
from service.api.engine_rest.shared import Count, Paged, conditions, page, sort_order
from service.api.fields import Body, Choice, Commas, Flag, Moment, Text, Variables, Whole
from service.api.resource import Op, Resource
from service.casework import incidents as incident_verbs
from service.casework import messages, steering
from service.errors import BadRequest, NotFound
from service.store.db import transaction
from service.store.steering import INCIDENTS, TIMERS
from service.store.sweep import ATTEMPTS

jobs = Resource("job", __name__, url_prefix="/engine-rest/job", description="定时器（Camunda 的 job）")
incidents = Resource("incident", __name__, url_prefix="/engine-rest/incident", description="异常件")
signals = Resource("signal", __name__, url_prefix="/engine-rest", description="信号")

_KEEPERS = having("operator", "admin")
_JOB_SORTS = {
    "jobId": "id",
    "jobDueDate": "due",
    "processInstanceId": "instance",
    "processDefinitionId": "definition",
    "processDefinitionKey": "key",
}
_JOB_CONDITIONS = {
    "id": "id",
    "instance": "instance",
    "definition": "definition",
    "key": "key",
    "element": "element",
    "tenants": "tenants",
    "no_tenant": "no_tenant",
    "active": "active",
    "paused": "paused",
    "due_before": "due_before",
    "due_after": "due_after",
    "failed": "failed",
    "retries_left": "retries_left",
    "no_retries_left": "no_retries_left",
}
_INCIDENT_SORTS = {
    "incidentId": "id",
    "incidentTimestamp": "at",
    "incidentType": "kind",
    "processInstanceId": "instance",
    "processDefinitionId": "definition",
}
_INCIDENT_CONDITIONS = {
    "id": "id",
    "kind": "kind",
    "message": "message",
    "instance": "instance",
    "definition": "definition",
    "keys": "key",
    "element": "element",
    "tenants": "tenants",
    "before": "before",
    "after": "after",
}


class JobQuery(Paged):
    """Which timers."""

    id = Text(data_key="jobId")
    instance = Text(data_key="processInstanceId")
    definition = Text(data_key="processDefinitionId")
    key = Text(data_key="processDefinitionKey")
    element = Text(data_key="activityId")
    tenants = Commas(data_key="tenantIdIn")
    no_tenant = Flag(data_key="withoutTenantId")
    timers = Flag(metadata={"description": "所有 job 都是定时器"})
    active = Flag()
    paused = Flag(data_key="suspended")
    due_before = Moment(data_key="dueBefore")
    due_after = Moment(data_key="dueAfter")
    failed = Flag(data_key="withException")
    retries_left = Flag(data_key="withRetriesLeft")
    no_retries_left = Flag(data_key="noRetriesLeft")
    sort_by = Choice(*_JOB_SORTS, data_key="sortBy")
    sort_order = sort_order()


class Job(Schema):
    """A timer."""

    id = fields.String(required=True)
    definition_id = fields.String(attribute="element", data_key="jobDefinitionId", dump_only=True)
    instance = fields.String(data_key="processInstanceId")
    definition = fields.String(data_key="processDefinitionId")
    key = fields.String(data_key="processDefinitionKey")
    execution = fields.String(attribute="instance", data_key="executionId", dump_only=True)
    element = fields.String(data_key="activityId")
    name = fields.String()
    due = Moment(data_key="dueDate", dump_only=True)
    retries = fields.Integer(metadata={"description": "还可再试几次；同一办件的定时器一起试"})
    failure = fields.String(data_key="exceptionMessage", allow_none=True)
    paused = fields.Function(lambda row: row["status"] == "paused", data_key="suspended")
    priority = fields.Constant(0)
    tenant = fields.String(data_key="tenantId", allow_none=True)
    case_number = fields.String(data_key="businessKey")


class JobRetries(Body):
    """How many tries."""

    retries = Whole(required=True, least=1, most=ATTEMPTS)


class Due(Body):
    """When."""

    due = Moment(data_key="duedate", required=True)
    cascade = Flag()


class IncidentQuery(Paged):
    """Which open incidents."""

    id = Text(data_key="incidentId")
    kind = Text(data_key="incidentType")
    message = Text(data_key="incidentMessage")
    instance = Text(data_key="processInstanceId")
    definition = Text(data_key="processDefinitionId")
    element = Text(data_key="activityId")
    tenants = Commas(data_key="tenantIdIn")
    before = Moment(data_key="incidentTimestampBefore")
    after = Moment(data_key="incidentTimestampAfter")
    sort_by = Choice(*_INCIDENT_SORTS, data_key="sortBy")
    sort_order = sort_order()


class Incident(Schema):
    """A case that could not go on."""

    id = fields.String(required=True)
    definition = fields.String(data_key="processDefinitionId", allow_none=True)
    instance = fields.String(data_key="processInstanceId", allow_none=True)
    execution = fields.String(attribute="instance", data_key="executionId", dump_only=True, allow_none=True)
    at = Moment(data_key="incidentTimestamp", dump_only=True)
    kind = fields.String(data_key="incidentType")
    element = fields.String(data_key="activityId")
    message = fields.String(data_key="incidentMessage")
    tenant = fields.String(data_key="tenantId", allow_none=True)
    case_number = fields.String(data_key="businessKey", allow_none=True)
    resolved_at = Moment(data_key="endTime", dump_only=True, allow_none=True)


class Signal(Body):
    """A signal for a tenant."""

    name = Text(required=True)
    tenant = Text(data_key="tenantId", metadata={"description": "地区代码；省略即全国流程"})
    no_tenant = Flag(data_key="withoutTenantId", load_default=False)
    execution = Text(data_key="executionId", load_default="")
    variables = Variables(load_default=dict)


def _flags(wanted: Mapping[str, Any]) -> dict[str, Any]:
    return {name: {} if value is True else value for name, value in wanted.items()}


@jobs.operation("GET", "", Op(may=_KEEPERS, summary="定时器列表", query=JobQuery, answer=Job(many=True)))
def list_jobs(query: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    with transaction() as connection:
        return TIMERS.find(connection, _flags(conditions(query, _JOB_CONDITIONS)), page(query, _JOB_SORTS))


@jobs.operation("GET", "/count", Op(may=_KEEPERS, summary="定时器数", query=JobQuery, answer=Count))
def count_jobs(query: Mapping[str, Any]) -> dict[str, int]:
    with transaction() as connection:
        return {"count": TIMERS.count(connection, _flags(conditions(query, _JOB_CONDITIONS)))}


@jobs.operation("GET", "/<job_id>", Op(may=_KEEPERS, summary="一个定时器", answer=Job))
def get_job(job_id: str) -> Mapping[str, Any]:
    with transaction() as connection:
        row = TIMERS.one(connection, {"id": job_id})
    if row is None:
        raise NotFound("没有这个定时器，或已经触发", cure="请刷新列表")
    return row


@jobs.operation("POST", "/<job_id>/execute", Op(may=_KEEPERS, summary="立即触发定时器", status=204))
def execute(job_id: str) -> Response:
    steering.fire(office(), actor(), job_id)
    return Response(status=204)


@jobs.operation(
    "PUT", "/<job_id>/duedate", Op(may=_KEEPERS, summary="改定时器的到期时刻", body=Due, status=204)
)
def set_due(body: Mapping[str, Any], job_id: str) -> Response:
    steering.postpone(office(), actor(), job_id, body["due"])
    return Response(status=204)


@jobs.operation(
    "PUT",
    "/<job_id>/retries",
    Op(
        may=_KEEPERS,
        summary="让定时器再试",
        about="同一办件的定时器即刻再试，试满次数又不成才再产生异常件；原有的异常件随之了结。",
        body=JobRetries,
        status=204,
    ),
)
def set_retries(body: Mapping[str, Any], job_id: str) -> Response:
    steering.set_retries(actor(), job_id, body["retries"])
    return Response(status=204)


@incidents.operation(
    "GET", "", Op(may=_KEEPERS, summary="未处理的异常件", query=IncidentQuery, answer=Incident(many=True))
)
def list_incidents(query: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    wanted = {"open": {}, **conditions(query, _INCIDENT_CONDITIONS)}
    with transaction() as connection:
        return INCIDENTS.find(connection, wanted, page(query, _INCIDENT_SORTS))


@incidents.operation(
    "GET", "/count", Op(may=_KEEPERS, summary="未处理的异常件数", query=IncidentQuery, answer=Count)
)
def count_incidents(query: Mapping[str, Any]) -> dict[str, int]:
    with transaction() as connection:
        return {"count": INCIDENTS.count(connection, {"open": {}, **conditions(query, _INCIDENT_CONDITIONS)})}


@incidents.operation("GET", "/<incident_id>", Op(may=_KEEPERS, summary="一个异常件", answer=Incident))
def get_incident(incident_id: str) -> Mapping[str, Any]:
    with transaction() as connection:
        row = INCIDENTS.one(connection, {"id": incident_id})
    if row is None:
        raise NotFound("没有这个异常件", cure="请核对编号")
    return row


@incidents.operation(
    "DELETE",
    "/<incident_id>",
    Op(
        may=_KEEPERS,
        summary="处理异常件：再试一次",
        about="定时器即刻再试；外部任务可再领取一次。",
        status=204,
    ),
)
def resolve(incident_id: str) -> Response:
    incident_verbs.retry(actor(), incident_id)
    return Response(status=204)


@signals.operation(
    "POST",
    "/signal",
    Op(
        may=_KEEPERS,
        summary="广播信号",
        about="送给一个地区（tenantId；省略即全国流程）所有在等它的办件，各在自己的事务中。",
        body=Signal,
        status=204,
    ),
)
def broadcast(body: Mapping[str, Any]) -> Response:
    if body["execution"]:
        raise BadRequest("不支持 executionId", cure="信号送给一个地区的所有办件；只给一个办件的请用消息")
    if body["no_tenant"] and "tenant" in body:
        raise BadRequest("tenantId 和 withoutTenantId 不能同时给出", cure="请去掉一个")
    heard = steering.signal(actor(), body["name"], body.get("tenant"), body["variables"])
    messages.deliver_outbox(office(), limit=heard)
    return Response(status=204)
