"""Lists that stay flat however much there is: how many rows a page reads is counted, in tables without statistics, as
they are right after a bulk load. Never timed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import Connection, text

from service.casework.installation import at_work
from service.store import bulletin, rolls
from service.store.casebook import CASES, cases_of
from service.store.db import transaction
from service.store.inbox import TASKS
from service.store.listing import Page
from service.store.listings import INSTANCES
from tests.conftest import settings_of

MANY = 20_000
FEW = 2_500  # rows a page may read
MOMENT = "2026-06-01 00:00+08"
COUNTY = {"visible": {"units": ["big_county"]}}
LOAD = (
    """insert into unit (id, name, kind, level, county, stages, parent)
       select 'big_' || case when g = 0 then 'county' else g::text end, '大' || g,
              case when g = 0 then 'authority' else 'school' end, 'county', '410702', '{}',
              case when g > 0 then 'big_county' end from generate_series(0, 80) g""",
    """insert into student (id, name, birth_date)
       select 'big_' || g, '学生' || g, '2016-01-01' from generate_series(1, :many) g""",
    """insert into enrolment (student, school, stage, grade, class_no, flags)
       select 'big_' || g, 'big_' || (1 + g % 80), 'primary', 1 + g % 6, 1 + g % 9, '{}'
       from generate_series(1, :many) g""",
    """insert into case_ (number, procedure, region, student, started, opened_at, closed_at, form)
       select 'big-' || g, 'transfer', '410702', 'big_' || g, '2026-01-01',
              timestamptz '2026-01-01' + make_interval(mins => g * 7919 % 100000),
              case when g % 2 = 0 then timestamptz '2026-04-01' + make_interval(mins => g) end, '{}'
       from generate_series(1, :many) g""",
    """insert into case_party (case_number, party, unit, opened_at)
       select number, 'receiving_authority', 'big_county', opened_at from case_ where number like 'big-%'""",
    """insert into instance (id, case_number, definition, region, status, state, started_at, ended_at, variables)
       select number, number, (select min(id) from definition), '410702',
              case when closed_at is null then 'active' else 'ended' end, '', opened_at, closed_at, '{}'
       from case_ where number like 'big-%'""",
    """insert into user_task (id, instance, case_number, definition, element, path, name, unit, roles, barred, clauses,
                              priority, created_at, due, state, ended_at)
       select 'big-' || g, 'big-' || g, 'big-' || g, (select min(id) from definition), 'review', 'review', '审核' || g,
              'big_county', '{officer}', '{}', '{}', 50 + g % 50,
              timestamptz '2026-01-01' + make_interval(mins => g * 7919 % 100000),
              timestamptz '2026-06-01 00:00+08' + make_interval(mins => g - 30),
              case when g % 2 = 0 then 'completed' else 'open' end,
              case when g % 2 = 0 then timestamptz '2026-03-01' + make_interval(mins => g) end
       from generate_series(1, :many) g""",
    """insert into overdue_entry (unit, party, step, case_number, "on", month, published)
       select 'big_' || (1 + g % 80), 'receiving_school', 'review', 'big-' || g, date '2026-01-01' + g % 300,
              to_char(date '2026-01-01' + g % 300, 'YYYY-MM'), true from generate_series(1, :many) g""",
)


class Explained:
    """A connection that runs what it is asked to and counts the rows that took."""

    def __init__(self, connection: Connection) -> None:
        self.connection, self.rows, self.plan = connection, 0, None

    def execute(self, statement: Any, values: Any) -> Any:
        sql = text(f"explain (analyze, format json) {statement}")
        ((plan, *_),) = (self.connection.execute(sql, values).scalar_one(),)
        self.rows += read(plan["Plan"])
        self.plan = plan
        return self.connection.execute(statement, values)


def read(node: Any) -> int:
    """Rows a plan takes out of tables and indexes."""
    own = 0
    if "Relation Name" in node or "Index Name" in node:
        passed = node["Actual Rows"] + node.get("Rows Removed by Filter", 0)
        own = round(passed * node["Actual Loops"])
    return own + sum(read(part) for part in node.get("Plans", ()))


@pytest.fixture(scope="module")
def loaded(clone_database: Callable[[str], Any], ready_template: str) -> Iterator[Connection]:
    with clone_database(ready_template) as url, at_work(settings_of(url)), transaction() as connection:
        for statement in LOAD:
            connection.execute(text(statement), {"many": MANY})
        yield connection


def sorted_by(*sort: tuple[str, bool], first: int = 0) -> Page:
    return Page(first=first, limit=20, sort=sort)


PAGES: dict[str, Callable[[Any], Any]] = {
    "every task": lambda to: TASKS.find(to, {"open": True}, sorted_by()),
    **{
        f"every task by {name}, descending {down}": lambda to, name=name, down=down: TASKS.find(
            to, {"open": True}, sorted_by((name, down))
        )
        for name, down in (
            ("created", False),
            ("created", True),
            ("due", False),
            ("priority", False),
            ("priority", True),
        )
    },
    "a later page": lambda to: TASKS.find(to, {"open": True}, sorted_by(("created", True), first=200)),
    "every unclaimed task": lambda to: TASKS.find(
        to, {"open": True, "unassigned": True}, sorted_by(("created", True))
    ),
    "tasks of the past": lambda to: TASKS.find(to, {}, sorted_by()),
    "tasks done last": lambda to: TASKS.find(to, {"finished": True}, sorted_by(("ended", True))),
    "tasks done since": lambda to: TASKS.find(
        to, {"ended_after": "2026-03-14 12:00+08"}, sorted_by(("ended", True))
    ),
    "instances that ended since": lambda to: INSTANCES.find(
        to, {"ended_after": "2026-03-01 00:00+08"}, sorted_by(("ended", True))
    ),
    "every case": lambda to: CASES.find(to, {}, sorted_by()),
    "every open case": lambda to: CASES.find(to, {"open": {}}, sorted_by()),
    "every overdue case": lambda to: CASES.find(to, {"overdue": MOMENT}, sorted_by()),
    "cases of a unit": lambda to: of_unit(to, {}),
    "overdue cases of a unit": lambda to: of_unit(to, {"overdue": MOMENT}),
    "overdue cases of a unit, counted": lambda to: of_unit(to, {"overdue": MOMENT}, count=True),
    "students of a county": lambda to: students(to, {}),
    "students of a county in a grade": lambda to: students(to, {"grade": 3}),
    "the bulletin of a county": lambda to: bulletin.page_of(to, COUNTY, sorted_by()),
    "a month's bulletin of a county": lambda to: bulletin.page_of(
        to, {**COUNTY, "month": "2026-05"}, sorted_by()
    ),
    "the bulletin of all": lambda to: bulletin.page_of(to, {}, sorted_by()),
    "a month's bulletin of all": lambda to: bulletin.page_of(to, {"month": "2026-05"}, sorted_by()),
}


def of_unit(to: Any, wanted: Any, *, count: bool = False) -> Any:
    listing, seen = cases_of(["big_county"], few="overdue" in wanted)
    return (
        listing.count(to, {**wanted, **seen}) if count else listing.find(to, {**wanted, **seen}, sorted_by())
    )


def students(to: Any, wanted: Any) -> Any:
    asked = {**wanted, **COUNTY}
    return rolls.students_of(asked, sorted_by()).find(to, asked, sorted_by())


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES.keys())
def test_a_page_reads_few_rows(loaded: Connection, page: Callable[[Any], Any]) -> None:
    explained = Explained(loaded)
    found = page(explained)
    assert found, "a page with nothing on it proves nothing"
    assert explained.rows <= FEW, f"{explained.rows} rows read for a page: {explained.plan}"


def test_what_is_read_in_order_is_in_order(loaded: Connection) -> None:
    """The shorter ways show what the plain ones do."""
    page = Page(first=500, limit=60)
    asked = {**COUNTY}
    short = [row["id"] for row in rolls.students_of(asked, page).find(loaded, asked, page)]
    plain = [row["id"] for row in rolls.STUDENTS.find(loaded, asked, page)]
    assert short == plain
    entries = [row["case_number"] for row in bulletin.page_of(loaded, COUNTY, page)]
    assert entries == [row["case_number"] for row in bulletin.BULLETIN.find(loaded, COUNTY, page)]
    few = [row["number"] for row in of_unit(loaded, {"overdue": MOMENT})]
    assert few == [
        row["number"] for row in CASES.find(loaded, {"overdue": MOMENT, "unit": "big_county"}, sorted_by())
    ]
