"""Puts the API on an application: every resource, the choke point, errors and the description."""

from __future__ import annotations

from flask import Flask

from service.api import access, context, documents, errors, preconditions
from service.api.accounts import Accounts
from service.api.engine_rest.deployments import deployments
from service.api.engine_rest.engines import engines
from service.api.engine_rest.history import history
from service.api.engine_rest.instances import instances
from service.api.engine_rest.messages import messages
from service.api.engine_rest.starting import definitions
from service.api.engine_rest.tasks import tasks
from service.api.registry.bulletin import bulletin
from service.api.registry.cases import cases
from service.api.registry.clock import clock
from service.api.registry.provenance import provenance
from service.api.registry.session import session
from service.api.resource import Json
from service.settings import Settings

RESOURCES = (
    session,
    cases,
    provenance,
    bulletin,
    clock,
    engines,
    deployments,
    definitions,
    tasks,
    messages,
    instances,
    history,
)
_SETTINGS = {
    "API_TITLE": "学籍业务流程编排 API",
    "API_VERSION": "1",
    "OPENAPI_VERSION": "3.0.3",
    "MAX_FORM_MEMORY_SIZE": 1 << 20,
}


def install(app: Flask, settings: Settings) -> None:
    """Register everything on an application that is connected to an installation."""
    app.config.update(_SETTINGS)
    with app.app_context():
        law = context.office().shelf.rules.law
    context.install(app, context.Services(settings=settings, accounts=Accounts(law, settings.secret_key)))
    app.json = Json(app)
    app.url_map.strict_slashes = False
    if "static" in app.view_functions:
        access.allow(access.PUBLIC)(app.view_functions["static"])
    access.install(app)
    errors.install(app)
    preconditions.install(app)
    api = documents.DescribedApi(app)
    for resource in RESOURCES:
        api.register_blueprint(resource)
    documents.install(app, api)
