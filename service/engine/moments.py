"""The functions of the expression language: limits of law, terms, windows, ages, and small helpers.

They are bound to one instant and one region's calendar, so that an expression itself knows neither. How a
limit is counted is the calendar's business; nothing here knows diagrams, cases or tables.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Protocol

from service.clock import ZONE, day_of, local
from service.engine import iso
from service.engine.arithmetic import as_day, contained, describe, order
from service.engine.failures import Failure
from service.engine.iso import Duration
from service.policy.calendar import Limit, Unit
from service.policy.values import is_number

_UNITS: dict[str, Unit] = {
    "working_days": "working_day",
    "days": "day",
    "weeks": "week",
    "months": "month",
    "years": "year",
}
_LARGEST_LIMIT = 100_000
_MOST_DIGITS = 10


class Days(Protocol):
    """What the functions ask of a region's calendar."""

    def is_working_day(self, day: date) -> bool: ...
    def deadline(self, base: datetime | date, limit: Limit, roll: bool = False) -> datetime: ...
    def before(self, base: datetime | date, limit: Limit) -> datetime: ...
    def term_start(self, day: date) -> date: ...
    def term_end(self, day: date) -> date: ...
    def term_number(self, day: date) -> int: ...
    def school_year(self, day: date) -> int: ...
    def in_school_holiday(self, day: date) -> bool: ...
    def window_open(self, name: str, at: datetime) -> bool: ...


@dataclass(frozen=True, slots=True)
class RollingLimit(Limit):
    """A limit whose last day, if it is a day off, moves to the next working day."""


class Deadline(datetime):
    """The end of a limit: 24:00 of its last day, told as 00:00 of the next.

    It is marked as such because a further limit counts from that last day, not from the next.
    """


@dataclass(frozen=True, slots=True)
class Signature:
    """How a function is called: fewest and most arguments, how it is written, whether it takes ``roll=``."""

    least: int
    most: int
    usage: str
    roll: bool = False


SIGNATURES: Mapping[str, Signature] = {
    "working_days": Signature(1, 1, "working_days(10)：十个工作日", roll=True),
    "days": Signature(1, 1, "days(90)：九十日", roll=True),
    "weeks": Signature(1, 1, "weeks(2)：两周", roll=True),
    "months": Signature(1, 1, "months(1)：一个月", roll=True),
    "years": Signature(1, 1, "years(1)：一年", roll=True),
    "deadline": Signature(2, 2, "deadline(term_start(), months(1))：期限届满的时刻", roll=True),
    "before": Signature(2, 2, "before(term_end(), working_days(10))：倒数到的那一天", roll=False),
    "now": Signature(0, 0, "now()：此刻"),
    "today": Signature(0, 0, "today()：今天"),
    "term_start": Signature(0, 1, "term_start() 或 term_start(日期)：本学期（假期中为下学期）第一天"),
    "term_end": Signature(0, 1, "term_end() 或 term_end(日期)：本学期（假期中为下学期）最后一天"),
    "term_number": Signature(0, 1, "term_number()：第几学期"),
    "school_year": Signature(0, 1, "school_year()：学年开始的年份"),
    "in_school_holiday": Signature(0, 1, "in_school_holiday()：是否在寒暑假中"),
    "working_day": Signature(0, 1, "working_day(日期)：是否工作日"),
    "window": Signature(1, 2, "window('transfer')：办理窗口是否开放"),
    "date": Signature(1, 3, "date('2026-09-01') 或 date(2026, 9, 1)：日期"),
    "date_and_time": Signature(1, 1, "date_and_time('2026-09-01T09:00:00')：时刻"),
    "time": Signature(1, 1, "time('09:00') 或 time(now())：钟点"),
    "duration": Signature(1, 1, "duration('P10D')：ISO 8601 时长"),
    "age": Signature(1, 2, "age(birth_date) 或 age(birth_date, 日期)：周岁"),
    "year": Signature(0, 1, "year(日期)：年"),
    "month": Signature(0, 1, "month(日期)：月"),
    "day": Signature(0, 1, "day(日期)：日"),
    "days_between": Signature(2, 2, "days_between(甲, 乙)：从甲到乙的天数"),
    "min": Signature(1, 20, "min(甲, 乙)：最小的"),
    "max": Signature(1, 20, "max(甲, 乙)：最大的"),
    "len": Signature(1, 1, "len(列表)：个数；len(文字)：字数"),
    "contains": Signature(2, 2, "contains(materials, 'household_register')：是否含有"),
    "starts_with": Signature(2, 2, "starts_with(文字, '开头')：是否以之开头"),
    "abs": Signature(1, 1, "abs(数)：绝对值"),
    "round": Signature(1, 2, "round(数) 或 round(数, 小数位)：四舍五入"),
}


