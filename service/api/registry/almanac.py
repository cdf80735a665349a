"""Regions with the files that hold in them, and their calendars: working days, terms, windows, deadlines."""

from __future__ import annotations

import calendar as months
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from marshmallow import Schema, fields, validate

from service.api.access import SIGNED_IN
from service.api.context import actor, office
from service.api.fields import Body, Choice, Day, Flag, Moment, Text, Whole
from service.api.resource import Op, Resource
from service.casework import almanac as verbs
from service.errors import BadRequest
from service.policy.regions import Region as RegionRow
from service.store import people
from service.store.db import transaction

almanac = Resource("almanac", __name__, url_prefix="/api", description="地区与日历")

_REGION = {"description": "六位地区代码；省略即本单位所在的区县，不能确定的为全国（000000）"}


class Region(Schema):
    """A region with rules of its own."""

    code = fields.String(required=True)
    name = fields.String()
    parent = fields.String(allow_none=True)
    stages = fields.Function(lambda row: sorted(row["stages"]), metadata={"description": "规定所及的学段"})
    in_force_from = fields.Date(allow_none=True)
    in_force_until = fields.Date(allow_none=True, metadata={"description": "最后一天（含）"})
    school_system = fields.String()
    counties = fields.Dict(keys=fields.String(), values=fields.String())
    own_rules = fields.Boolean(metadata={"description": "是否有自己的目录"})


class RegionAsked(Schema):
    """One region asked for a file."""

    region = fields.String(required=True)
    name = fields.String(attribute="name_zh")
    verdict = fields.String()
    path = fields.String(allow_none=True)


class RegionFile(Schema):
    """A file that holds, and where it comes from."""

    name = fields.String(required=True)
    region = fields.String()
    path = fields.String()
    digest = fields.String(metadata={"description": "SHA-256"})
    since = fields.Date(allow_none=True)
    walk = fields.List(fields.Nested(RegionAsked), metadata={"description": "由近及远问过哪些地区"})


class RegionInside(Region):
    """With what holds in it."""

    on = fields.Date()
    chain = fields.List(fields.Nested(Region), metadata={"description": "由近及远，全国在最后"})
    procedures = fields.List(fields.String())
    files = fields.List(fields.Nested(RegionFile))


class RegionQuery(Body):
    """On which day, for which stage."""

    on = Day(metadata={"description": "省略即今天（业务日期）"})
    stage = Choice("primary", "junior", "senior")


class CalendarQuery(Body):
    """Which month, or which year."""

    month = fields.String(
        validate=validate.Regexp(r"\A20\d{2}-(0[1-9]|1[0-2])\Z", error="应写成 2026-09 的样子"),
        error_messages={"invalid": "应为文字"},
    )
    year = Whole(least=2000, most=2099)
    region = Text(longest=6, metadata=_REGION)


class CalendarDay(Schema):
    """A day."""

    day = fields.Date(required=True)
    working = fields.Boolean()
    name = fields.String(metadata={"description": "节假日名称，或调休上班"})
    term = fields.Integer(allow_none=True, metadata={"description": "学期 1 或 2；空即寒暑假"})


class SchoolTerm(Schema):
    """A term."""

    school_year = fields.Integer()
    number = fields.Integer()
    start = fields.Date()
    end = fields.Date()
    provisional = fields.Boolean()


class OpenDays(Schema):
    """Days from one to another, both included."""

    since = fields.Date(data_key="from")
    until = fields.Date(data_key="to")


class WindowOpen(Schema):
    """A window and when it is open."""

    name = fields.String(required=True)
    label = fields.String()
    clauses = fields.List(fields.String())
    assumed = fields.String(metadata={"description": "条文没有写明、按惯例推定之处"})
    open = fields.List(fields.Nested(OpenDays))
    uncertain = fields.Boolean(attribute="unknown", metadata={"description": "true：学期尚未公布，不能确定"})


