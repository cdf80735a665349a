"""Signing in for pages: a session in a signed cookie, and the token that proves a request is the page's own.

The session ends with the password it was made with, and by signing out, on every machine that has its cookie.
It must not know pages.
"""

from __future__ import annotations

import hmac
import ipaddress
import secrets
from datetime import timedelta
from urllib.parse import urlsplit

from flask import Flask, Request, request, session
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface

from service.api.accounts import Account, Accounts
from service.errors import Forbidden, Unauthenticated
from service.settings import Settings
from service.store import sessions

CSRF_HEADER = "X-CSRF-Token"
LIFE = timedelta(hours=8)
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_MODELER = "file://"  # where Camunda Modeler's own pages come from


class _Sessions(SecureCookieSessionInterface):
    """Programs bring no cookie: no signature needs to be got ready for them."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        if self.get_cookie_name(app) not in request.cookies:
            return self.session_class()
        return super().open_session(app, request)


def install(app: Flask, settings: Settings) -> None:
    """Set how the cookie travels."""
    app.session_interface = _Sessions()
    app.config.update(
        SESSION_COOKIE_NAME="xueji",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.public_url.startswith("https://"),
        PERMANENT_SESSION_LIFETIME=LIFE,
        SESSION_REFRESH_EACH_REQUEST=False,  # else a cookie in use would never run out
    )


def address() -> str:
    """Where the request comes from; of IPv6 the network, as one machine has the whole of it."""
    given = request.remote_addr or ""
    if ":" not in given:
        return given
    try:
        return str(ipaddress.ip_network(f"{given.partition('%')[0]}/64", strict=False))
    except ValueError:
        return given


def check_origin(settings: Settings) -> None:
    """Refuse a change some other site's page sends: a browser adds a remembered Basic password to that too.

    Programs name no origin. Raises Forbidden.
    """
    origin = request.headers.get("Origin")
    if origin is None or origin == _MODELER:
        return
    host = urlsplit(origin).netloc
    own = {request.host, urlsplit(settings.public_url).netloc}
    if not host or host not in own:
        raise Forbidden("请求来自别的网站的页面", cure="请在本系统的页面中操作；程序请不要带 Origin")


def open_session(account: Account) -> str:
    """Sign a person in; the token every later change must carry. A session the browser had before ends."""
    close_session()
    session.permanent = True
    session["id"] = secrets.token_urlsafe(24)
    session["person"], session["mark"] = account.actor.id, account.mark
    session["csrf"] = secrets.token_urlsafe(24)
    return str(session["csrf"])


def close_session() -> None:
    """Sign out: the cookie counts for nothing from now on, also a copy of it somewhere else."""
    if known := session.get("id"):
        sessions.end(known, LIFE)
    session.clear()


def of_session(accounts: Accounts) -> Account | None:
    """Who is signed in on this browser; None when nobody is. Raises Forbidden for a change the page did not send."""
    if "person" not in session:
        return None
    account = accounts.by_mark(session["person"], session["mark"])
    if account is None or "id" not in session or sessions.ended(session["id"]):
        session.clear()
        raise Unauthenticated("登录已失效", cure="请重新登录")
    given = request.headers.get(CSRF_HEADER, "") or request.form.get("csrf_token", "")
    if request.method not in SAFE and not hmac.compare_digest(given.encode(), session["csrf"].encode()):
        raise Forbidden("请求不是由本系统页面发出的", cure=f"请刷新页面后重试（请求头 {CSRF_HEADER}）")
    return account
