"""Facts about the student's periods of suspension (休学): how long, how often in a row, and why."""

from __future__ import annotations

from datetime import date, timedelta

from service.policy.values import Value
from service.registry.facts.base import Question, fact
from service.registry.model import Suspension

_ILLNESS = "illness"


@fact("string", "休学事由", "正在进行的休学因何事由，取休学申请表的选项，如 illness 伤病；不在休学时为空。")
def suspension_ground(q: Question) -> Value:
    running = [period for period in q.snapshot.suspensions if period.ended is None]
    return running[-1].ground if running else None


@fact(
    "number",
    "累计休学天数",
    "义务教育（小学、初中合计）或高中的全部休学天数，首尾两日都算；正在进行的一次算到期满日，期满日未定的算到当日；"
    "过了期满日才结束的只算到期满日（其后按旷课等处理，assumed）。",
)
def suspended_days(q: Question) -> Value:
    return sum(_days(period, q.today) for period in _of_this_level(q)) if q.enrolment else None


@fact("number", "其中因伤病休学天数", "累计休学天数中事由为 illness（伤病）的部分。")
def suspended_days_illness(q: Question) -> Value:
    periods = [period for period in _of_this_level(q) if period.ground == _ILLNESS]
    return sum(_days(period, q.today) for period in periods) if q.enrolment else None


@fact("number", "连续休学次数", "首尾相接的休学有几次，从最近的一次往前数；正在进行的也算，没有休学过为 0。")
def consecutive_suspensions(q: Question) -> Value:
    if q.enrolment is None:
        return None
    count, next_one = 0, None
    for period in reversed(q.snapshot.suspensions):
        if next_one is not None and _last_day(period, q.today) + timedelta(days=1) < next_one.since:
            break
        count, next_one = count + 1, period
    return count


def _of_this_level(q: Question) -> list[Suspension]:
    """Compulsory education counts as one, senior school as another."""
    if q.enrolment is None:
        return []
    level = q.law.is_compulsory(q.enrolment.stage)
    return [period for period in q.snapshot.suspensions if q.law.is_compulsory(period.stage) == level]


def _last_day(period: Suspension, today: date) -> date:
    days = [day for day in (period.ended, period.until) if day is not None]
    return min(days, default=today)


def _days(period: Suspension, today: date) -> int:
    return max((_last_day(period, today) - period.since).days + 1, 0)


FACTS = (suspension_ground, suspended_days, suspended_days_illness, consecutive_suspensions)
