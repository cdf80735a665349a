"""Comparing, adding and testing the values of the language: text, numbers, booleans, null, lists and times.

ISO text beside a day or an instant counts as one. Nothing is guessed beyond that: kinds that do not fit are
a Failure. It must not know syntax, names or calendars; a legal limit is added through the scope's functions.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

from service.clock import midnight
from service.engine import iso
from service.engine.failures import Failure
from service.engine.iso import Duration
from service.policy.calendar import Limit
from service.policy.values import is_number, kind_zh

LARGEST = 10**15
LONGEST_TEXT = 10_000

_NUMBERS = frozenset({int, float})

_UNIT_DAYS = {"day": 1, "week": 7}
_UNIT_MONTHS = {"month": 1, "year": 12}


def describe(value: object) -> str:
    """What sort of value this is, for a sentence."""
    if isinstance(value, datetime):
        return "时刻"
    if isinstance(value, time):
        return "钟点"
    return "期限" if isinstance(value, Limit | Duration) else kind_zh(value)


def equal(left: Any, right: Any) -> bool:
    """Equality; values of kinds that do not fit are unequal, and true is not 1."""
    kind, other = type(left), type(right)
    if kind is other:
        return bool(left == right)
    if left is None or right is None or kind is bool or other is bool:
        return False
    if is_number(left) and is_number(right):
        return left == right
    try:
        left, right = aligned(left, right)
    except ValueError:
        return False
    return type(left) is type(right) and bool(left == right)


def order(left: Any, right: Any) -> int:
    """-1, 0 or 1. Raises Failure for values that have no order between them."""
    if type(left) not in _NUMBERS or type(right) not in _NUMBERS:
        left, right = _comparable(left, right)
    return int(left > right) - int(left < right)


def _comparable(left: Any, right: Any) -> tuple[Any, Any]:
    try:
        left, right = aligned(left, right)
    except ValueError as error:
        raise Failure(str(error), "请检查这个值从哪里来") from error
    if type(left) is not type(right) or not isinstance(left, str | date | time | tuple):
        raise Failure(f"{describe(left)}和{describe(right)}不能比大小", _cure(left, right))
    if isinstance(left, tuple) and left[0] != right[0]:
        raise Failure(f"{left[2]}和{right[2]}单位不同，不能比大小", "请改用同一种单位")
    return left, right


def aligned(left: Any, right: Any) -> tuple[Any, Any]:
    """Two values brought to one kind where the language says so. Raises ValueError for text that is none."""
    left, right = _as_time(left, right), _as_time(right, left)
    if isinstance(left, date) and isinstance(right, date):
        # type() is asked again because a deadline is a datetime of its own class
        if isinstance(left, datetime) or isinstance(right, datetime):
            return instant(left), instant(right)
        return left, right
    if isinstance(left, Limit | Duration) and isinstance(right, Limit | Duration):
        return _span(left), _span(right)
    return left, right


def instant(value: date) -> datetime:
    """A day's 00:00; an instant as a plain datetime."""
    if not isinstance(value, datetime):
        return midnight(value)
    return value if type(value) is datetime else datetime.combine(value.date(), value.timetz())


def as_day(value: Any) -> Any:
    """ISO text as the day or instant it names; anything else as it is. Raises ValueError."""
    if isinstance(value, str) and iso.looks_like_date(value):
        return iso.parse_date(value) if len(value) == len("2026-09-03") else iso.parse_instant(value)
    return value


def _as_time(value: Any, beside: Any) -> Any:
    if not isinstance(value, str):
        return value
    if isinstance(beside, date):
        return iso.parse_date(value) if len(value) == len("2026-09-03") else iso.parse_instant(value)
    if isinstance(beside, time):
        return iso.parse_time(value)
    return iso.parse_duration(value, signed=True) if isinstance(beside, Duration) else value


def _span(value: Limit | Duration) -> tuple[str, float, str]:
    """Kind of unit, amount, wording: days and months cannot be measured against each other."""
    if isinstance(value, Duration):
        if value.months and value.time:
            raise ValueError(f"时长 {value} 既有月又有日，不能比较")
        if value.months:
            return "months", value.months, f"时长 {value}"
        return "days", value.time / timedelta(days=1), f"时长 {value}"
    if value.unit in _UNIT_MONTHS:
        return "months", value.n * _UNIT_MONTHS[value.unit], f"期限{value}"
    if value.unit in _UNIT_DAYS:
        return "days", value.n * _UNIT_DAYS[value.unit], f"期限{value}"
    return "working days", value.n, f"期限{value}"


