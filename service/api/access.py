"""The one choke point: who may use a route. Every route declares it; one without a declaration is closed to all.

Here stands only what follows from the person: signed in or not, and the roles of the system. What follows
from the case (unit, party, group, four eyes) is decided by the verbs, which see the case. Installed
before every request: authenticates, limits the body, and only then lets the handler run.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import Flask, current_app, g, request

from service.api import browser
from service.api.accounts import Account
from service.api.context import services
from service.errors import BadRequest, Forbidden, NotFound, Unauthenticated

View = TypeVar("View", bound=Callable[..., Any])

BODY_LIMIT = 1 << 20
_MEGABYTE = 1 << 20
_MARK = "_access"


@dataclass(frozen=True, kw_only=True)
class Access:
    """Who may use a route. ``powers`` names system roles, one of which is enough."""

    signed_in: bool = True
    powers: frozenset[str] = frozenset()
    demo_only: bool = False
    uploads: bool = False
    costly: bool = False  # open to strangers, and so only now and then

    @property
    def sentence(self) -> str:
        """For the API page."""
        if not self.signed_in:
            return "无需登录"
        names = {"admin": "系统管理员", "analyst": "流程分析员", "operator": "运行维护员"}
        who = "、".join(names[power] for power in sorted(self.powers))
        return f"须登录，限{who}" if who else "须登录"


PUBLIC = Access(signed_in=False)
PUBLIC_COSTLY = Access(signed_in=False, costly=True)
SIGNED_IN = Access()
UPLOADING = Access(uploads=True)


def having(*powers: str, uploads: bool = False, demo_only: bool = False) -> Access:
    """Signed in, with one of these roles of the system."""
    return Access(powers=frozenset(powers), uploads=uploads, demo_only=demo_only)


def allow(access: Access) -> Callable[[View], View]:
    """Declare who may use a view function."""

    def declared(view: View) -> View:
        setattr(view, _MARK, access)
        return view

    return declared


def declared(view: object) -> Access | None:
    """The declaration of a view function, None where it has none."""
    return getattr(view, _MARK, None)


def install(app: Flask) -> None:
    """Check every request before its handler runs."""
    app.before_request(_check)


def _check() -> None:
    if request.endpoint is None:
        return  # no such address or method: the router's own error follows
    access = declared(current_app.view_functions[request.endpoint])
    if access is None:
        raise Forbidden("这个地址没有声明谁可以使用，因此不对任何人开放", cure="请联系开发人员")
    _check_request(access)
    if request.method not in browser.SAFE:
        browser.check_origin(services().settings)
    if access.demo_only and not services().settings.demo:
        raise NotFound("没有这个地址", cure="只有演示模式才有")
    if access.costly:
        services().limits.check_stranger(browser.address(), request.path)
    if not access.signed_in:
        return
    account = authenticate()
    services().limits.check_person(account.actor.id)
    g.account, g.actor = account, account.actor
    if access.powers:
        account.actor.require(*access.powers)


def _check_request(access: Access) -> None:
    megabytes = services().settings.upload_limit
    request.max_content_length = megabytes * _MEGABYTE if access.uploads else BODY_LIMIT
    if "\0" in request.path or "%00" in request.query_string.decode("ascii", "replace"):
        raise BadRequest("地址中含有空字符（NUL）", cure="请去掉后重试")


def authenticate() -> Account:
    """Who is asking: by Basic or Bearer, or by the session of a browser. Raises Unauthenticated."""
    given = request.authorization
    accounts = services().accounts
    if given is not None and given.type == "bearer" and given.token:
        return accounts.by_token(given.token)
    if given is not None and given.type == "basic":
        return accounts.by_password(given.username or "", given.password or "", browser.address())
    account = browser.of_session(services().accounts) if given is None else None
    if account is not None:
        return account
    raise Unauthenticated("请先登录", cure="用 HTTP Basic，或先 POST /api/token 取得令牌（Bearer）")
