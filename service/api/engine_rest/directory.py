"""Tenants (regions), groups (roles in units) and users: read only, and only what a person may know of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from marshmallow import Schema, fields

from service.api.access import SIGNED_IN
from service.api.context import actor, office
from service.api.engine_rest.shared import MOST_RESULTS, Count, Paged, conditions, page, sort_order
from service.api.engine_rest.task_query import check_self
from service.api.fields import Body, Choice, Commas, Text
from service.api.resource import Op, Resource
from service.casework import looking
from service.errors import NotFound
from service.policy.regions import NATIONAL, Region
from service.store.db import transaction
from service.store.directory import GROUPS, PEOPLE
from service.store.listing import Page

directory = Resource("identity", __name__, url_prefix="/engine-rest", description="地区、组与人员（只读）")

_KNOWN = "只含本单位的；运行维护员和系统管理员可见全部。"
_LIKE = {"description": "% 代表任意文字"}


class TenantFilter(Body):
    """Which regions."""

    id = Text(metadata={"description": "地区代码"})
    name = Text()


class TenantQuery(TenantFilter, Paged):
    """A page of them."""

    sort_by = Choice("id", "name", data_key="sortBy")
    sort_order = sort_order()


class Tenant(Schema):
    """A region with definitions of its own."""

    id = fields.String(required=True, metadata={"description": "地区代码"})
    name = fields.String()


class GroupFilter(Body):
    """Which groups."""

    id = Text(metadata={"description": "角色@单位 id"})
    ids = Commas(data_key="idIn")
    member = Text(metadata={"description": "该人所在的组；只能问自己"})
    kind = Choice("WORKFLOW", data_key="type")


class GroupQuery(GroupFilter, Paged):
    """A page of them."""

    sort_by = Choice("id", data_key="sortBy")
    sort_order = sort_order()


class Group(Schema):
    """A role in a unit."""

    id = fields.String(required=True, metadata={"description": "角色@单位 id，与任务的 candidateGroups 相同"})
    name = fields.String()
    kind = fields.Constant("WORKFLOW", data_key="type")


class UserFilter(Body):
    """Which people."""

    id = Text(metadata={"description": "人员 id 或用户名"})
    ids = Commas(data_key="idIn")
    name = Text(data_key="firstName", metadata={"description": "姓名"})
    name_like = Text(data_key="firstNameLike", metadata=_LIKE)
    member_of = Text(data_key="memberOfGroup", metadata={"description": "角色@单位 id"})


class UserQuery(UserFilter, Paged):
    """A page of them."""

    sort_by = Choice("userId", "firstName", data_key="sortBy")
    sort_order = sort_order()


class User(Schema):
    """A person. The whole name stands in ``firstName``; Camunda's clients show both parts side by side."""

    id = fields.String(required=True)
    first = fields.String(attribute="name", data_key="firstName", dump_only=True)
    last = fields.Constant("", data_key="lastName")
    email = fields.Constant(None)


class OwnGroups(Schema):
    """A person's groups and those who are in them."""

    groups = fields.List(fields.Nested(Group))
    people = fields.List(fields.Nested(User), data_key="groupUsers")


class OfUser(Body):
    """Whose groups."""

    user = Text(data_key="userId", metadata={"description": "只能问自己，可省略"})


def _tenants(query: Mapping[str, Any]) -> list[Region]:
    regions = office().shelf.rules.law.regions.with_folders()
    found = [one for one in regions if one.code != NATIONAL]
    wanted = {"code": query.get("id"), "name": query.get("name")}
    return [
        one for one in found if all(value in (None, getattr(one, name)) for name, value in wanted.items())
    ]


@directory.operation(
    "GET",
    "/tenant",
    Op(
        may=SIGNED_IN,
        summary="有自己规定的地区",
        about="全国的流程没有 tenantId。",
        query=TenantQuery,
        answer=Tenant(many=True),
    ),
)
def list_tenants(query: Mapping[str, Any]) -> list[dict[str, str]]:
    asked = page(query, {"id": "code", "name": "name"})
    found = _tenants(query)
    for name, down in asked.sort:
        found.sort(key=lambda one: getattr(one, name), reverse=down)
    return [{"id": one.code, "name": one.name} for one in found[asked.first :][: asked.limit]]


@directory.operation(
    "GET", "/tenant/count", Op(may=SIGNED_IN, summary="有自己规定的地区数", query=TenantFilter, answer=Count)
)
def count_tenants(query: Mapping[str, Any]) -> dict[str, int]:
    return {"count": len(_tenants(query))}


