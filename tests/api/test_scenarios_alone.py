"""Scenarios of what starts by itself, or by a message: word for word on the engine and through HTTP."""

from __future__ import annotations

import json

import psycopg
import pytest

from service.checks.memory_desk import MemoryDesk
from service.checks.people import Cast
from service.checks.rulebook import Rulebook
from service.checks.runner import play
from service.checks.scenario import Scenario
from service.checks.scenario_file import read_scenarios
from service.settings import ROOT
from service.supervisor.postgres import libpq_url
from tests.api.conftest import set_clock
from tests.api.desk import Desk, form
from tests.desks import HttpDesk, Tokens
from tests.engine.sketch import sketch

REGION = "410700"
REPORT = """
    starters officer@authority
    start yearly timer=R/2026-09-10T08:00:00/P1D cycle
    start on_call signal=report_wanted
    user report groups=officer@authority form=alone_report
    task kept before
    end reported
    end refused
    xor decided default=no
    yearly -> report
    on_call -> report
    report -> decided
    decided -> kept : ${decision == 'approve'}
    kept -> reported
    decided -> refused as no
"""
CALL = """
    start asked message=help_wanted properties=sent_by:head@receiving_school
    start begin form=alone_report
    throw call signal=report_wanted
    user answer groups=registrar@receiving_school form=alone_report
    end answered
    begin -> call
    asked -> call -> answer -> answered
"""
CHOICES = [{"label": "同意", "value": "approve"}, {"label": "不同意", "value": "reject"}]
FILES = {
    "alone_report.bpmn": sketch(REPORT, "alone_report", "报告", cite="assumed"),
    "alone_call.bpmn": sketch(CALL, "alone_call", "求助", cite="assumed"),
    "alone_report.form": json.dumps(
        form("alone_report", {"type": "radio", "key": "decision", "values": CHOICES})
    ).encode(),
}
SCENARIOS = """
- scenario: 每天八点自动开始一件
  at: 2026-09-09 09:00
  deploy: {}
  steps:
    - expect: { outcome: none, tasks: [] }
    - { wait: until 2026-09-10 08:00 }
    - expect: { tasks: [authority/report] }
    - { task: authority/report, by: 新乡市教育局 officer, do: { decision: approve } }
    - expect: { outcome: reported }
    - { wait: 1 days }
    - expect: { tasks: [authority/report] }
    - { task: authority/report, by: 新乡市教育局 officer, do: { decision: reject } }
  ends: refused
- scenario: 信号开始一件
  at: 2026-09-09 09:00
  deploy: { procedure: alone_report, region: "410700" }
  steps:
    - { signal: { name: report_wanted } }
    - { task: authority/report, by: 新乡市教育局 officer, do: { decision: reject } }
  ends: refused
- scenario: 学校的求助由消息开始，又由信号引出一件报告
  at: 2026-09-09 09:00
  deploy: {}
  steps:
    - start: { by: 红旗小学 head, student: 长垣实验小学五年级在校生, message: help_wanted }
      procedure: alone_call
    - { task: authority/report, by: 新乡市教育局 officer, do: { decision: approve } }
  ends: reported
- scenario: 求助由消息开始
  at: 2026-09-09 09:00
  procedure: alone_call
  start: { by: 红旗小学 head, student: 长垣实验小学五年级在校生, message: help_wanted }
  steps:
    - { task: receiving_school/answer, by: 红旗小学 registrar, do: { decision: approve } }
  ends: answered
- scenario: 求助只能由校长发出
  at: 2026-09-09 09:00
  procedure: alone_call
  start: { by: 红旗小学 registrar, student: 长垣实验小学五年级在校生, message: help_wanted }
  refused: forbidden
"""


def scenarios() -> tuple[Scenario, ...]:
    return read_scenarios(SCENARIOS.encode(), "alone_report.scenarios.yaml", REGION)


@pytest.fixture(scope="module")
def book() -> Rulebook:
    return Rulebook(ROOT / "processes", ROOT / "forms").with_uploads({REGION: FILES})


@pytest.mark.parametrize("scenario", scenarios(), ids=lambda one: str(one.line))
def test_on_the_engine(scenario: Scenario, book: Rulebook) -> None:
    played = play(scenario, MemoryDesk(book, scenario.at), Cast(book), book.calendar(REGION))
    assert played.failure is None, f"\n{played.failure}"


def test_through_http(fresh_desk: Desk, book: Rulebook) -> None:
    deployed = fresh_desk.deploy(FILES, tenant_id=REGION)
    assert deployed.status_code == 200, deployed.json["detail"]
    tokens = Tokens()
    with psycopg.connect(libpq_url(fresh_desk.url), autocommit=True) as tables:
        for scenario in scenarios():
            set_clock(fresh_desk.url, scenario.at.isoformat())
            desk = HttpDesk(fresh_desk.app, tables, scenario.at, tokens)
            played = play(scenario, desk, Cast(book), book.calendar(REGION))
            assert played.failure is None, f"\n{scenario.name}\n{played.failure}"
            tables.execute("update case_ set opened_at = opened_at - interval '1 year'")


def test_a_scenario_that_is_only_deployed_names_no_applicant() -> None:
    with pytest.raises(Exception, match="删去 start、watch 和 refused"):
        read_scenarios(
            b"- scenario: x\n  at: 2026-09-09\n  deploy: {}\n  watch: y\n", "t.scenarios.yaml", REGION
        )
