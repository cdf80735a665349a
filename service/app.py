"""The web application, put together from its parts."""

from __future__ import annotations

from flask import Flask


def create_app() -> Flask:
    """A new application; the web server calls it once a process."""
    app = Flask("service")

    @app.get("/health")
    def health() -> dict[str, str]:
        return {"status": "ok"}

    return app
