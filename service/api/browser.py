"""Signing in for pages: a session in a signed cookie, and the token that proves a request is the page's own.

The session ends with the password it was made with. It must not know pages.
"""

from __future__ import annotations

import hmac
import secrets
from datetime import timedelta

from flask import Flask, request, session

from service.api.accounts import Account, Accounts
from service.errors import Forbidden, Unauthenticated
from service.settings import Settings

CSRF_HEADER = "X-CSRF-Token"
LIFE = timedelta(hours=8)
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def install(app: Flask, settings: Settings) -> None:
    """Set how the cookie travels."""
    app.config.update(
        SESSION_COOKIE_NAME="xueji",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.public_url.startswith("https://"),
        PERMANENT_SESSION_LIFETIME=LIFE,
    )


def open_session(account: Account) -> str:
    """Sign a person in; the token every later change must carry."""
    session.clear()
    session.permanent = True
    session["person"], session["mark"] = account.actor.id, account.mark
    session["csrf"] = secrets.token_urlsafe(24)
    return str(session["csrf"])


def close_session() -> None:
    session.clear()


def of_session(accounts: Accounts) -> Account | None:
    """Who is signed in on this browser; None when nobody is. Raises Forbidden for a change the page did not send."""
    if "person" not in session:
        return None
    account = accounts.by_mark(session["person"], session["mark"])
    if account is None:
        session.clear()
        raise Unauthenticated("登录已失效", cure="请重新登录")
    given = request.headers.get(CSRF_HEADER, "") or request.form.get("csrf_token", "")
    if request.method not in _SAFE and not hmac.compare_digest(given.encode(), session["csrf"].encode()):
        raise Forbidden("请求不是由本系统页面发出的", cure=f"请刷新页面后重试（请求头 {CSRF_HEADER}）")
    return account
