"""School terms of a region and the holidays between them.

In the holidays people mean the term that comes next. A day before the first or after the last known term
is an error, never a guess. It must not know working days or what a term is asked for.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from service.errors import BadDefinition
from service.policy.reader import Reader


@dataclass(frozen=True, kw_only=True)
class Term:
    """One term; ``school_year`` is the year it began in autumn, ``end`` the last day that belongs to it."""

    school_year: int
    number: int
    start: date
    end: date
    provisional: bool = False


class Terms:
    """The known terms, in order."""

    def __init__(self, terms: Sequence[Term], file: str) -> None:
        self._terms, self._file = tuple(terms), file
        self._ends = [term.end for term in terms]

    @classmethod
    def load(cls, path: Path, file: str) -> Terms:
        """Read a terms.yaml."""
        reader = Reader.of_file(path, file)
        terms: list[Term] = []
        for entry in reader.tables("terms"):
            terms.append(_term(entry, terms[-1] if terms else None))
        reader.done()
        return cls(terms, file)

    @property
    def all(self) -> tuple[Term, ...]:
        """Every known term."""
        return self._terms

    def on(self, day: date) -> Term | None:
        """The term a day lies in, None in the holidays."""
        term = self.on_or_next(day)
        return term if term.start <= day else None

    def on_or_next(self, day: date) -> Term:
        """The term a day lies in, in the holidays the one that comes next."""
        index = bisect_left(self._ends, day)
        if index == len(self._terms) or day < self._terms[0].start:
            cure = f"在 {self._file} 的 terms 中补上这一学年的学期"
            raise BadDefinition(f"不知道 {day} 前后的学期起止", file=self._file, cure=cure)
        return self._terms[index]


def _term(reader: Reader, previous: Term | None) -> Term:
    term = Term(
        school_year=reader.integer("school_year"),
        number=reader.integer("number"),
        start=reader.day("start"),
        end=reader.day("end"),
        provisional=reader.flag("provisional", False),
    )
    reader.done()
    if term.start >= term.end:
        raise reader.bad("学期的结束日须晚于开始日", "end", "核对 start 和 end")
    if previous and not _follows(previous, term):
        raise reader.bad("学期没有按时间先后接续", "start", "按学年、学期先后排列，不漏、不重叠")
    return term


def _follows(previous: Term, term: Term) -> bool:
    """The next number of the same school year, or the first of the next one: a gap would hide a term."""
    same_year = (term.school_year, term.number) == (previous.school_year, previous.number + 1)
    next_year = (term.school_year, term.number) == (previous.school_year + 1, 1)
    return previous.end < term.start and (same_year or next_year)
