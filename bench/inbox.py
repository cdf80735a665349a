"""The inbox at size: pages of 20 with filters, sorting and count, of 100 000 open tasks in 200 units, right after a
bulk load without ANALYZE. One unit has a tenth of everything."""

from __future__ import annotations

from collections.abc import Iterable
from random import Random
from statistics import median, quantiles
from time import perf_counter
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask.testing import FlaskClient
from sqlalchemy import text

from bench.cases import add_students, start_cases
from bench.installation import database
from bench.report import Report
from service.api.context import services
from service.app import create_app
from service.casework.installation import office
from service.store.db import db, transaction

TASKS, UNITS, ASKED = 100_000, 200, 300
_LOAD = (
    """insert into unit (id, name, kind, level, county, stages)
       select 'bench_' || g, '单位' || g, 'authority', 'county', '410702', '{}' from generate_series(1, :units) g""",
    """insert into person (id, username, name)
       select 'bench_' || g, 'bench_' || g, '人员' || g from generate_series(1, :units) g""",
    """insert into unit_role (person, role, unit, trained, filed)
       select 'bench_' || g, r, 'bench_' || g, date '2020-01-01', date '2020-01-01'
       from generate_series(1, :units) g, unnest(array['officer', 'responsible']) r""",
    """insert into user_task (id, instance, case_number, definition, element, path, name, unit, roles, barred, clauses,
                              form, tenant, priority, created_at, due)
       select 'bench-' || g, t.instance, t.case_number, t.definition, t.element, t.path,
              (array['审核', '核准', '登记'])[1 + g % 3],
              'bench_' || case when g % 10 = 0 then 1 else 1 + (g / 10 * 7919 + g) % :units end,
              array[(array['officer', 'responsible'])[1 + g % 2]], t.barred, t.clauses, t.form,
              (array['410700', '310000', null])[1 + g % 3], 50 + g % 5,
              t.created_at + make_interval(secs => (g * 7919) % 5000000),
              t.created_at + make_interval(days => g % 90)
       from generate_series(1, :tasks) g, (select * from user_task limit 1) t""",
)
_QUERIES = (
    {"sortBy": "created", "sortOrder": "desc"},
    {"sortBy": "dueDate", "sortOrder": "asc"},
    {"candidateUser": "{person}", "sortBy": "priority", "sortOrder": "desc"},
    {"candidateGroup": "officer@{person}", "nameLike": "%审%", "sortBy": "dueDate", "sortOrder": "asc"},
    {"unassigned": "true", "dueBefore": "2027-01-01T00:00:00.000+0800", "sortBy": "name", "sortOrder": "asc"},
    {"tenantIdIn": "410700,310000", "sortBy": "created", "sortOrder": "asc", "firstResult": "40"},
)


def run(report: Report) -> None:
    """Load, then ask as people of many units; each asking is a page and its count."""
    with database() as settings:
        app = create_app(settings)
        with app.app_context():
            load()
            app.wsgi_app = clock = Clock(app.wsgi_app)  # type: ignore[method-assign]
            times = [ask(app.test_client(), clock, number) for number in range(ASKED)]
            db.engine.dispose()
    cuts = quantiles(times, n=100)
    rows = [("page of 20 and count", f"{median(times):.1f}", f"{cuts[94]:.1f}", f"{cuts[98]:.1f}")]
    report.table(f"inbox, {TASKS} open tasks in {UNITS} units", ("", "p50 ms", "p95", "p99"), rows)
    report.bar("inbox: p95 of page and count together", cuts[94], 20, "ms", most=True)


def load() -> None:
    """One real case lends its task's looks to all."""
    start_cases(office(), add_students(1))
    with transaction() as connection:
        for statement in _LOAD:
            connection.execute(text(statement), {"units": UNITS, "tasks": TASKS})


class Clock:
    """Adds up what the application takes: the client of this measurement is not the server."""

    def __init__(self, application: WSGIApplication) -> None:
        self.application, self.seconds = application, 0.0

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        begun = perf_counter()
        answer = list(self.application(environ, start_response))
        self.seconds += perf_counter() - begun
        return answer


def ask(client: FlaskClient, clock: Clock, number: int) -> float:
    """Milliseconds the server takes for a page and its count, as a person of some unit; the first unit comes often."""
    random = Random(number)  # noqa: S311  the same askings every time
    person = f"bench_{1 if number % 10 == 0 else random.randint(1, UNITS)}"
    account = services().accounts.by_username(person)
    assert account is not None
    token, _ = services().accounts.token(account)
    query = {name: value.format(person=person) for name, value in _QUERIES[number % len(_QUERIES)].items()}
    headers = {"Authorization": f"Bearer {token}"}
    clock.seconds = 0.0
    page = client.get("/engine-rest/task", query_string={**query, "maxResults": "20"}, headers=headers)
    filters = {
        name: value for name, value in query.items() if name not in ("sortBy", "sortOrder", "firstResult")
    }
    count = client.get("/engine-rest/task/count", query_string=filters, headers=headers)
    assert (page.status_code, count.status_code) == (200, 200), page.get_data(as_text=True)
    assert len(page.json) <= 20
    return clock.seconds * 1000
