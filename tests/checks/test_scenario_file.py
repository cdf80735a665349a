"""Reading scenario files: what they may say, and how a mistake is told."""

from __future__ import annotations

from datetime import datetime

import pytest

from service.checks.scenario import Complete, Expect, Scenario, Send, Start, Wait
from service.checks.scenario_file import read_scenarios
from service.clock import ZONE
from service.errors import BadDefinition

HEAD = """
- scenario: 一例
  at: 2026-09-03 09:00
  start: { by: 红旗小学 registrar, student: 王乐瑶, form: { reason: moved, ready: true, since: 2026-09-01 } }
"""


def read(text: str) -> tuple[Scenario, ...]:
    return read_scenarios(text.encode(), "processes/transfer.scenarios.yaml", "000000")


def steps(text: str) -> tuple[object, ...]:
    (scenario,) = read(f"{HEAD}  steps:\n    - {text}\n")
    return scenario.steps


def test_a_scenario_says_who_starts_what_and_when() -> None:
    (scenario,) = read(f"{HEAD}  ends: granted\n  clauses: [MOE2016-3.7-a]\n")
    assert scenario.start.by == "红旗小学 registrar"
    assert scenario.start.procedure == "transfer"
    assert scenario.start.form == {"reason": "moved", "ready": True, "since": "2026-09-01"}
    assert scenario.at == datetime(2026, 9, 3, 9, tzinfo=ZONE)
    assert (scenario.ends, scenario.clauses, scenario.line) == ("granted", ("MOE2016-3.7-a",), 2)


def test_a_step_does_a_task() -> None:
    (step,) = steps("{ task: a/b, by: 红旗小学 head, do: { decision: approve }, refused: four_eyes }")
    assert step == Complete(
        line=6, task="a/b", by="红旗小学 head", form={"decision": "approve"}, refused=("four_eyes",)
    )


def test_a_step_sends_a_message() -> None:
    (step,) = steps("message: { name: guardian_recall, by: admin, with: { why: 不转了 } }")
    assert step == Send(line=6, message="guardian_recall", by="admin", variables={"why": "不转了"})


@pytest.mark.parametrize(
    ("told", "number", "unit"),
    [
        ("11 working days", 11, "working_day"),
        ("1 working day", 1, "working_day"),
        ("90 days", 90, "day"),
        ("1 month", 1, "month"),
    ],
)
def test_a_step_waits(told: str, number: int, unit: str) -> None:
    assert steps(f"wait: {told}") == (Wait(line=6, number=number, unit=unit),)


def test_a_step_waits_until_an_instant() -> None:
    assert steps("wait: until 2026-12-03 00:00") == (Wait(line=6, until=datetime(2026, 12, 3, tzinfo=ZONE)),)
    assert steps("wait: until 2026-12-03") == (Wait(line=6, until=datetime(2026, 12, 3, tzinfo=ZONE)),)


def test_a_step_looks() -> None:
    (step,) = steps(
        "expect: { tasks: [b/x, a/y], due: { a/y: 2026-09-18 00:00 }, grade: 3, status: in_school }"
    )
    assert isinstance(step, Expect)
    assert step.wanted["tasks"] == ["a/y", "b/x"]
    assert step.wanted["due"] == {"a/y": datetime(2026, 9, 18, tzinfo=ZONE)}
    assert step.wanted["grade"] == 3


def test_common_parts_hold_for_what_follows_and_yield_to_the_scenario() -> None:
    first, second, third = read("""
- common:
    at: 2026-09-03 09:00
    start: { by: x, student: 甲, form: { reason: moved, materials: [a] } }
    steps: [{ wait: 1 day }]
- scenario: 一
- scenario: 二
  at: 2026-10-01
  start: { student: 乙, form: { reason: null, note: 无 } }
  steps: [{ wait: 2 days }]
- common: {}
- scenario: 三
  at: 2026-09-03 09:00
  start: { by: y, student: 丙 }
""")
    assert first.start.form == {"reason": "moved", "materials": ["a"]}
    assert len(first.steps) == 1
    assert (second.start.by, second.start.student, second.at.month) == ("x", "乙", 10)
    assert second.start.form == {"materials": ["a"], "note": "无"}
    assert len(second.steps) == 2
    assert (third.start.form, third.steps) == ({}, ())


def test_a_passage_stands_for_its_steps() -> None:
    (scenario,) = read(
        f"- passage: 等\n  steps: [{{ wait: 1 day }}, {{ wait: 2 days }}]\n{HEAD}  steps: [{{ passage: 等 }}]\n"
    )
    assert [step.number for step in scenario.steps if isinstance(step, Wait)] == [1, 2]


def test_a_second_start_takes_the_common_parts_too() -> None:
    (scenario,) = read("""
- common: { at: 2026-09-03 09:00, start: { by: x, student: 甲, form: { reason: moved } } }
- scenario: 一
  steps: [{ start: { by: z }, refused: [MOE2013-6-c] }]
""")
    (step,) = scenario.steps
    assert isinstance(step, Start)
    assert (step.by, step.student, step.refused) == ("z", "甲", ("MOE2013-6-c",))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("scenario: 一例", "列表"),
        (f"{HEAD}  end: granted\n", ":5：不认识的键“end”。是不是“ends”"),
        (f"{HEAD}{HEAD}", ":6：场景“一例”已经有了"),
        (f"{HEAD}  steps: [{{ wait: 3 fortnights }}]\n", "看不懂要等多久"),
        (f"{HEAD}  steps: [{{ task: a, by: b, wait: 1 day }}]\n", "一个步骤只做一件事"),
        (f"{HEAD}  steps: [{{ by: b }}]\n", "没有动词"),
        (f"{HEAD}  steps: [{{ task: a, by: b, doo: {{}} }}]\n", "不认识的键“doo”"),
        (f"{HEAD}  steps: [{{ expect: {{ colour: red }} }}]\n", "不认识的键“colour”"),
        (f"{HEAD}  steps: [{{ passage: 没有 }}]\n", "不在允许之列"),
        (f"{HEAD}  steps: [{{ wait: until 明天 }}]\n", "不是时刻"),
        (f"{HEAD}  refused: [a]\n  ends: granted\n", "不予受理的场景没有步骤和结果"),
        ("- scenario: 一\n  at: 2026-09-03 09:00\n", "没有说明 start 的“by”"),
        ("- scenario: 一\n  start: { by: a, student: b }\n", "缺少“at”"),
    ],
)
def test_a_mistake_is_told_with_file_and_line(text: str, words: str) -> None:
    with pytest.raises(BadDefinition, match=r"processes/transfer\.scenarios\.yaml:") as caught:
        read(text)
    assert words in str(caught.value)
