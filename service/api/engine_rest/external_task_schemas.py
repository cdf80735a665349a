"""External tasks as they go in and out."""

from __future__ import annotations

from marshmallow import Schema, fields

from service.api.engine_rest.shared import Paged, sort_order, sortings
from service.api.fields import Body, Choice, Commas, Flag, Moment, Text, Variables, Whole

MOST_MILLISECONDS = 1000 * 60 * 60 * 24
CONDITIONS = {
    "id": "id",
    "topic": "topic",
    "worker": "worker",
    "locked": "locked",
    "not_locked": "not_locked",
    "retries_left": "retries_left",
    "no_retries_left": "no_retries_left",
    "instance": "instance",
    "definition": "definition",
    "key": "key",
    "element": "element",
    "active": "active",
    "tenants": "tenants",
}
SORTS = {
    "id": "id",
    "lockExpirationTime": "lock",
    "processInstanceId": "instance",
    "processDefinitionId": "definition",
    "processDefinitionKey": "key",
    "tenantId": "tenant",
    "taskPriority": "priority",
    "createTime": "created",
}


class Filter(Body):
    """Which work."""

    id = Text(data_key="externalTaskId")
    topic = Text(data_key="topicName")
    worker = Text(data_key="workerId")
    locked = Flag()
    not_locked = Flag(data_key="notLocked")
    retries_left = Flag(data_key="withRetriesLeft")
    no_retries_left = Flag(data_key="noRetriesLeft")
    instance = Text(data_key="processInstanceId")
    definition = Text(data_key="processDefinitionId")
    key = Text(data_key="processDefinitionKey")
    element = Text(data_key="activityId")
    active = Flag()
    tenants = Commas(data_key="tenantIdIn")


class Query(Filter, Paged):
    """And which part of it."""

    sort_by = Choice(*SORTS, data_key="sortBy")
    sort_order = sort_order()


class QueryBody(Filter):
    """Like the query of an address, with several orders."""

    sorting = sortings("ExternalTaskSorting", SORTS)


class TopicFilter(Paged):
    """Which topics."""

    locked = Flag(data_key="withLockedTasks", metadata={"description": "有已领取的任务的"})
    not_locked = Flag(data_key="withUnlockedTasks", metadata={"description": "有未领取的任务的"})
    retries_left = Flag(data_key="withRetriesLeft")


class ExternalTask(Schema):
    """A piece of work."""

    id = fields.String(required=True)
    element = fields.String(data_key="activityId")
    activity = fields.String(attribute="id", data_key="activityInstanceId", dump_only=True)
    execution = fields.String(attribute="instance", data_key="executionId", dump_only=True)
    instance = fields.String(data_key="processInstanceId")
    definition = fields.String(data_key="processDefinitionId")
    key = fields.String(data_key="processDefinitionKey")
    version_tag = fields.String(data_key="processDefinitionVersionTag", allow_none=True)
    tenant = fields.String(data_key="tenantId", allow_none=True)
    topic = fields.String(data_key="topicName")
    worker = fields.Function(lambda row: row["worker"] or None, data_key="workerId")
    locked_until = Moment(data_key="lockExpirationTime", dump_only=True, allow_none=True)
    retries = fields.Integer(allow_none=True)
    error_message = fields.Function(lambda row: row["error_message"] or None, data_key="errorMessage")
    priority = fields.Integer()
    case_number = fields.String(data_key="businessKey", metadata={"description": "受理编号"})
    paused = fields.Function(lambda row: row["status"] == "paused", data_key="suspended")
    created_at = Moment(data_key="createTime", dump_only=True)


class Locked(ExternalTask):
    """A piece of work with what it needs."""

    variables = Variables()


class Topic(Body):
    """What a worker can do."""

    name = Text(data_key="topicName", required=True)
    ms = Whole(data_key="lockDuration", required=True, least=1, most=MOST_MILLISECONDS)
    wanted = Commas(data_key="variables")
    local_only = Flag(data_key="localVariables", load_default=False)
    case_number = Text(data_key="businessKey")
    key = Text(data_key="processDefinitionKey")
    keys = Commas(data_key="processDefinitionKeyIn")
    tenants = Commas(data_key="tenantIdIn")
    deserialize = Flag(data_key="deserializeValues")
    extensions = Flag(data_key="includeExtensionProperties")
    process_variables = fields.Dict(data_key="processVariables")


class Fetch(Body):
    """A worker asks for work."""

    worker = Text(data_key="workerId", required=True, longest=255)
    limit = Whole(data_key="maxTasks", required=True, most=200)
    by_priority = Flag(data_key="usePriority", load_default=False)
    wait_ms = Whole(data_key="asyncResponseTimeout", load_default=0, most=1_800_000)
    sorting = fields.List(fields.Dict())
    topics = fields.List(fields.Nested(Topic), load_default=list)


class Worker(Body):
    """Who."""

    worker = Text(data_key="workerId", required=True, longest=255)


class Completion(Worker):
    """What came of it."""

    variables = Variables(load_default=dict)
    local = Variables(data_key="localVariables", load_default=dict)


class Failed(Worker):
    """What went wrong."""

    message = Text(data_key="errorMessage", load_default="", longest=4000)
    details = Text(data_key="errorDetails", load_default="", longest=100_000)
    retries = Whole(load_default=0, most=1000)
    retry_after_ms = Whole(data_key="retryTimeout", load_default=0, most=MOST_MILLISECONDS)
    variables = Variables(load_default=dict)
    local = Variables(data_key="localVariables", load_default=dict)


class BusinessError(Worker):
    """A business error."""

    code = Text(data_key="errorCode", required=True, longest=255)
    message = Text(data_key="errorMessage", load_default="")
    variables = Variables(load_default=dict)


class Extension(Worker):
    """How much longer."""

    ms = Whole(data_key="newDuration", required=True, least=1, most=MOST_MILLISECONDS)


class Retries(Body):
    """How many tries."""

    retries = Whole(required=True, most=1000)


class Priority(Body):
    """Which first."""

    priority = Whole(required=True)
