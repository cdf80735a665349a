"""Engine and version: what a client asks first."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields

from service.api.access import PUBLIC, SIGNED_IN
from service.api.resource import Op, Resource

CAMUNDA_VERSION = "7.24.0"  # whose notation and REST names are followed; clients switch features by it

engines = Resource("engine", __name__, url_prefix="/engine-rest", description="引擎与版本")


class Version(Schema):
    """The version of Camunda whose names are followed."""

    version = fields.String(required=True)


class Engine(Schema):
    """One engine."""

    name = fields.String(required=True)


@engines.operation("GET", "/version", Op(may=PUBLIC, summary="所遵循的 Camunda 版本", answer=Version))
def version() -> dict[str, Any]:
    return {"version": CAMUNDA_VERSION}


@engines.operation("GET", "/engine", Op(may=SIGNED_IN, summary="引擎列表", answer=Engine(many=True)))
def list_engines() -> list[dict[str, Any]]:
    return [{"name": "default"}]
