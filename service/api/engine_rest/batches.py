"""Batches as Camunda tells of them: moves of many cases in the background, and how far they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields

from service.api.access import having
from service.api.context import actor
from service.api.engine_rest.shared import Count, Paged, conditions, page, sort_order
from service.api.fields import Choice, Flag, Moment, Text
from service.api.resource import Op, Resource
from service.casework import batches as verbs
from service.store.batches import BATCHES
from service.store.db import transaction

batches = Resource("batch", __name__, url_prefix="/engine-rest/batch", description="批次")

_LOOKERS = having("operator", "admin", "analyst")
_SORTS = {"batchId": "id", "startTime": "at"}
_CONDITIONS = {"id": "id", "completed": "finished"}
_KIND = "instance-migration"


class BatchQuery(Paged):
    """Which batches."""

    id = Text(data_key="batchId")
    kind = Choice(_KIND, data_key="type")
    completed = Flag()
    sort_by = Choice(*_SORTS, data_key="sortBy")
    sort_order = sort_order()


class Batch(Schema):
    """A batch: one job a case."""

    id = fields.String(required=True)
    kind = fields.Constant(_KIND, data_key="type")
    total = fields.Integer(data_key="totalJobs")
    created = fields.Integer(attribute="total", data_key="jobsCreated", dump_only=True)
    per_seed = fields.Constant(1, data_key="batchJobsPerSeed")
    per_job = fields.Constant(1, data_key="invocationsPerBatchJob")
    paused = fields.Constant(False, data_key="suspended")
    tenant = fields.Constant(None, data_key="tenantId")
    by = fields.String(data_key="createUserId")
    at = Moment(attribute="created_at", data_key="startTime", dump_only=True)
    finished = Moment(attribute="finished_at", data_key="endTime", dump_only=True, allow_none=True)


class BatchStatistics(Batch):
    """A batch and how far it is: failed are the cases that stayed where they were."""

    remaining = fields.Integer(data_key="remainingJobs")
    completed = fields.Integer(data_key="completedJobs")
    failed = fields.Integer(data_key="failedJobs")


@batches.operation("GET", "", Op(may=_LOOKERS, summary="批次列表", query=BatchQuery, answer=Batch(many=True)))
def list_batches(query: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [told(row) for row in verbs.listed(actor(), page(query, _SORTS), _wanted(query))]


@batches.operation("GET", "/count", Op(may=_LOOKERS, summary="批次数", query=BatchQuery, answer=Count))
def count_batches(query: Mapping[str, Any]) -> dict[str, int]:
    with transaction() as connection:
        return {"count": BATCHES.count(connection, _wanted(query))}


@batches.operation(
    "GET",
    "/statistics",
    Op(may=_LOOKERS, summary="各批次的进展", query=BatchQuery, answer=BatchStatistics(many=True)),
)
def list_statistics(query: Mapping[str, Any]) -> list[dict[str, Any]]:
    return list_batches(query)


@batches.operation("GET", "/<batch_id>", Op(may=_LOOKERS, summary="一个批次", answer=Batch))
def get_batch(batch_id: str) -> dict[str, Any]:
    return told(verbs.progress(actor(), batch_id))


@batches.operation(
    "GET", "/<batch_id>/statistics", Op(may=_LOOKERS, summary="批次的进展", answer=BatchStatistics)
)
def statistics(batch_id: str) -> dict[str, Any]:
    return told(verbs.progress(actor(), batch_id))


def _wanted(query: Mapping[str, Any]) -> dict[str, Any]:
    return {name: {} if value is True else value for name, value in conditions(query, _CONDITIONS).items()}


def told(row: Mapping[str, Any]) -> dict[str, Any]:
    """A batch with its jobs counted Camunda's way."""
    counts = row["counts"]
    waiting, done = counts.get("waiting", 0), counts.get("moved", 0) + counts.get("unchanged", 0)
    return {**row, "remaining": waiting, "completed": done, "failed": row["total"] - waiting - done}