def functions(now: datetime, calendar: Days) -> Mapping[str, Callable[..., Any]]:
    """All functions, bound to an instant and a calendar."""
    present = local(now)
    return {**GENERAL, **_clock(present), **_limits(calendar), **_school(present, calendar)}


def due(calendar: Days, base: date, limit: Limit) -> datetime:
    """When a limit that begins with the base ends; obeys ``roll=True`` and counts on from a deadline."""
    end = calendar.deadline(_base(base), limit, isinstance(limit, RollingLimit))
    return Deadline.combine(end.date(), end.timetz())


def _base(base: date) -> date:
    return day_of(base) - timedelta(days=1) if isinstance(base, Deadline) else base


def _clock(now: datetime) -> dict[str, Callable[..., Any]]:
    today = now.date()
    return {
        "now": lambda: now,
        "today": lambda: today,
        "age": lambda birth, on=today: _age(_day(birth, "出生日期"), _day(on)),
        "year": lambda on=today: _day(on).year,
        "month": lambda on=today: _day(on).month,
        "day": lambda on=today: _day(on).day,
    }


def _limits(calendar: Days) -> dict[str, Callable[..., Any]]:
    def deadline(base: Any, limit: Any, roll: bool = False) -> datetime:
        needed = _limit(limit)
        return due(calendar, _moment(base), RollingLimit(needed.unit, needed.n) if roll else needed)

    def before(base: Any, limit: Any) -> datetime:
        if isinstance(limit, RollingLimit):
            raise Failure("倒数的期限不能用 roll", "请去掉 roll=true")
        return calendar.before(_base(_moment(base)), _limit(limit))

    return {"deadline": deadline, "before": before, **{name: _counter(name) for name in _UNITS}}


def _school(now: datetime, calendar: Days) -> dict[str, Callable[..., Any]]:
    today = now.date()

    def window(name: Any, at: Any = now) -> bool:
        if not isinstance(name, str):
            raise Failure("窗口的名字应是文字", "写法：window('transfer')")
        moment = _moment(at)
        return calendar.window_open(name, moment if isinstance(moment, datetime) else _midnight(moment))

    return {
        "term_start": lambda on=today: calendar.term_start(_day(on)),
        "term_end": lambda on=today: calendar.term_end(_day(on)),
        "term_number": lambda on=today: calendar.term_number(_day(on)),
        "school_year": lambda on=today: calendar.school_year(_day(on)),
        "in_school_holiday": lambda on=today: calendar.in_school_holiday(_day(on)),
        "working_day": lambda on=today: calendar.is_working_day(_day(on)),
        "window": window,
    }


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), ZONE)


def _counter(name: str) -> Callable[..., Limit]:
    unit = _UNITS[name]

    def limit(n: Any, roll: bool = False) -> Limit:
        if not is_number(n) or n != int(n) or not 0 <= n <= _LARGEST_LIMIT:
            raise Failure(f"期限的数目不对（{describe(n)}）", f"请写零或正整数，例如 {name}(10)")
        return RollingLimit(unit, int(n)) if roll else Limit(unit, int(n))

    return limit


