"""History only keepers may look at: what instances remember, and what went wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from marshmallow import Schema, fields

from service.api import camunda
from service.api.access import having
from service.api.context import actor
from service.api.engine_rest.history import history
from service.api.engine_rest.shared import Count, Paged, page, sort_order
from service.api.fields import Body, Choice, Commas, Flag, Moment, Text
from service.api.resource import Op
from service.casework import looking
from service.store import past
from service.store.db import transaction
from service.store.steering import INCIDENTS

_KEEPERS = having("admin", "operator")
_PLACE = ("definition", "key", "tenant")
INCIDENT_SORTS = {
    "incidentId": "id",
    "createTime": "at",
    "endTime": "resolved",
    "incidentType": "kind",
    "processInstanceId": "instance",
    "processDefinitionId": "definition",
}
_LIKE = {"description": "% 代表任意文字"}
_NOT_ASKED = {"first_result", "max_results", "sort_by", "sort_order"}


class VariableFilter(Body):
    """Which variables of an instance."""

    instance = Text(data_key="processInstanceId", required=True)
    name = Text(data_key="variableName")
    name_like = Text(data_key="variableNameLike", metadata=_LIKE)


class VariableQuery(VariableFilter, Paged):
    """A page of them."""

    deserialize = Flag(data_key="deserializeValues", metadata={"description": "不起作用"})


class HistoricVariable(Schema):
    """What an instance remembers, or remembered at its end."""

    id = fields.Function(lambda row: f"{row['instance']}:{row['name']}")
    name = fields.String(required=True)
    typed = fields.Function(lambda row: camunda.variables({"v": row["value"]})["v"]["type"], data_key="type")
    value = fields.Function(lambda row: camunda.variables({"v": row["value"]})["v"]["value"])
    instance = fields.String(data_key="processInstanceId")
    definition = fields.String(data_key="processDefinitionId")
    key = fields.String(data_key="processDefinitionKey")
    tenant = fields.String(data_key="tenantId", allow_none=True)
    state = fields.Constant("CREATED")


class PastIncidentFilter(Body):
    """Which incidents, open or over."""

    id = Text(data_key="incidentId")
    kind = Text(data_key="incidentType")
    message = Text(data_key="incidentMessage")
    message_like = Text(data_key="incidentMessageLike", metadata=_LIKE)
    instance = Text(data_key="processInstanceId")
    definition = Text(data_key="processDefinitionId")
    key = Text(data_key="processDefinitionKey")
    keys = Commas(data_key="processDefinitionKeyIn")
    element = Text(data_key="activityId")
    open = Flag()
    resolved = Flag()
    tenants = Commas(data_key="tenantIdIn")
    after = Moment(data_key="createTimeAfter")
    before = Moment(data_key="createTimeBefore")
    resolved_after = Moment(data_key="endTimeAfter")
    resolved_before = Moment(data_key="endTimeBefore")


class PastIncidentQuery(PastIncidentFilter, Paged):
    """A page of those that match."""

    sort_by = Choice(*INCIDENT_SORTS, data_key="sortBy")
    sort_order = sort_order()


class PastIncident(Schema):
    """A case that could not go on."""

    id = fields.String(required=True)
    definition = fields.String(data_key="processDefinitionId", allow_none=True)
    key = fields.String(data_key="processDefinitionKey", allow_none=True)
    instance = fields.String(data_key="processInstanceId", allow_none=True)
    execution = fields.String(attribute="instance", data_key="executionId", dump_only=True, allow_none=True)
    at = Moment(data_key="createTime", dump_only=True)
    resolved_at = Moment(data_key="endTime", dump_only=True, allow_none=True)
    kind = fields.String(data_key="incidentType")
    element = fields.String(data_key="activityId")
    message = fields.String(data_key="incidentMessage")
    tenant = fields.String(data_key="tenantId", allow_none=True)
    open = fields.Function(lambda row: row["resolved_at"] is None)
    resolved = fields.Function(lambda row: row["resolved_at"] is not None)
    deleted = fields.Constant(constant=False)
    case_number = fields.String(data_key="businessKey", allow_none=True)


@history.operation(
    "GET",
    "/variable-instance",
    Op(
        may=_KEEPERS,
        summary="一个实例的流程变量（办结的为结束时的值）",
        query=VariableQuery,
        answer=HistoricVariable(many=True),
    ),
)
def list_variables(query: Mapping[str, Any]) -> list[dict[str, Any]]:
    with transaction() as connection:
        instance = looking.instance(connection, actor(), query["instance"])
        rows = past.variables(connection, _variables(query), page(query, {}))
    about = {"instance": instance["id"], **{name: instance[name] for name in _PLACE}}
    return [{**row, **about} for row in rows]


@history.operation(
    "GET",
    "/variable-instance/count",
    Op(may=_KEEPERS, summary="一个实例的流程变量数", query=VariableFilter, answer=Count),
)
def count_variables(query: Mapping[str, Any]) -> dict[str, int]:
    with transaction() as connection:
        looking.instance(connection, actor(), query["instance"])
        return {"count": past.count_variables(connection, _variables(query))}


def _variables(query: Mapping[str, Any]) -> dict[str, Any]:
    return {"instance": query["instance"], "name": query.get("name"), "name_like": query.get("name_like")}


@history.operation(
    "GET",
    "/incident",
    Op(
        may=_KEEPERS,
        summary="未处理和已处理的异常件",
        query=PastIncidentQuery,
        answer=PastIncident(many=True),
    ),
)
def list_incidents(query: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    with transaction() as connection:
        return INCIDENTS.find(connection, _asked(query), page(query, INCIDENT_SORTS))


@history.operation(
    "GET",
    "/incident/count",
    Op(may=_KEEPERS, summary="未处理和已处理的异常件数", query=PastIncidentFilter, answer=Count),
)
def count_incidents(query: Mapping[str, Any]) -> dict[str, int]:
    with transaction() as connection:
        return {"count": INCIDENTS.count(connection, _asked(query))}


def _asked(query: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in query.items() if name not in _NOT_ASKED and value is not False}