@directory.operation("GET", "/tenant/<tenant_id>", Op(may=SIGNED_IN, summary="一个地区", answer=Tenant))
def get_tenant(tenant_id: str) -> dict[str, str]:
    found = _tenants({"id": tenant_id})
    if not found:
        raise NotFound("没有这个地区，或它没有自己的规定", cure="请核对地区代码")
    return {"id": found[0].code, "name": found[0].name}


def _groups(query: Mapping[str, Any]) -> dict[str, Any]:
    asked = conditions(query, {name: name for name in ("id", "ids")})
    if "member" in query:
        check_self(actor(), query["member"])
        asked["member"] = actor().id
    return {**looking.visible_by_unit(actor()), **asked}


def _named(row: Mapping[str, Any]) -> dict[str, Any]:
    role = office().shelf.rules.law.roles.roles.get(row["role"])
    label = role.label if role else row["role"]
    return {"id": row["id"], "name": f"{label}（{row['unit_name']}）" if row["unit_name"] else label}


@directory.operation(
    "GET",
    "/group",
    Op(may=SIGNED_IN, summary="组：单位中的角色", about=_KNOWN, query=GroupQuery, answer=Group(many=True)),
)
def list_groups(query: Mapping[str, Any]) -> list[dict[str, Any]]:
    with transaction() as connection:
        rows = GROUPS.find(connection, _groups(query), page(query, {"id": "id"}))
    return [_named(row) for row in rows]


@directory.operation(
    "GET", "/group/count", Op(may=SIGNED_IN, summary="组数", about=_KNOWN, query=GroupFilter, answer=Count)
)
def count_groups(query: Mapping[str, Any]) -> dict[str, int]:
    with transaction() as connection:
        return {"count": GROUPS.count(connection, _groups(query))}


@directory.operation(
    "GET", "/group/<group_id>", Op(may=SIGNED_IN, summary="一个组", about=_KNOWN, answer=Group)
)
def get_group(group_id: str) -> dict[str, Any]:
    with transaction() as connection:
        row = GROUPS.one(connection, _groups({"id": group_id}))
    if row is None:
        raise NotFound("没有这个组", cure="请写成 角色@单位 id")
    return _named(row)


def _people(query: Mapping[str, Any]) -> dict[str, Any]:
    asked = conditions(query, {name: name for name in ("id", "ids", "name", "name_like")})
    if "member_of" in query:
        role, _, unit = query["member_of"].partition("@")
        asked["group"] = {"role": role, "unit": unit or None}
    return {"active": True, **looking.visible(actor()), **asked}


@directory.operation(
    "GET",
    "/user",
    Op(may=SIGNED_IN, summary="人员", about=_KNOWN, query=UserQuery, answer=User(many=True)),
)
def list_users(query: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    with transaction() as connection:
        return PEOPLE.find(connection, _people(query), page(query, {"userId": "id", "firstName": "name"}))


@directory.operation(
    "GET", "/user/count", Op(may=SIGNED_IN, summary="人数", about=_KNOWN, query=UserFilter, answer=Count)
)
def count_users(query: Mapping[str, Any]) -> dict[str, int]:
    with transaction() as connection:
        return {"count": PEOPLE.count(connection, _people(query))}


@directory.operation(
    "GET", "/user/<user_id>/profile", Op(may=SIGNED_IN, summary="一个人", about=_KNOWN, answer=User)
)
def get_user(user_id: str) -> Mapping[str, Any]:
    with transaction() as connection:
        row = PEOPLE.one(connection, _people({"id": user_id}))
    if row is None:
        raise NotFound("没有这个人", cure="请核对人员 id")
    return row


@directory.operation(
    "GET",
    "/identity/groups",
    Op(may=SIGNED_IN, summary="自己所在的组和其中的人", query=OfUser, answer=OwnGroups),
)
def own_groups(query: Mapping[str, Any]) -> dict[str, Any]:
    person = actor()
    check_self(person, query.get("user", person.id))
    roles = sorted(person.roles)
    with transaction() as connection:
        wanted = {"ids": [f"{role}@{unit}" for role, unit in roles]}
        rows = GROUPS.find(connection, wanted, Page(limit=MOST_RESULTS))
        people = PEOPLE.find(
            connection,
            {"active": True, "visible": {"units": sorted(person.units), "person": person.id}},
            Page(limit=MOST_RESULTS),
        )
    return {"groups": [_named(row) for row in rows], "people": people}
