"""OpenID Connect: signing in at a provider the settings name. The provider says who; the roles are ours.

A person is found by the claim ``preferred_username``, which is the username here.
"""

from __future__ import annotations

from typing import Any, cast

import requests
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.flask_client import OAuth
from flask import Flask, current_app, redirect
from joserfc.errors import JoseError
from werkzeug.wrappers import Response

from service.api import browser
from service.api.access import PUBLIC_COSTLY
from service.api.context import services
from service.api.resource import Op, Resource
from service.errors import NotFound, Unauthenticated, XuejiError
from service.settings import Settings

single_sign_on = Resource(
    "oidc", __name__, url_prefix="/api/oidc", description="统一身份认证（OpenID Connect）"
)


class Away(XuejiError):
    """The provider does not answer."""

    code, status = "provider_away", 503


_NAME = "provider"
_KEY = "xueji.oidc"


def install(app: Flask, settings: Settings) -> None:
    """Register the provider, if there is one."""
    if not settings.oidc_issuer:
        return
    clients = OAuth(app)
    clients.register(
        _NAME,
        server_metadata_url=f"{settings.oidc_issuer.rstrip('/')}/.well-known/openid-configuration",
        client_id=settings.oidc_client_id,
        client_secret=settings.oidc_client_secret,
        client_kwargs={"scope": "openid profile", "code_challenge_method": "S256"},
    )
    app.extensions[_KEY] = clients


def _provider() -> Any:
    clients = current_app.extensions.get(_KEY)
    if clients is None:
        raise NotFound("没有配置统一身份认证", cure="请用用户名和密码登录")
    return clients.create_client(_NAME)


@single_sign_on.operation("GET", "/login", Op(may=PUBLIC_COSTLY, summary="转到统一身份认证登录", status=302))
def login() -> Response:
    back = f"{services().settings.public_url}/api/oidc/callback"
    try:
        return cast(Response, _provider().authorize_redirect(back))
    except requests.RequestException as error:
        raise Away("统一身份认证服务没有应答", cure="请稍后重试，或用用户名和密码登录") from error


@single_sign_on.operation(
    "GET", "/callback", Op(may=PUBLIC_COSTLY, summary="统一身份认证的返回地址", status=302)
)
def callback() -> Response:
    provider = _provider()
    try:
        claims = provider.authorize_access_token()["userinfo"]
    except requests.RequestException as error:
        raise Away("统一身份认证服务没有应答", cure="请稍后重试，或用用户名和密码登录") from error
    except (OAuthError, JoseError, KeyError, ValueError) as error:
        raise Unauthenticated("统一身份认证没有成功", cure="请重新登录") from error
    account = services().accounts.by_username(str(claims.get("preferred_username") or ""))
    if account is None:
        raise Unauthenticated("您在本系统没有账号", cure="请联系本单位的系统管理员")
    browser.open_session(account)
    return redirect("/")
