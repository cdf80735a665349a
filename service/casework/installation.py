"""One process's connection to the installation: the Flask application that holds the database, and the office."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask, current_app

from service.casework.context import Office
from service.casework.rules import Rules
from service.casework.shelf import Shelf
from service.settings import Settings
from service.store import vault
from service.store.db import db, engine_options

_KEY = "xueji.office"


def connect(settings: Settings, name: str = "service") -> Flask:
    """A Flask application with the database attached and an office opened; routes are for the caller to add."""
    app = Flask(name)
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=engine_options(),
    )
    db.init_app(app)
    index_key = bytes.fromhex(settings.index_key)
    vault.install(app, vault.Vault.of(settings.secret_key, settings.sealing_keys, index_key))
    app.extensions[_KEY] = Office(Shelf(Rules(settings.processes_dir, settings.forms_dir)))
    return app


@contextmanager
def at_work(settings: Settings) -> Iterator[Office]:
    """An office for the length of a block: for commands and preparations that are no server."""
    with connect(settings).app_context():
        try:
            yield office()
        finally:
            db.engine.dispose()


def office() -> Office:
    """The office of the application at work."""
    found: Office = current_app.extensions[_KEY]
    return found
