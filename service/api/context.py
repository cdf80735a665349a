"""What a request handler reaches for: the office of this process, the settings, and who is asking.

It must not decide anything; who may ask what is decided in access.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from flask import current_app, g

from service.api.accounts import Accounts
from service.casework.actors import Actor
from service.casework.context import Office
from service.settings import Settings

_KEY = "xueji"


@dataclass(frozen=True, kw_only=True)
class Services:
    """Built once by the application."""

    settings: Settings
    office: Office
    accounts: Accounts


def install(app: object, services: Services) -> None:
    """Hang the services on an application."""
    app.extensions[_KEY] = services  # type: ignore[attr-defined]


def services() -> Services:
    """The services of the application that handles this request."""
    return cast(Services, current_app.extensions[_KEY])


def office() -> Office:
    """The workplace of the verbs."""
    return services().office


def actor() -> Actor:
    """Who is asking; set by access before a handler runs."""
    return cast(Actor, g.actor)
