"""What a list of instances may be asked for, under Camunda's names; an attribute is called as its condition."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from service.api.engine_rest import shared
from service.api.engine_rest.shared import Paged, sort_order, sortings
from service.api.engine_rest.variable_filters import VariableConditions, conditions_of
from service.api.fields import Body, Choice, Commas, Flag, Moment, Text
from service.casework.actors import Actor
from service.casework.looking import visible_by_unit
from service.engine import DELETED
from service.store.listing import EITHER

SORTS = {
    "instanceId": "id",
    "definitionId": "definition",
    "definitionKey": "key",
    "tenantId": "tenant",
    "businessKey": "case_number",
}
HISTORY_SORTS = {
    **SORTS,
    "definitionName": "definition_name",
    "definitionVersion": "version",
    "startTime": "started",
    "endTime": "ended",
    "duration": "duration",
}
_LIKE = {"description": "% 代表任意文字"}
_CASE = {"description": "受理编号"}
_NO_CONDITIONS = {
    "sort_by",
    "sort_order",
    "first_result",
    "max_results",
    "sorting",
    "alternatives",
    "variables",
    "roots",
    "leaves",
}


class _Both(Body):
    definition = Text(data_key="processDefinitionId")
    key = Text(data_key="processDefinitionKey")
    keys = Commas(data_key="processDefinitionKeyIn")
    not_keys = Commas(data_key="processDefinitionKeyNotIn")
    active = Flag()
    paused = Flag(data_key="suspended")
    incident_kind = Text(data_key="incidentType")
    incident_message = Text(data_key="incidentMessage")
    incident_message_like = Text(data_key="incidentMessageLike", metadata=_LIKE)
    tenants = Commas(data_key="tenantIdIn", metadata={"description": "地区代码，逗号分开"})
    no_tenant = Flag(data_key="withoutTenantId")
    variables = VariableConditions()
    roots = Flag(
        data_key="rootProcessInstances", metadata={"description": "被调用的流程在调用者之中：所有实例都是"}
    )
    never = Text(data_key="superProcessInstance", metadata={"description": "没有下级实例：总是空"})


class InstanceFilter(_Both):
    """Which running instances."""

    ids = Commas(data_key="processInstanceIds")
    case_number = Text(data_key="businessKey", metadata=_CASE)
    case_number_like = Text(data_key="businessKeyLike", metadata=_LIKE)
    deployment = Text(data_key="deploymentId")
    standing_at = Commas(data_key="activityIdIn", metadata={"description": "停在这些元素之一的"})
    leaves = Flag(data_key="leafProcessInstances", metadata={"description": "所有实例都是"})
    with_incident = Flag(data_key="withIncident")
    incident = Text(data_key="incidentId")


class InstanceQuery(InstanceFilter, Paged):
    """A page of the instances that match."""

    sort_by = Choice(*SORTS, data_key="sortBy")
    sort_order = sort_order()


class InstanceQueryBody(InstanceFilter):
    """Like the query of an address, with alternatives and several orders."""

    alternatives = shared.alternatives(InstanceFilter)
    sorting = sortings("InstanceSorting", SORTS)


class HistoryFilter(_Both):
    """Which instances, running or ended."""

    id = Text(data_key="processInstanceId")
    ids = Commas(data_key="processInstanceIds")
    not_ids = Commas(data_key="processInstanceIdNotIn")
    case_number = Text(data_key="processInstanceBusinessKey", metadata=_CASE)
    case_numbers = Commas(data_key="processInstanceBusinessKeyIn")
    case_number_like = Text(data_key="processInstanceBusinessKeyLike", metadata=_LIKE)
    definition_name = Text(data_key="processDefinitionName")
    definition_name_like = Text(data_key="processDefinitionNameLike", metadata=_LIKE)
    ended = Flag(data_key="finished")
    running = Flag(data_key="unfinished")
    completed = Flag(metadata={"description": "自己走到结束的"})
    cancelled = Flag(data_key="externallyTerminated", metadata={"description": "被终止的"})
    with_incident = Flag(data_key="withIncidents", metadata={"description": "有未处理的异常"})
    started_by = Text(data_key="startedBy", metadata={"description": "发起人的 id"})
    started_before = Moment(data_key="startedBefore")
    started_after = Moment(data_key="startedAfter")
    ended_before = Moment(data_key="finishedBefore")
    ended_after = Moment(data_key="finishedAfter")


class HistoryQuery(HistoryFilter, Paged):
    """A page of the instances that match."""

    sort_by = Choice(*HISTORY_SORTS, data_key="sortBy")
    sort_order = sort_order()


class HistoryQueryBody(HistoryFilter):
    """Like the query of an address, with alternatives and several orders."""

    alternatives = shared.alternatives(HistoryFilter)
    sorting = sortings("HistoricInstanceSorting", HISTORY_SORTS)


def wanted(query: Mapping[str, Any], person: Actor) -> dict[str, Any]:
    """The conditions of a query; only what the person may know of."""
    found = {**visible_by_unit(person), **_conditions(query)}
    if query.get("alternatives"):
        found[EITHER] = [_conditions(part) for part in query["alternatives"]]
    return found


def _conditions(query: Mapping[str, Any]) -> dict[str, Any]:
    found = {
        name: value for name, value in query.items() if name not in _NO_CONDITIONS and value is not False
    }
    for name in {"completed", "cancelled"} & found.keys():
        found[name] = DELETED
    if "never" in found:
        found["never"] = True
    return {**found, **conditions_of(query.get("variables", ()))}
