"""What a request handler reaches for: the office, the settings, the accounts, and who is asking.

It must not decide anything; who may ask what is decided in access.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from flask import Flask, current_app, g

from service.api.accounts import Accounts
from service.api.limits import Limits
from service.casework.actors import Actor
from service.casework.installation import office
from service.settings import Settings

__all__ = ["Services", "actor", "install", "office", "services"]

_KEY = "xueji.api"


@dataclass(frozen=True, kw_only=True)
class Services:
    """Built once by the application."""

    settings: Settings
    accounts: Accounts
    limits: Limits


def install(app: Flask, services: Services) -> None:
    """Hang the services on an application."""
    app.extensions[_KEY] = services


def services() -> Services:
    """The services of the application that handles this request."""
    return cast(Services, current_app.extensions[_KEY])


def actor() -> Actor:
    """Who is asking; set by access before a handler runs."""
    return cast(Actor, g.actor)
