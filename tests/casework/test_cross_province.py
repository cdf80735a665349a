"""Between two provinces: what crosses is what docs/messages.md lists, and messages out of turn change nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import orjson
import pytest

from service.casework import cases, messages
from service.casework.advance import Advanced
from service.casework.context import Office
from service.checks.rulebook import Rulebook
from service.engine.dialect import read_diagram
from service.engine.model import Diagram
from service.registry.numbers import LOCAL, NATIONAL
from service.settings import ROOT
from tests.casework.people import OPERATOR, actor, do, rows, world

PAGE = (ROOT / "docs" / "messages.md").read_text()
ROW = re.compile(r"^\| `(?P<name>\w+)` \| \w+ \| \w+ \| (?P<keys>[^|]+) \|", re.MULTILINE)
CARRIED = {one["name"]: set(re.findall(r"`(\w+)`", one["keys"])) for one in ROW.finditer(PAGE)}
THROWS = ("intermediateThrowEvent", "endEvent")
GUARDIAN = {"guardian_name": "鲁建军", "guardian_phone": "13900001234", "situation": "随父母工作调动到石家庄"}


def diagrams() -> Iterator[Diagram]:
    for path in sorted((ROOT / "processes").rglob("cross_province*.bpmn")):
        yield read_diagram(path.read_bytes(), path.name)


def test_a_message_carries_what_the_page_lists_and_no_more() -> None:
    thrown: dict[str, set[str]] = {}
    for diagram in diagrams():
        for process in diagram.processes:
            for _, node in process.scope.walk():
                if node.kind in THROWS and node.event.kind == "message":
                    thrown.setdefault(node.event.value, set()).update(item.target for item in node.inputs)
    assert thrown == CARRIED


@pytest.fixture
def asked(office: Office) -> Advanced:
    """A pupil of Shanghai is to go to Hebei; the receiving side has agreed and the request is on its way."""
    form = {
        "reason": "other",
        "materials": ["household_register"],
        "override_reason": "随军迁居",
        **GUARDIAN,
    }
    wish = cases.Start(
        procedure="cross_province_receiving",
        student=world().student_called("徐汇区第一小学三年级在校生").student.id,
        form=form,
    )
    done = cases.start(office, actor("长安区第一小学", "registrar"), wish)
    do(office, done, "receiving_school/approve")
    do(office, done, "receiving_authority/review")
    do(office, done, "receiving_authority/approve")
    return done


@pytest.fixture
def answered(office: Office, asked: Advanced) -> Advanced:
    messages.deliver_outbox(office)
    for path in ("sending_school/review", "sending_school/approve"):
        do(office, asked, path)
    for path in ("sending_authority/review", "sending_authority/approve"):
        do(office, asked, path)
    messages.deliver_outbox(office)
    return asked


def sides(case: Advanced) -> list[Any]:
    sql = "select id, region, status from instance where case_number = :n order by started_at, id"
    return rows(sql, n=case.case_number)


def tell(case: Advanced, identifier: str, name: str, payload: dict[str, Any] | None = None) -> None:
    """Put a message into the outbox as if it came (again) from the other side."""
    sql = """insert into outbox (id, kind, case_number, instance, name, payload, created_at)
             values (:id, 'message', :n, null, :name, cast(:payload as jsonb), now()) returning 1"""
    told = orjson.dumps(payload or {"variables": {}}).decode()
    rows(sql, id=identifier, n=case.case_number, name=name, payload=told)


def open_tasks(case: Advanced) -> list[str]:
    sql = "select path from user_task where case_number = :n and state = 'open' order by path"
    return [row.path for row in rows(sql, n=case.case_number)]


def lock_kinds(case: Advanced) -> list[str | None]:
    sql = "select e.lock_kind from enrolment e join case_ c on c.student = e.student where c.number = :n"
    return [row.lock_kind for row in rows(sql, n=case.case_number)]


def test_no_personal_data_lies_in_what_crosses(office: Office, answered: Advanced) -> None:
    reported = {"reported": "yes", "reported_on": _today()}
    do(office, answered, "receiving_school/pull_archive", reported)
    messages.deliver_outbox(office)
    do(office, answered, "sending_school/send_archive", {"sent_on": _today(), "copies_kept": True})
    messages.deliver_outbox(office)
    crossed = rows(
        "select name, payload from outbox where kind = 'message' and case_number = :n", n=answered.case_number
    )
    assert {row.name for row in crossed} == {
        f"cross_province_{one}" for one in ("request", "answer", "pulled", "archive")
    }
    student = world().student_called("徐汇区第一小学三年级在校生").student
    for row in crossed:
        assert set(row.payload["variables"]) <= CARRIED[row.name], row.name
        written = orjson.dumps(row.payload).decode()
        for secret in (*GUARDIAN.values(), student.name, student.id):
            assert secret not in written, row.name


def test_the_other_side_keeps_no_value_of_the_first(office: Office, asked: Advanced) -> None:
    messages.deliver_outbox(office)
    sending = sides(asked)[1]
    state = rows("select state from instance where id = :id", id=sending.id)[0].state
    for secret in (*GUARDIAN.values(), "household_register"):
        assert secret.encode() not in bytes(state)


def test_each_side_runs_under_its_own_region(office: Office, asked: Advanced) -> None:
    messages.deliver_outbox(office)
    assert [side.region[:2] for side in sides(asked)] == ["13", "31"]
    assert lock_kinds(asked) == ["transfer_out"]


def test_a_request_that_comes_twice_starts_one_review(office: Office, asked: Advanced) -> None:
    messages.deliver_outbox(office)
    again = rows(
        "select payload from outbox where name = 'cross_province_request' and case_number = :n",
        n=asked.case_number,
    )
    tell(asked, "again", "cross_province_request", again[0].payload)
    messages.deliver_outbox(office)
    assert len(sides(asked)) == 2
    assert open_tasks(asked) == ["sending_school/review"]
    assert rows("select 1 from incident") == []


def test_an_answer_that_comes_again_changes_nothing(office: Office, answered: Advanced) -> None:
    assert open_tasks(answered) == ["receiving_school/pull_archive"]
    tell(answered, "again", "cross_province_answer", {"variables": {"sending_decision": "reject"}})
    messages.deliver_outbox(office)
    assert open_tasks(answered) == ["receiving_school/pull_archive"]
    assert lock_kinds(answered) == ["transfer_out"]


def test_a_request_that_comes_after_the_end_starts_nothing(office: Office, asked: Advanced) -> None:
    """The request was put off after a failure; meanwhile the guardian recalled."""
    rows("update outbox set not_before = 'infinity' where name = 'cross_province_request' returning 1")
    recall = messages.Message(name="guardian_recall", case_number=asked.case_number)
    messages.correlate(office, actor("长安区第一小学", "registrar"), recall)
    messages.deliver_outbox(office)
    assert [row.name for row in rows("select name from inbox")] == ["cross_province_closed"]
    rows("update outbox set not_before = now() where name = 'cross_province_request' returning 1")
    messages.deliver_outbox(office)
    assert open_tasks(asked) == []
    assert [side.status for side in sides(asked)] == ["ended"]
    assert lock_kinds(asked) == [None]


def test_messages_after_the_end_change_nothing(office: Office, answered: Advanced) -> None:
    do(office, answered, "receiving_school/pull_archive", {"reported": "no"})
    messages.deliver_outbox(office)
    assert [side.status for side in sides(answered)] == ["ended", "ended"]
    for name in ("answer", "closed", "pulled", "archive"):
        tell(
            answered, f"late-{name}", f"cross_province_{name}", {"variables": {"sending_decision": "approve"}}
        )
    messages.deliver_outbox(office)
    assert open_tasks(answered) == []
    assert lock_kinds(answered) == [None]
    assert rows("select 1 from incident") == []


def test_the_other_side_ends_when_an_operator_ends_the_case(office: Office, asked: Advanced) -> None:
    messages.deliver_outbox(office)
    cases.withdraw(office, OPERATOR, asked.instance, "录入有误")
    assert [side.status for side in sides(asked)] == ["ended", "ended"]
    assert open_tasks(asked) == []
    assert lock_kinds(asked) == [None]


def test_a_case_goes_on_when_only_the_asked_side_is_ended(office: Office, asked: Advanced) -> None:
    """The receiving side still has its ways out: recall, and the purge after the days of the law."""
    messages.deliver_outbox(office)
    cases.withdraw(office, OPERATOR, sides(asked)[1].id, "录入有误")
    assert [side.status for side in sides(asked)] == ["active", "ended"]
    recall = messages.Message(name="guardian_recall", case_number=asked.case_number)
    messages.correlate(office, actor("长安区第一小学", "registrar"), recall)
    assert [side.status for side in sides(asked)] == ["ended", "ended"]
    assert lock_kinds(asked) == [None]


def test_the_two_barred_reasons_are_offered_nowhere() -> None:
    book = Rulebook(ROOT / "processes", ROOT / "forms")
    told = book.clauses.get("MOE2016-3.4-b").params["forbidden_reject_reasons"]
    assert isinstance(told, list)
    barred = set(told)
    assert len(barred) == 2
    for name in ("graduate_review", "graduate_approve"):
        content = (ROOT / "forms" / f"{name}.form").read_bytes()
        (reason,) = [one for one in orjson.loads(content)["components"] if one.get("key") == "reason"]
        assert not barred & {one["value"] for one in reason["values"]}
        assert not [
            one for one in orjson.loads(content)["components"] if one["type"] in ("textarea", "textfield")
        ]


def _today() -> str:
    return str(rows("select (clock_timestamp() at time zone 'Asia/Shanghai')::date as day")[0].day)


def test_a_pupil_pulled_to_shanghai_gets_the_citys_number_and_keeps_the_national_one(office: Office) -> None:
    student = world().student_called("桥西区第二小学四年级在校生").student.id
    wish = cases.Start(
        procedure="cross_province_receiving",
        student=student,
        form={
            "reason": "return_to_shanghai",
            "materials": ["household_proof"],
            "override_reason": "监护人调动",
        },
    )
    done = cases.start(office, actor("浦东新区教育局", "officer"), wish)
    if "receiving_authority/decide_mid_term" in open_tasks(done):
        do(office, done, "receiving_authority/decide_mid_term")
    placed = world().unit_named("浦东新区第一小学").id
    do(office, done, "receiving_authority/place_student", {"placed_school": placed})
    for path in ("receiving_school/review", "receiving_school/approve"):
        do(office, done, path)
    do(office, done, "receiving_school/assess_grade", {})
    for path in ("receiving_authority/review", "receiving_authority/approve"):
        do(office, done, path)
    messages.deliver_outbox(office)
    for path in ("sending_school/review", "sending_school/approve"):
        do(office, done, path)
    for path in ("sending_authority/review", "sending_authority/approve"):
        do(office, done, path)
    messages.deliver_outbox(office)
    before = numbers(student)
    do(office, done, "receiving_school/pull_archive", {"reported": "yes", "reported_on": _today()})
    after = numbers(student)
    assert [one for one in after if one.scheme == NATIONAL] == [
        one for one in before if one.scheme == NATIONAL
    ]
    assert [one for one in before if one.scheme == LOCAL] == []
    (city,) = [one for one in after if one.scheme == LOCAL]
    assert "SH2017-9-b" in city.clauses
    assert city.case_number == done.case_number


def numbers(student: str) -> list[Any]:
    sql = """select scheme, kind, clauses, case_number, id from student_number
             where student = :student and until is null order by scheme"""
    return rows(sql, student=student)
