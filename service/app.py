"""The web application, put together from its parts."""

from __future__ import annotations

import gc

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


def serve() -> Flask:
    """The application of a web server's process: nothing of it is garbage, so the collector need not look for any.

    A completion makes thousands of small objects and hardly a cycle among them; with Python's own thresholds the
    collector walks every diagram in memory again and again, for a fifth of the time of a request.
    """
    app = create_app()
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    return app


def _home() -> Response:
    """What the printed address shows: the description of the API."""
    return redirect("/docs")


def _health() -> dict[str, str]:
    return {"status": "ok"}
