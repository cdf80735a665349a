"""The web application, put together from its parts."""

from __future__ import annotations

from flask import Flask

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
    return app


def _health() -> dict[str, str]:
    return {"status": "ok"}
