"""An OpenID Connect provider on a port of this machine, made of Authlib's own server: it knows one person."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core import UserInfo
from authlib.oidc.core.grants import OpenIDCode
from flask import Flask, jsonify
from joserfc.jwk import RSAKey
from werkzeug.serving import make_server

CLIENT_ID, CLIENT_SECRET = "xueji", "a secret of the client"


class Client:
    """The one client registered."""

    client_id = CLIENT_ID

    def __init__(self, redirect: str) -> None:
        self.redirect = redirect

    def get_client_id(self) -> str:
        return self.client_id

    def get_default_redirect_uri(self) -> str:
        return self.redirect

    def get_allowed_scope(self, scope: str) -> str:
        return scope

    def check_redirect_uri(self, uri: str) -> bool:
        return uri == self.redirect

    def check_client_secret(self, secret: str) -> bool:
        return secret == CLIENT_SECRET

    def check_endpoint_auth_method(self, method: str, _endpoint: str) -> bool:
        return method in ("client_secret_basic", "client_secret_post")

    def check_response_type(self, kind: str) -> bool:
        return kind == "code"

    def check_grant_type(self, kind: str) -> bool:
        return kind == "authorization_code"


class Code:
    """A code somebody may exchange once."""

    def __init__(self, **values: Any) -> None:
        self.__dict__.update(values)

    def get_redirect_uri(self) -> str:
        return str(self.__dict__["redirect_uri"])

    def get_scope(self) -> str:
        return str(self.__dict__["scope"])

    def get_nonce(self) -> str | None:
        return self.__dict__["nonce"]

    def get_auth_time(self) -> int:
        return int(time.time())

    def get_acr(self) -> None:
        return None

    def get_amr(self) -> None:
        return None


class Provider:
    """Issues codes and tokens for ``username``."""

    def __init__(self, username: str, redirect: str) -> None:
        self.username, self.client = username, Client(redirect)
        self.codes: dict[str, Code] = {}
        self.key = RSAKey.generate_key(2048, parameters={"kid": "one", "use": "sig", "alg": "RS256"})
        self.issuer = ""

    def app(self) -> Flask:
        app = Flask("provider")
        app.secret_key = "of the provider"
        server = AuthorizationServer(
            app,
            query_client=lambda name: self.client if name == CLIENT_ID else None,
            save_token=lambda *_: None,
        )
        server.register_grant(self._grant(), [self._openid(), CodeChallenge(required=True)])
        app.add_url_rule(
            "/authorize",
            "authorize",
            lambda: server.create_authorization_response(
                grant=server.get_consent_grant(end_user=self.username), grant_user=self.username
            ),
        )
        app.add_url_rule("/token", "token", server.create_token_response, methods=["POST"])
        app.add_url_rule("/keys", "keys", lambda: jsonify(keys=[self.key.as_dict(private=False)]))
        app.add_url_rule("/.well-known/openid-configuration", "about", lambda: jsonify(
            issuer=self.issuer, authorization_endpoint=f"{self.issuer}/authorize",
            token_endpoint=f"{self.issuer}/token", jwks_uri=f"{self.issuer}/keys",
            id_token_signing_alg_values_supported=["RS256"]))  # fmt: skip
        return app

    def _grant(provider: Provider) -> type[AuthorizationCodeGrant]:  # noqa: N805
        class Grant(AuthorizationCodeGrant):  # type: ignore[misc]
            TOKEN_ENDPOINT_AUTH_METHODS = ["client_secret_basic", "client_secret_post"]  # noqa: RUF012

            def save_authorization_code(self, code: str, asked: Any) -> None:
                data = asked.payload.data
                provider.codes[code] = Code(
                    code=code, redirect_uri=asked.payload.redirect_uri, scope=asked.payload.scope,
                    nonce=data.get("nonce"), code_challenge=data.get("code_challenge"),
                    code_challenge_method=data.get("code_challenge_method"),
                )  # fmt: skip

            def query_authorization_code(self, code: str, _client: Any) -> Code | None:
                return provider.codes.get(code)

            def delete_authorization_code(self, code: Any) -> None:
                provider.codes.pop(code.code)

            def authenticate_user(self, _code: Any) -> str:
                return provider.username

        return Grant

    def _openid(provider: Provider) -> OpenIDCode:  # noqa: N805
        class OpenId(OpenIDCode):  # type: ignore[misc]
            def exists_nonce(self, nonce: str, _request: Any) -> bool:
                return any(one.get_nonce() == nonce for one in provider.codes.values())

            def resolve_client_private_key(self, _client: Any) -> RSAKey:
                return provider.key

            def get_client_claims(self, _client: Any) -> dict[str, Any]:
                return {"iss": provider.issuer}

            def get_client_algorithm(self, _client: Any) -> str:
                return "RS256"

            def generate_user_info(self, user: str, _scope: str) -> UserInfo:
                return UserInfo(sub=f"id-of-{user}", preferred_username=user)

        return OpenId()


@contextmanager
def running(username: str, redirect: str) -> Iterator[Provider]:
    """A provider that listens; its ``issuer`` is its address."""
    provider = Provider(username, redirect)
    server = make_server("127.0.0.1", 0, provider.app(), threaded=True)
    provider.issuer = f"http://127.0.0.1:{server.port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join(5)
        server.server_close()
