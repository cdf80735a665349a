"""Windows in which something may be started: every year between two days, or around the terms.

A window is open on whole days, from 00:00 of its first to 24:00 of its last. Its file says either when it
is ``open`` or when it is ``closed``; several spans add up. It must not know which procedure asks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Literal, cast

from service.errors import BadDefinition
from service.policy.limits import Limit, Unit, first_day, last_day
from service.policy.reader import Reader
from service.policy.terms import Term, Terms
from service.policy.workdays import WorkingDays

Anchor = Literal["term_start", "term_end", "holiday_start"]
Days = tuple[date, date]

_MONTH_DAY = re.compile(r"(\d{2})-(\d{2})", re.ASCII)
_EDGE = re.compile(
    r"(term_start|term_end|holiday_start)(?: ([+-]) (\d{1,4}) (working_day|day|week|month|year)s?)?", re.ASCII
)
# A year with no 29 February: a yearly edge must exist every year.
_COMMON_YEAR = 2001


@dataclass(frozen=True, kw_only=True)
class Yearly:
    """From one day of the year to another, both included; it may run over New Year."""

    first: tuple[int, int]
    last: tuple[int, int]

    def has(self, day: date) -> bool:
        """Whether a day lies in the span."""
        at = (day.month, day.day)
        if self.first <= self.last:
            return self.first <= at <= self.last
        return at >= self.first or at <= self.last


@dataclass(frozen=True, kw_only=True)
class Edge:
    """A day told from a term: its start or end, or the first day of the holidays after it, and a limit."""

    anchor: Anchor
    sign: int
    limit: Limit

    def day(self, term: Term, calendar: WorkingDays) -> date:
        """The day in one term; the anchor's own day is not counted."""
        bases = {"term_start": term.start, "term_end": term.end}
        base = bases.get(self.anchor, term.end + timedelta(days=1))
        return (last_day if self.sign > 0 else first_day)(base, self.limit, calendar)


@dataclass(frozen=True, kw_only=True)
class AroundTerm:
    """From one edge to another of the same term, both days included."""

    first: Edge
    last: Edge

    def days(self, terms: Terms, calendar: WorkingDays) -> Iterator[Days]:
        """The span in each known term."""
        return ((self.first.day(term, calendar), self.last.day(term, calendar)) for term in terms.all)


@dataclass(frozen=True, kw_only=True)
class Window:
    """A named window with the clauses it rests on; ``assumed`` says what no text says."""

    name: str
    label: str
    clauses: tuple[str, ...]
    assumed: str
    open_inside: bool
    yearly: tuple[Yearly, ...]
    around: tuple[AroundTerm, ...]
    file: str

    def days(self, terms: Terms, calendar: WorkingDays) -> tuple[Days, ...]:
        """Its term-relative spans worked out for every known term."""
        return tuple(days for span in self.around for days in span.days(terms, calendar))


def load_windows(path: Path, file: str) -> Mapping[str, Window]:
    """The windows a windows.yaml names."""
    reader = Reader.of_file(path, file)
    windows = {name: _window(name, entry) for name, entry in reader.named_tables("windows")}
    reader.done()
    return windows


def _window(name: str, reader: Reader) -> Window:
    if reader.has("open") == reader.has("closed"):
        raise reader.bad(f"窗口“{name}”须写 open 或 closed 之一", cure="open 列出开放期，closed 列出关闭期")
    spans = [_span(entry) for entry in reader.tables("open" if reader.has("open") else "closed")]
    window = Window(
        name=name,
        label=reader.text("label"),
        clauses=reader.texts("clauses"),
        assumed=reader.text("assumed", ""),
        open_inside=reader.has("open"),
        yearly=tuple(span for span in spans if isinstance(span, Yearly)),
        around=tuple(span for span in spans if isinstance(span, AroundTerm)),
        file=reader.file,
    )
    reader.done()
    if not spans or not window.clauses:
        raise reader.bad(f"窗口“{name}”没有期间或没有条款", cure="至少写一段期间和一个条款编号")
    return window


def _span(reader: Reader) -> Yearly | AroundTerm:
    first, last = _edge(reader, "from"), _edge(reader, "to")
    reader.done()
    if isinstance(first, Edge) and isinstance(last, Edge):
        return AroundTerm(first=first, last=last)
    if isinstance(first, tuple) and isinstance(last, tuple):
        return Yearly(first=first, last=last)
    raise reader.bad("from 和 to 须同为月日，或同以学期为准", "to", "两端用同一种写法")


def _edge(reader: Reader, key: str) -> Edge | tuple[int, int]:
    text = reader.text(key)
    if match := _EDGE.fullmatch(text):
        anchor, sign, n, unit = match.groups()
        limit = Limit(cast(Unit, unit or "day"), int(n or 0))
        return Edge(anchor=cast(Anchor, anchor), sign=-1 if sign == "-" else 1, limit=limit)
    if match := _MONTH_DAY.fullmatch(text):
        return _month_day(reader, key, int(match.group(1)), int(match.group(2)))
    cure = "写成 07-15，或 term_start + 10 working_days、holiday_start - 1 week 的样子"
    raise reader.bad(f"看不懂“{text}”", key, cure)


def _month_day(reader: Reader, key: str, month: int, day: int) -> tuple[int, int]:
    try:
        date(_COMMON_YEAR, month, day)
    except ValueError as error:
        cure = "写每年都有的日子，二月末写 02-28 或 03-01"
        raise reader.bad(f"不是每年都有 {month} 月 {day} 日", key, cure) from error
    return month, day


def unknown_window(name: str, known: list[str]) -> BadDefinition:
    """Nobody on the chain names the window."""
    cure = f"核对名称，或补上它；已有：{'、'.join(known) or '（无）'}"
    return BadDefinition(f"没有名为“{name}”的窗口", file="windows.yaml", cure=cure)
