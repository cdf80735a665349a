"""The business clock, in demonstrations only."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from marshmallow import Schema

from service.api.access import Access, having
from service.api.context import actor, office, services
from service.api.fields import Body, Moment
from service.api.resource import Op, Resource
from service.casework import timekeeping

clock = Resource("clock", __name__, url_prefix="/api", description="业务时钟（仅演示模式）")


class Instant(Schema):
    """The business instant."""

    now = Moment(required=True)


class Target(Body):
    """Where to."""

    now = Moment(required=True, metadata={"description": "只能向前，如 2026-12-03T00:00:00.000+0800"})


@clock.operation("GET", "/clock", Op(may=Access(demo_only=True), summary="业务时钟", answer=Instant))
def read_clock() -> dict[str, datetime]:
    return {"now": timekeeping.now()}


@clock.operation(
    "PUT",
    "/clock",
    Op(
        may=having("admin", "analyst", demo_only=True),
        summary="把业务时钟向前调",
        about="途中到期的定时器都在各自的时刻触发，触发完才答复。",
        body=Target,
        answer=Instant,
    ),
)
def move_clock(body: Mapping[str, Any]) -> dict[str, datetime]:
    now = timekeeping.move_to(office(), body["now"], actor().id)
    services().accounts.forget()  # who is qualified depends on the day
    return {"now": now}
