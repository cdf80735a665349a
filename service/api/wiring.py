"""Puts the API on an application: every resource, the choke point, errors and the description."""

from __future__ import annotations

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from service.api import access, browser, context, documents, errors, preconditions
from service.api.accounts import Accounts
from service.api.engine_rest import (
    definition_forms,
    definition_keeping,
    deployment_contents,
    history_keeping,
    instance_variables,
    starting,
    task_acts,
    task_attachments,
    task_comments,
    task_forms,
)
from service.api.engine_rest.batches import batches
from service.api.engine_rest.decisions import decisions
from service.api.engine_rest.definitions import definitions
from service.api.engine_rest.deployments import deployments
from service.api.engine_rest.directory import directory
from service.api.engine_rest.engines import engines
from service.api.engine_rest.external_tasks import external_tasks
from service.api.engine_rest.filters import filters
from service.api.engine_rest.history import history
from service.api.engine_rest.instances import instances
from service.api.engine_rest.keeping import incidents, jobs, signals
from service.api.engine_rest.messages import messages
from service.api.engine_rest.migration import migration
from service.api.engine_rest.modification import modification
from service.api.engine_rest.tasks import tasks
from service.api.limits import Limits
from service.api.registry import single_sign_on as sso
from service.api.registry.almanac import almanac
from service.api.registry.bulletin import bulletin
from service.api.registry.casebook import cases
from service.api.registry.clock import clock
from service.api.registry.going_back import going_back
from service.api.registry.guardian import guardians
from service.api.registry.handing import handing
from service.api.registry.materials import materials
from service.api.registry.moving import moves
from service.api.registry.opinions import opinions
from service.api.registry.personal import personal
from service.api.registry.provenance import provenance
from service.api.registry.session import session
from service.api.registry.single_sign_on import single_sign_on
from service.api.registry.students import students
from service.api.registry.substitutes import substitutes
from service.api.registry.units import units
from service.api.resource import Json
from service.settings import Settings

# These hang their operations on a resource that another module makes.
PARTS = (
    history_keeping,
    starting,
    definition_keeping,
    definition_forms,
    deployment_contents,
    instance_variables,
    task_acts,
    task_forms,
    task_comments,
    task_attachments,
)
RESOURCES = (
    session,
    single_sign_on,
    cases,
    handing,
    materials,
    personal,
    guardians,
    substitutes,
    opinions,
    students,
    units,
    almanac,
    provenance,
    bulletin,
    clock,
    engines,
    directory,
    filters,
    deployments,
    definitions,
    decisions,
    tasks,
    messages,
    external_tasks,
    jobs,
    incidents,
    signals,
    instances,
    modification,
    migration,
    batches,
    moves,
    going_back,
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
    built = context.Services(
        settings=settings,
        accounts=Accounts(law, settings.secret_key),
        limits=Limits(settings.redis_url, settings.rate_limit, settings.stranger_limit),
    )
    context.install(app, built)
    browser.install(app, settings)
    sso.install(app, settings)
    if settings.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies)  # type: ignore[method-assign]
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
