"""Signing in for programs, and who one is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields

from service.api import camunda
from service.api.access import PUBLIC, SIGNED_IN
from service.api.context import actor, services
from service.api.fields import Body, Moment, Text
from service.api.resource import Op, Resource
from service.store import people
from service.store.db import transaction

session = Resource("session", __name__, url_prefix="/api", description="登录与身份")


class Credentials(Body):
    """A name and a password."""

    username = Text(required=True)
    password = Text(required=True)


class Token(Schema):
    """A token for the header ``Authorization: Bearer …``."""

    access_token = fields.String(required=True)
    token_type = fields.String(required=True)
    expires_at = Moment(dump_only=True, metadata={"description": "失效的实际时间"})


class RoleHeld(Schema):
    """A role the person may use today."""

    role = fields.String(required=True)
    unit = fields.String(required=True)
    unit_name = fields.String()
    group = fields.String(metadata={"description": "候选组：角色@单位 id"})


class Me(Schema):
    """Who is signed in."""

    id = fields.String(required=True)
    username = fields.String()
    name = fields.String()
    roles = fields.List(fields.Nested(RoleHeld))
    powers = fields.List(fields.String(), metadata={"description": "系统角色"})


@session.operation(
    "POST", "/token", Op(may=PUBLIC, summary="取得令牌（8 小时有效）", body=Credentials, answer=Token)
)
def make_token(body: Mapping[str, Any]) -> dict[str, Any]:
    accounts = services().accounts
    token, until = accounts.token(accounts.by_password(body["username"], body["password"]))
    return {"access_token": token, "token_type": "Bearer", "expires_at": until}


@session.operation("GET", "/me", Op(may=SIGNED_IN, summary="我是谁，今天可用哪些角色", answer=Me))
def who_am_i() -> dict[str, Any]:
    person = actor()
    with transaction() as connection:
        names = {row.id: row.name for row in people.units(connection, person.units)}
    roles = [
        {"role": role, "unit": unit, "unit_name": names.get(unit, ""), "group": camunda.group(role, unit)}
        for role, unit in sorted(person.roles)
    ]
    return {
        "id": person.id,
        "username": person.username,
        "name": person.name,
        "roles": roles,
        "powers": sorted(person.powers),
    }
