"""Statuses of a student (学籍状态) and the changes allowed between them.

``statuses.yaml`` is the closed list with its Chinese names; ``transitions.yaml``, which a region may replace,
says which change is allowed on which occasion. Pure; knows nobody who asks for a change.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from service.policy import strict_yaml
from service.policy.reader import Reader
from service.registry.errors import ActionRefused
from service.registry.model import Enrolment

SAME = "same"
_SIDE_FIELDS = ("number_class", "problem_flag", "sanction", "lock", "flags")


@dataclass(frozen=True, kw_only=True)
class Status:
    """One value of the field ``status``; nothing leads out of a terminal one."""

    name: str
    label: str
    terminal: bool = False
    in_class: bool = False  # a pupil of this status takes a place in his class
    clauses: tuple[str, ...] = ()


@dataclass(frozen=True)
class Statuses:
    """The closed lists: statuses, and the values of the side fields with their Chinese names."""

    statuses: Mapping[str, Status]
    side: Mapping[str, Mapping[str, str]]

    @classmethod
    def load(cls, content: bytes, file: str) -> Statuses:
        """Read ``statuses.yaml``."""
        top = Reader(strict_yaml.load(content, file), file, 1, "文件")
        statuses: dict[str, Status] = {}
        for row in top.tables("statuses"):
            status = _status(row)
            if status.name in statuses:
                raise row.bad(f"状态“{status.name}”已经有了", "status", "删去一处")
            statuses[status.name] = status
        side = {field: top.names(field) for field in _SIDE_FIELDS}
        top.done()
        return cls(statuses, side)

    def label(self, status: str) -> str:
        """The Chinese name of a status."""
        found = self.statuses.get(status)
        return found.label if found else status

    def places_taken(self, was: str, becomes: str) -> int:
        """How many more pupils (-1, 0 or 1) sit in the class after a change of status."""
        return int(self.statuses[becomes].in_class) - int(self.statuses[was].in_class)


@dataclass(frozen=True, kw_only=True)
class Transition:
    """One row of ``transitions.yaml``. Forbidden ones say why and may leave ``to`` and ``by`` open."""

    sources: tuple[str, ...]
    to: str
    trigger: str
    stages: tuple[str, ...] = ()
    clauses: tuple[str, ...] = ()
    message: str = ""
    flags: frozenset[str] = frozenset()

    def meets(self, enrolment: Enrolment, to: str, trigger: str) -> bool:
        """Whether the row speaks about this change."""
        goal = SAME if to == enrolment.status else to
        return (
            self.trigger in ("", trigger)
            and enrolment.status in self.sources
            and self.to in ("", goal)
            and (not self.stages or enrolment.stage in self.stages)
            and (not self.flags or bool(self.flags & enrolment.flags))
        )


@dataclass(frozen=True)
class Transitions:
    """The changes one region's rules know."""

    allowed: tuple[Transition, ...]
    forbidden: tuple[Transition, ...]
    statuses: Statuses

    @classmethod
    def load(cls, content: bytes, file: str, statuses: Statuses) -> Transitions:
        """Read ``transitions.yaml``; every status in it must be listed."""
        top = Reader(strict_yaml.load(content, file), file, 1, "文件")
        allowed = tuple(_allowed(row, statuses) for row in top.tables("allowed"))
        forbidden = tuple(_forbidden(row, statuses) for row in top.tables("forbidden"))
        top.done()
        return cls(allowed, forbidden, statuses)

    def check(self, enrolment: Enrolment, to: str, trigger: str) -> tuple[str, ...]:
        """The clauses the change rests on; refused with its clauses where it may not be."""
        ban = next((row for row in self.forbidden if row.meets(enrolment, to, trigger)), None)
        if ban is not None:
            raise ActionRefused("status_not_allowed", ban.message, clauses=ban.clauses)
        row = next((row for row in self.allowed if row.meets(enrolment, to, trigger)), None)
        if row is None:
            raise self._unknown(enrolment, to, trigger)
        return row.clauses

    def triggers(self) -> frozenset[str]:
        """The occasions the file names."""
        return frozenset(row.trigger for row in self.allowed)

    def _unknown(self, enrolment: Enrolment, to: str, trigger: str) -> ActionRefused:
        label = self.statuses.label
        others = [row for row in self.allowed if row.trigger == trigger]
        sources = "、".join(dict.fromkeys(label(name) for row in others for name in row.sources))
        return ActionRefused(
            "status_not_allowed",
            f"学籍状态“{label(enrolment.status)}”不能因 {trigger} 变为“{label(to)}”",
            cure=f"此业务只适用于：{sources}" if others else "本地区没有此项业务",
            clauses=tuple(dict.fromkeys(clause for row in others for clause in row.clauses)),
        )


def _status(row: Reader) -> Status:
    status = Status(
        name=row.text("status"),
        label=row.text("label"),
        terminal=row.flag("terminal", False),
        in_class=row.flag("in_class", False),
        clauses=row.texts("clauses", ()),
    )
    row.done()
    return status


def _allowed(row: Reader, statuses: Statuses) -> Transition:
    transition = Transition(
        sources=_sources(row, statuses),
        to=row.choice("to", (*statuses.statuses, SAME)),
        trigger=row.text("by"),
        stages=row.texts("stages", ()),
        clauses=row.texts("clauses"),
    )
    row.done()
    terminal = [name for name in transition.sources if statuses.statuses[name].terminal]
    if terminal:
        raise row.bad(f"状态“{terminal[0]}”是终止状态，不能再变化", "from", "从 from 中删去")
    return transition


def _forbidden(row: Reader, statuses: Statuses) -> Transition:
    transition = Transition(
        sources=_sources(row, statuses),
        to=row.choice("to", (*statuses.statuses, SAME, ""), ""),
        trigger=row.text("by", ""),
        stages=row.texts("stages", ()),
        clauses=row.texts("clauses"),
        message=row.text("message"),
        flags=frozenset(row.texts("flags", ())),
    )
    row.done()
    return transition


def _sources(row: Reader, statuses: Statuses) -> tuple[str, ...]:
    sources = row.texts("from")
    unknown = [name for name in sources if name not in statuses.statuses]
    if unknown:
        raise row.bad(f"没有“{unknown[0]}”这个状态", "from", f"可选：{'、'.join(statuses.statuses)}")
    return sources