class CalendarPage(Schema):
    """A month or year of a region."""

    region = fields.String(required=True)
    region_name = fields.String()
    provisional = fields.Boolean(metadata={"description": "官方放假安排尚未公布"})
    working_days = fields.Integer()
    days = fields.List(fields.Nested(CalendarDay))
    terms = fields.List(fields.Nested(SchoolTerm))
    windows = fields.List(fields.Nested(WindowOpen))


class DeadlineQuery(Body):
    """From which day, how long."""

    since = Day(required=True, data_key="from", metadata={"description": "起算事件发生之日，当日不计"})
    n = Whole(required=True, most=1000)
    unit = Choice(*verbs.LONGEST, load_default="working_day")
    roll = Flag(load_default=False, metadata={"description": "true：末日是休息日的顺延到下一个工作日"})
    region = Text(longest=6, metadata=_REGION)


class DeadlineTold(Schema):
    """When it ends."""

    last_day = fields.Date(required=True)
    ends_at = Moment(dump_only=True, metadata={"description": "末日的 24:00"})
    provisional = fields.Boolean(metadata={"description": "途经的年份官方放假安排尚未公布"})


@almanac.operation(
    "GET",
    "/regions",
    Op(may=SIGNED_IN, summary="有自己规定的地区", answer=Region(many=True)),
)
def all_regions() -> list[dict[str, Any]]:
    return [_region(one) for one in verbs.regions(office().shelf.rules)]


@almanac.operation(
    "GET",
    "/regions/<code>",
    Op(
        may=SIGNED_IN,
        summary="一个地区，及其现行的图、表、表单各来自哪里",
        about="“为什么用这张流程图”：每个文件由近及远问过哪些地区。没有自己目录的县（市、区）也可以查。",
        query=RegionQuery,
        answer=RegionInside,
    ),
)
def one_region(query: Mapping[str, Any], code: str) -> dict[str, Any]:
    told = verbs.region(office(), code, query.get("on"), query.get("stage"))
    return {
        **_region(told.region),
        "on": told.on,
        "chain": [_region(one) for one in told.chain],
        "procedures": told.procedures,
        "files": told.files,
    }


def _region(row: RegionRow) -> dict[str, Any]:
    return {**vars(row), "own_rules": row.folder is not None}


@almanac.operation(
    "GET",
    "/calendar",
    Op(
        may=SIGNED_IN,
        summary="一个月或一年的工作日、学期和办理窗口",
        query=CalendarQuery,
        answer=CalendarPage,
    ),
)
def page(query: Mapping[str, Any]) -> dict[str, Any]:
    first, last = _asked(query)
    told = verbs.span(office().shelf.rules, query.get("region") or _home(), first, last)
    return {
        "region": told.region.code,
        "region_name": told.region.name,
        "provisional": told.provisional,
        "working_days": sum(one.working for one in told.days),
        "days": told.days,
        "terms": told.terms,
        "windows": [
            {
                **vars(one.window),
                "open": [{"since": since, "until": until} for since, until in one.spans],
                "unknown": one.unknown,
            }
            for one in told.windows
        ],
    }


def _asked(query: Mapping[str, Any]) -> tuple[date, date]:
    if ("month" in query) == ("year" in query):
        raise BadRequest("应给出 month 或 year 之一", cure="如 ?month=2026-09")
    if "year" in query:
        return date(query["year"], 1, 1), date(query["year"], 12, 31)
    year, month = (int(part) for part in query["month"].split("-"))
    return date(year, month, 1), date(year, month, months.monthrange(year, month)[1])


@almanac.operation(
    "GET",
    "/calendar/deadline",
    Op(
        may=SIGNED_IN,
        summary="期限何时届满",
        about="起算之日不计，末日 24:00 届满；工作日按国务院放假安排，含调休。",
        query=DeadlineQuery,
        answer=DeadlineTold,
    ),
)
def deadline(query: Mapping[str, Any]) -> verbs.Deadline:
    limit = (query["n"], query["unit"])
    place = query.get("region") or _home()
    return verbs.deadline(office().shelf.rules, place, query["since"], limit, query["roll"])


def _home() -> str:
    """The county of the person's only place."""
    with transaction() as connection:
        rows: Sequence[Any] = people.units(connection, actor().units)
    return verbs.home(rows)