def _limit(value: Any) -> Limit:
    if not isinstance(value, Limit):
        raise Failure(f"{describe(value)}不是期限", "期限写作 working_days(10)、days(90)、months(1)")
    return value


def _moment(value: Any, what: str = "这个值") -> date:
    """A day or an instant in the product's zone."""
    try:
        known = as_day(value)
    except ValueError as error:
        raise Failure(str(error), "请检查这个值从哪里来") from error
    if not isinstance(known, date):
        raise Failure(f"{what}不是日期，而是{describe(value)}", "日期写作 date('2026-09-01')")
    return local(known) if isinstance(known, datetime) and not isinstance(known, Deadline) else known


def _day(value: Any, what: str = "这个值") -> date:
    return day_of(_moment(value, what))


def _age(birth: date, on: date) -> int:
    """Whole years; who was born on 29 February grows older on 1 March of a common year."""
    return on.year - birth.year - ((on.month, on.day) < (birth.month, birth.day))


def _parsed(parse: Callable[[str], Any], text: Any) -> Any:
    if not isinstance(text, str):
        raise Failure(f"{describe(text)}不是文字", "请把值写在引号里")
    try:
        return parse(text)
    except ValueError as error:
        raise Failure(str(error), "请检查这个值从哪里来") from error


def _date(*parts: Any) -> date:
    if len(parts) == 1:
        return _day(parts[0])
    if len(parts) != 3 or not all(type(part) is int for part in parts):
        raise Failure("date() 的参数不对", "写法：date('2026-09-01') 或 date(2026, 9, 1)")
    return _parsed(iso.parse_date, "{:04d}-{:02d}-{:02d}".format(*parts))  # type: ignore[no-any-return]


def _time(value: Any) -> time:
    if isinstance(value, datetime):
        return local(value).time()
    return _parsed(iso.parse_time, value)  # type: ignore[no-any-return]


def _duration(text: Any) -> Duration:
    return _parsed(lambda given: iso.parse_duration(given, signed=True), text)  # type: ignore[no-any-return]


def _extreme(sign: int) -> Callable[..., Any]:
    def pick(*values: Any) -> Any:
        given = values[0] if len(values) == 1 and isinstance(values[0], list) else values
        if not given:
            raise Failure("列表是空的，没有最大或最小的", "请先判断 !empty")
        best = given[0]
        for value in given:
            best = value if order(value, best) == sign else best
        return best

    return pick


def _length(value: Any) -> int:
    if not isinstance(value, str | list):
        raise Failure(f"{describe(value)}没有长度", "len() 只用于列表和文字")
    return len(value)


def _starts_with(text: Any, start: Any) -> bool:
    if not isinstance(text, str) or not isinstance(start, str):
        raise Failure("starts_with() 只用于文字", "请确认两个参数都是文字")
    return text.startswith(start)


def _number(value: Any) -> int | float:
    if not is_number(value):
        raise Failure(f"{describe(value)}不是数字", "请确认参数是数字")
    return value


def _round(value: Any, digits: Any = 0) -> int | float:
    if type(digits) is not int or not 0 <= digits <= _MOST_DIGITS:
        raise Failure("小数位数不对", f"请写 0 到 {_MOST_DIGITS} 的整数")
    rounded = Decimal(str(_number(value))).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
    return float(rounded) if digits else int(rounded)


GENERAL: Mapping[str, Callable[..., Any]] = {
    "date": _date,
    "date_and_time": lambda text: _parsed(iso.parse_instant, text),
    "time": _time,
    "duration": _duration,
    "days_between": lambda start, end: (_day(end) - _day(start)).days,
    "min": _extreme(-1),
    "max": _extreme(1),
    "len": _length,
    "contains": lambda container, item: contained(item, container),
    "starts_with": _starts_with,
    "abs": lambda value: abs(_number(value)),
    "round": _round,
}
