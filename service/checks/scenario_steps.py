"""Reading one step of a scenario: a verb from a closed list and what belongs to it.

Knows no file as a whole, no case and no engine.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from service.checks.scenario import Broadcast, Complete, Expect, Send, Start, Step, Wait
from service.clock import ZONE, midnight
from service.policy.reader import Reader
from service.policy.values import Value, is_value, kind_zh

_WAIT = re.compile(r"(\d{1,5}) (minute|hour|day|week|month|working day)s?", re.ASCII)
_UNTIL = "until "
_INSTANT = "%Y-%m-%d %H:%M"
_LISTS = ("tasks", "overdue", "bulletin", "flags")
_TEXTS = ("status", "case_lock", "school", "outcome", "place", "told")
_DAYS = ("suspended_since", "suspended_until")


class Shared(Protocol):
    """What scenarios of a file share; ``read_step`` needs it for a second start."""

    @property
    def procedure(self) -> str: ...
    @property
    def start(self) -> StartParts: ...


@dataclass(frozen=True, kw_only=True)
class StartParts:
    """A start as far as one place tells it; the common parts and the scenario's own make a whole."""

    by: str = ""
    student: str = ""
    form: Mapping[str, Value] = field(default_factory=dict)
    message: str = ""

    @classmethod
    def read(cls, row: Reader) -> StartParts:
        parts = cls(
            by=row.text("by", ""),
            student=row.text("student", ""),
            form=values(row, "form"),
            message=row.text("message", ""),
        )
        row.done()
        return parts

    def merged(self, own: StartParts) -> StartParts:
        """These parts, as far as ``own`` does not say otherwise; an empty value takes a common one away."""
        form = {key: value for key, value in {**self.form, **own.form}.items() if value is not None}
        return StartParts(
            by=own.by or self.by,
            student=own.student or self.student,
            form=form,
            message=own.message or self.message,
        )

    def start(self, row: Reader, procedure: str) -> Start:
        """The whole start. Raises BadDefinition at ``row`` when something is missing."""
        for name, told in (("by", self.by), ("student", self.student)):
            if not told:
                raise row.bad(
                    f"没有说明 start 的“{name}”", "start", "在场景或 common 的 start 中写上 by 和 student"
                )
        return Start(
            line=row.line,
            by=self.by,
            student=self.student,
            form=self.form,
            procedure=procedure,
            message=self.message,
        )


def read_step(row: Reader, shared: Shared) -> Step:
    """One step. Raises BadDefinition naming file and line."""
    verbs = [verb for verb in _VERBS if row.has(verb)]
    if len(verbs) != 1:
        told = f"有 {len(verbs)} 个动词：{'、'.join(verbs)}" if verbs else "没有动词"
        raise row.bad(
            f"一个步骤只做一件事，这里{told}", cure=f"用且只用一个：{'、'.join((*_VERBS, 'passage'))}"
        )
    step = _VERBS[verbs[0]](row, shared)
    row.done()
    return step


def words(row: Reader, key: str) -> tuple[str, ...]:
    """One text or a list of texts."""
    if not row.has(key):
        return ()
    return row.texts(key) if isinstance(row.plain(key), list) else (row.text(key),)


def values(row: Reader, key: str) -> dict[str, Value]:
    """Answers of a form or variables: texts, numbers, true/false, days, lists of texts."""
    if not row.has(key):
        return {}
    table = row.table(key)
    return {name: _value(table, name) for name in table.data}


def instant(row: Reader, key: str) -> datetime:
    """A moment: ``2026-09-03 09:00``, or a day, which means its 00:00."""
    told = row.plain(key)
    if isinstance(told, date):
        return midnight(told)
    return _moment(row, key, told if isinstance(told, str) else "")


def _moment(row: Reader, key: str, text: str) -> datetime:
    try:
        return datetime.strptime(text, _INSTANT).replace(tzinfo=ZONE)
    except ValueError as error:
        raise row.bad(f"“{key}”不是时刻", key, "写成 2026-09-03 09:00 的样子") from error


def _value(table: Reader, name: str) -> Value:
    table.has(name)
    told = table.data[name]
    if isinstance(told, date):
        return told.isoformat()
    if isinstance(told, list):
        return list(table.texts(name))
    if is_value(told):
        return told
    raise table.bad(f"“{name}”不能是{kind_zh(told)}", name, "写文字、数字、是否、日期或文字的列表")


def _start(row: Reader, shared: Shared) -> Step:
    parts = shared.start.merged(StartParts.read(row.table("start")))
    start = parts.start(row, row.text("procedure", shared.procedure))
    return Start(**{**vars(start), "refused": words(row, "refused")})


def _complete(row: Reader, _: Shared) -> Step:
    return Complete(
        line=row.line,
        task=row.text("task"),
        by=row.text("by"),
        form=values(row, "do"),
        refused=words(row, "refused"),
    )


def _send(row: Reader, _: Shared) -> Step:
    told = row.table("message")
    sent = Send(
        line=row.line,
        message=told.text("name"),
        by=told.text("by"),
        variables=values(told, "with"),
        refused=words(row, "refused"),
    )
    told.done()
    return sent


def _signal(row: Reader, _: Shared) -> Step:
    told = row.table("signal")
    sent = Broadcast(
        line=row.line, signal=told.text("name"), variables=values(told, "with"), refused=words(row, "refused")
    )
    told.done()
    return sent


def _wait(row: Reader, _: Shared) -> Step:
    told = row.text("wait")
    if told.startswith(_UNTIL):
        text = told.removeprefix(_UNTIL).strip()
        return Wait(line=row.line, until=_moment(row, "wait", text if " " in text else f"{text} 00:00"))
    found = _WAIT.fullmatch(told)
    if found is None:
        cure = "写成 11 working days、90 days、1 month，或 until 2026-12-03 00:00"
        raise row.bad(f"看不懂要等多久：“{told}”", "wait", cure)
    return Wait(line=row.line, number=int(found.group(1)), unit=found.group(2).replace(" ", "_"))


def _expect(row: Reader, _: Shared) -> Step:
    table = row.table("expect")
    wanted: dict[str, Value | Mapping[str, datetime]] = {}
    wanted.update({name: sorted(table.texts(name)) for name in _LISTS if name in table.data})
    wanted.update({name: table.text(name) for name in _TEXTS if table.has(name)})
    days = {name: table.day_or_none(name) for name in _DAYS if name in table.data}
    wanted.update({name: f"{day:%Y-%m-%d}" if day else None for name, day in days.items()})
    if table.has("grade"):
        wanted["grade"] = table.integer("grade")
    if table.has("due"):
        due = table.table("due")
        wanted["due"] = {path: instant(due, path) for path in due.data}
    for name in (*_LISTS, *_TEXTS, *_DAYS):
        table.has(name)  # known keys, so that a wrong one is answered with all of them
    table.done()
    return Expect(line=row.line, wanted=wanted)


_VERBS: Mapping[str, Callable[[Reader, Shared], Step]] = {
    "task": _complete,
    "message": _send,
    "signal": _signal,
    "wait": _wait,
    "expect": _expect,
    "start": _start,
}