def _cure(left: Any, right: Any) -> str:
    if left is None or right is None:
        return "请先判断是否为空，例如 x != null and …"
    if isinstance(left, Limit | Duration) or isinstance(right, Limit | Duration):
        return "期限只能与期限比，例如 days(90)"
    return "请确认两边是同一类值；文字要加引号，数字和日期不要"


def contained(item: Any, container: Any) -> bool:
    """Membership of a list, or text within text."""
    if isinstance(container, list | tuple):
        return any(equal(item, each) for each in container)
    if isinstance(container, str) and isinstance(item, str):
        return item in container
    raise Failure(f"不能判断{describe(item)}是否在{describe(container)}里", "in 的右边应是列表或文字")


def is_empty(value: Any) -> bool:
    """JUEL's ``empty``: null, empty text, empty list."""
    return value is None or value in ("", [], ())


def truth(value: Any) -> bool:
    """A condition's value: true or false; null counts as false, everything else is no condition."""
    if value is True:
        return True
    if value is False or value is None:
        return False
    raise Failure(f"{describe(value)}不是“是/否”", "请写成比较，例如 x == 'approve' 或 !empty x")


def add(left: Any, right: Any, function: Callable[[str], Callable[..., Any]]) -> Any:
    """Numbers, text, or a time and a limit or duration (in either order)."""
    if is_number(left) and is_number(right):
        return bounded(left + right)
    if isinstance(left, str) and isinstance(right, str):
        if len(left) + len(right) > LONGEST_TEXT:
            raise Failure(f"拼成的文字超过 {LONGEST_TEXT} 个字")
        return left + right
    if isinstance(left, Limit | Duration) and not isinstance(right, Limit | Duration):
        left, right = right, left
    return _shifted(left, right, 1, function)


def subtract(left: Any, right: Any, function: Callable[[str], Callable[..., Any]]) -> Any:
    """Numbers, a time and a limit or duration, or two times (giving the duration between them)."""
    if is_number(left) and is_number(right):
        return bounded(left - right)
    if isinstance(right, Limit | Duration):
        return _shifted(left, right, -1, function)
    start, end = _days(right), _days(left)
    if isinstance(start, date) and isinstance(end, date):
        start, end = aligned(start, end)
        return Duration(0, end - start)
    raise Failure(f"{describe(left)}不能减{describe(right)}", _hint(left, right))


def _shifted(base: Any, span: Any, sign: int, function: Callable[[str], Callable[..., Any]]) -> Any:
    moment = _days(base)
    if not isinstance(moment, date) or not isinstance(span, Limit | Duration):
        word = "加" if sign > 0 else "减"
        raise Failure(f"{describe(base)}不能{word}{describe(span)}", _hint(base, span))
    if not isinstance(span, Duration):
        return function("deadline" if sign > 0 else "before")(moment, span)
    duration = span if sign > 0 else -span
    try:
        shifted = duration.add_to(instant(moment))
    except ValueError as error:
        raise Failure(str(error), "请检查这个值从哪里来") from error
    return shifted if isinstance(moment, datetime) or not duration.whole_days else shifted.date()


def _days(value: Any) -> Any:
    try:
        return as_day(value)
    except ValueError as error:
        raise Failure(str(error), "请检查这个值从哪里来") from error


def _hint(left: Any, right: Any) -> str:
    if left is None or right is None:
        return "请先判断是否为空"
    if isinstance(left, date) or isinstance(right, date):
        return "日期要加减期限，例如 term_start() + days(3)"
    if isinstance(left, Limit | Duration) and isinstance(right, Limit | Duration):
        return "请从一个日期起依次相加，例如 term_start() + months(1) + days(5)"
    return "拼接文字请写成 ${甲}${乙}；期限写作 days(3)"


def multiply(left: Any, right: Any) -> Any:
    """The product of two numbers; text and lists do not multiply."""
    _need_numbers(left, right, "乘")
    return bounded(left * right)


def divide(left: Any, right: Any) -> Any:
    """The quotient of two numbers, whole where it comes out even."""
    _need_numbers(left, right, "除以")
    if right == 0:
        raise Failure("除数是零", "请先判断除数不为零")
    if isinstance(left, int) and isinstance(right, int) and left % right == 0:
        return left // right
    return bounded(left / right)


def negate(value: Any) -> Any:
    if not is_number(value):
        raise Failure(f"{describe(value)}不能取负", "负号后面应是数字")
    return -value


def bounded(value: Any) -> Any:
    """A number within the language's range."""
    if not -LARGEST <= value <= LARGEST:
        raise Failure("计算结果太大", "请检查公式和变量的值")
    return value


def _need_numbers(left: Any, right: Any, word: str) -> None:
    if not (is_number(left) and is_number(right)):
        raise Failure(f"{describe(left)}不能{word}{describe(right)}", "乘除只用于数字")
