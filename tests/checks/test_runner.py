"""Playing scenarios: what counts as otherwise, and how it is told."""

from __future__ import annotations

from datetime import datetime

import pytest

from service.checks.memory_desk import MemoryDesk
from service.checks.people import Cast
from service.checks.rulebook import Rulebook
from service.checks.runner import later, play
from service.checks.scenario_file import read_scenarios
from service.clock import ZONE
from tests.checks.conftest import Tell

OVERDUE = """
    start begin form=small_start
    user approve groups=head@receiving_school form=small_decision due=${days(3)}
    on approve boundary late timer=${days(3)} beside
    work note topic=registry.record_overdue inputs=party:receiving_school;step:approve
    end noted
    on approve boundary recall message=guardian_recall properties=sent_by:registrar@receiving_school
    end recalled
    end granted
    begin -> approve -> granted
    late -> note -> noted
    recall -> recalled
"""


def test_a_scenario_that_goes_as_told_has_no_failure(tell: Tell) -> None:
    played = tell("""
- scenario: 同意
  steps: [{ task: receiving_school/approve, by: 长安区第一小学 head, do: { decision: approve } }]
  ends: granted
""")
    assert played.failure is None
    assert ("flow", "small") in {(step.kind, step.process) for step in played.trail}


def test_a_failure_names_the_line_what_should_be_and_how_the_case_stood(tell: Tell) -> None:
    played = tell("""
- scenario: 期望错了
  steps:
    - expect: { tasks: [receiving_school/review] }
""")
    assert played.failure is not None
    told = str(played.failure)
    assert told.startswith("processes/small.scenarios.yaml:8 场景“期望错了”")
    assert "应当：待办任务是 receiving_school/review" in told
    assert "实际：receiving_school/approve" in told
    assert "此刻：2026-09-03 09:00" in told
    assert "最后走过：small/begin → small/approve" in told


def test_another_end_than_told_is_a_failure_at_the_scenario(tell: Tell) -> None:
    played = tell("- scenario: 还没完\n  ends: granted\n")
    assert played.failure is not None
    assert (played.failure.expected, played.failure.found) == ("办件结果是 granted", "running")


@pytest.mark.parametrize(
    ("step", "words"),
    [
        (
            "{ task: receiving_school/approve, by: 长安区第一小学 registrar, do: { decision: approve } }",
            "不在该任务的办理组",
        ),
        (
            "{ task: receiving_school/approve, by: 金水区第一小学 head, do: { decision: approve } }",
            "没有这个任务",
        ),
        ("{ task: receiving_school/approve, by: 长安区第一小学 head, do: { decision: maybe } }", "decision"),
        ("{ task: receiving_school/archive, by: 长安区第一小学 head }", "没有待办任务"),
        ("{ task: receiving_school/approve, by: 长安区第九小学 head }", "没有单位“长安区第九小学”"),
        ("message: { name: guardian_recall, by: 长安区第一小学 registrar }", "没有办件在等待"),
        ("{ wait: until 2026-09-01 00:00 }", "只能向前调"),
    ],
)
def test_a_step_that_cannot_be_done_is_a_failure_with_the_products_own_words(
    tell: Tell, step: str, words: str
) -> None:
    played = tell(f"- scenario: 一\n  steps:\n    - {step}\n")
    assert played.failure is not None
    assert words in played.failure.found
    assert played.failure.line == 7


@pytest.mark.parametrize("why", ["forbidden", "办理组", "[forbidden, 办理组]"])
def test_a_step_that_must_be_refused_says_why(tell: Tell, why: str) -> None:
    step = "task: receiving_school/approve, by: 长安区第一小学 registrar, do: { decision: approve }"
    assert tell(f"- scenario: 一\n  steps: [{{ {step}, refused: {why} }}]\n").failure is None


def test_a_refusal_for_another_reason_or_none_is_a_failure(tell: Tell) -> None:
    step = "task: receiving_school/approve, by: 长安区第一小学 {}, do: {{ decision: approve }}, refused: four_eyes"
    other = tell(f"- scenario: 一\n  steps: [{{ {step.format('registrar')} }}]\n").failure
    assert other is not None
    assert "被拒绝，但理由是" in other.found
    none = tell(f"- scenario: 一\n  steps: [{{ {step.format('head')} }}]\n").failure
    assert none is not None
    assert none.found == "办成了"


def test_timers_fire_on_the_way_at_their_own_instant(tell: Tell) -> None:
    played = tell(
        """
- scenario: 逾期
  steps:
    - expect: { due: { receiving_school/approve: 2026-09-07 00:00 }, overdue: [] }
    - { wait: until 2026-09-06 23:59 }
    - expect: { overdue: [] }
    - { wait: 1 minute }
    - expect: { overdue: [receiving_school/approve], bulletin: [长安区第一小学], tasks: [receiving_school/approve] }
    - message: { name: guardian_recall, by: 长安区第一小学 head }
      refused: forbidden
    - message: { name: guardian_recall, by: 长安区第一小学 registrar }
  ends: recalled
""",
        OVERDUE,
    )
    assert played.failure is None, f"\n{played.failure}"


def test_a_refused_start_must_be_refused_for_just_these_reasons(book: Rulebook) -> None:
    form = "{ reason: household_moved, materials: [household_register] }"
    start = f"{{ by: 长安区第一小学 registrar, student: 桥西区第二小学问题学籍学生, form: {form} }}"
    text = "- scenario: 一\n  at: 2026-07-20 09:00\n  start: {}\n  refused: [{}]\n"
    found = {}
    for reasons in ("MOE2016-3.5-a, MOE2016-3.5-c", "MOE2016-3.5-a", "MOE2016-3.5-a, MOE2013-6-a, MOE2016-9"):
        (scenario,) = read_scenarios(
            text.format(start, reasons).encode(), "processes/transfer.scenarios.yaml", "000000"
        )
        failure = play(scenario, MemoryDesk(book, scenario.at), Cast(book), book.calendar(None)).failure
        found[reasons] = failure.found if failure else ""
    assert next(iter(found.values())) == ""
    assert "还有一条理由" in found["MOE2016-3.5-a"]
    assert "被拒绝，但理由是" in found["MOE2016-3.5-a, MOE2013-6-a, MOE2016-9"]


@pytest.mark.parametrize(
    ("number", "unit", "day"),
    [
        (1, "working_day", (2026, 1, 30)),
        (2, "working_day", (2026, 2, 2)),
        (1, "month", (2026, 2, 28)),
        (13, "month", (2027, 2, 28)),
        (2, "week", (2026, 2, 12)),
        (36, "hour", (2026, 1, 30)),
    ],
)
def test_time_is_counted_as_people_do(
    book: Rulebook, number: int, unit: str, day: tuple[int, int, int]
) -> None:
    now = datetime(2026, 1, 29, 9, 30, tzinfo=ZONE)
    assert later(now, number, unit, book.calendar(None)).timetuple()[:3] == day


def test_a_months_end_is_kept_within_the_month(book: Rulebook) -> None:
    now = datetime(2026, 1, 31, 9, 30, tzinfo=ZONE)
    assert later(now, 1, "month", book.calendar(None)) == datetime(2026, 2, 28, 9, 30, tzinfo=ZONE)
