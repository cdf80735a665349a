"""Signing in for programs, and who one is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response
from marshmallow import Schema, fields

from service.api import browser, camunda
from service.api.access import PUBLIC_COSTLY, SIGNED_IN
from service.api.accounts import Account
from service.api.context import actor, services
from service.api.fields import Body, Moment, Text
from service.api.registry.substitutes import Substitute
from service.api.resource import Op, Resource
from service.casework import identity, substitutes
from service.store import people
from service.store.db import transaction
from service.store.progress import read_clock

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


class Opened(Schema):
    """A session has begun."""

    csrf_token = fields.String(required=True)
    id = fields.String()
    name = fields.String()


class NewPassword(Body):
    """The password of now, and the one of from now on."""

    old = Text(required=True, longest=1000)
    new = Text(required=True, longest=1000)


class RoleHeld(Schema):
    """A role the person may use today."""

    role = fields.String(required=True)
    unit = fields.String(required=True)
    unit_name = fields.String()
    acting_for = fields.String(metadata={"description": "代理谁；本人的角色为空"})
    group = fields.String(metadata={"description": "候选组：角色@单位 id"})


class Me(Schema):
    """Who is signed in."""

    id = fields.String(required=True)
    username = fields.String()
    name = fields.String()
    roles = fields.List(fields.Nested(RoleHeld))
    powers = fields.List(fields.String(), metadata={"description": "系统角色"})
    substitutions = fields.List(
        fields.Nested(Substitute), metadata={"description": "今天及以后，代理他人的和由他人代理的"}
    )


@session.operation(
    "POST",
    "/token",
    Op(may=PUBLIC_COSTLY, summary="取得令牌（8 小时有效）", body=Credentials, answer=Token),
)
def make_token(body: Mapping[str, Any]) -> dict[str, Any]:
    accounts = services().accounts
    token, until = accounts.token(_verified(body["username"], body["password"]))
    return {"access_token": token, "token_type": "Bearer", "expires_at": until}


def _verified(username: str, password: str) -> Account:
    return services().accounts.by_password(username, password, browser.address())


@session.operation(
    "POST",
    "/session",
    Op(
        may=PUBLIC_COSTLY,
        summary="登录（浏览器会话，8 小时有效）",
        about="此后的修改须在请求头 X-CSRF-Token 中带上答复里的 csrf_token。",
        body=Credentials,
        answer=Opened,
    ),
)
def sign_in(body: Mapping[str, Any]) -> dict[str, str]:
    account = _verified(body["username"], body["password"])
    return {"csrf_token": browser.open_session(account), "id": account.actor.id, "name": account.actor.name}


@session.operation("DELETE", "/session", Op(may=SIGNED_IN, summary="退出登录", status=204))
def sign_out() -> Response:
    browser.close_session()
    return Response(status=204)


@session.operation(
    "POST",
    "/password",
    Op(
        may=SIGNED_IN,
        summary="修改自己的密码",
        about="此前的令牌和会话随即失效。新密码至少 10 个字符，不得含用户名。",
        body=NewPassword,
        status=204,
    ),
)
def change_password(body: Mapping[str, Any]) -> Response:
    person, accounts = actor(), services().accounts
    _verified(person.username, body["old"])
    identity.change_password(person, accounts.hashed(body["new"]), body["new"])
    accounts.forget()
    return Response(status=204)


@session.operation("GET", "/me", Op(may=SIGNED_IN, summary="我是谁，今天可用哪些角色", answer=Me))
def who_am_i() -> dict[str, Any]:
    person = actor()
    with transaction() as connection:
        names = {row.id: row.name for row in people.units(connection, person.units)}
        standing = substitutes.of_person(connection, person.id, read_clock(connection)[0].date())
    roles = [
        {
            "role": role,
            "unit": unit,
            "unit_name": names.get(unit, ""),
            "group": camunda.group(role, unit),
            "acting_for": person.acting_for((role,), unit),
        }
        for role, unit in sorted(person.roles)
    ]
    return {
        "id": person.id,
        "username": person.username,
        "name": person.name,
        "roles": roles,
        "powers": sorted(person.powers),
        "substitutions": standing,
    }
