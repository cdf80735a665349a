"""The web application, put together from its parts."""

from __future__ import annotations

from flask import Flask, redirect
from werkzeug.wrappers import Response

import service.store.models  # noqa: F401  (fills the metadata)
from service.api import wiring
from service.api.access import PUBLIC, allow
from service.casework.installation import connect
from service.settings import Settings


def create_app(settings: Settings | None = None) -> Flask:
    """A new application; the web server calls it once a process."""
    settings = settings or Settings.of_running()
    app = connect(settings, "service")
    wiring.install(app, settings)
    app.add_url_rule("/health", "health", allow(PUBLIC)(_health))
    app.add_url_rule("/", "home", allow(PUBLIC)(_home))
    return app


def _home() -> Response:
    """What the printed address shows: the description of the API."""
    return redirect("/docs")


def _health() -> dict[str, str]:
    return {"status": "ok"}
