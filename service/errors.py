"""The errors of the product: one base class, each with a code, an HTTP status and a Chinese sentence.

A message names what is wrong; ``file`` and ``element`` say where, ``cure`` says what to do next and
``clauses`` on which rule it rests. Nothing here knows HTTP, SQL or the engine.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One thing wrong inside a larger whole: a field of a form, a row of a table, an element of a diagram."""

    message: str
    where: str = ""
    file: str = ""
    line: int = 0
    cure: str = ""
    clauses: tuple[str, ...] = ()

    def __str__(self) -> str:
        place = ":".join(part for part in (self.file, str(self.line or ""), self.where) if part)
        return "".join((f"{place}：" if place else "", self.message, f"。{self.cure}" if self.cure else ""))


class XuejiError(Exception):
    """Base of every error a caller may meet.

    ``message`` is a Chinese sentence; ``problems`` holds the single findings when there are several.
    """

    code: ClassVar[str] = "internal_error"
    status: ClassVar[int] = 500

    def __init__(
        self,
        message: str,
        *,
        file: str = "",
        element: str = "",
        line: int = 0,
        cure: str = "",
        clauses: Iterable[str] = (),
        problems: Iterable[Problem] = (),
        details: Mapping[str, object] | None = None,
    ) -> None:
        self.problem = Problem(
            message=message, where=element, file=file, line=line, cure=cure, clauses=tuple(clauses)
        )
        self.problems = tuple(problems)
        self.details = dict(details or {})
        super().__init__(str(self.problem))

    @property
    def message(self) -> str:
        return self.problem.message

    def __str__(self) -> str:
        return "\n".join([str(self.problem), *(f"  - {problem}" for problem in self.problems)])


class BadRequest(XuejiError):
    """The request cannot be understood."""

    code, status = "bad_request", 400


class Unauthenticated(XuejiError):
    """Nobody, or somebody unknown, is asking."""

    code, status = "unauthenticated", 401


class Forbidden(XuejiError):
    """The person may not do this: group, unit, four eyes, party."""

    code, status = "forbidden", 403


class NotFound(XuejiError):
    """There is no such thing, or the person may not know of it."""

    code, status = "not_found", 404


class Conflict(XuejiError):
    """Somebody else was first, or the thing is not in the state the request supposes."""

    code, status = "conflict", 409


class Stale(XuejiError):
    """The thing has changed since the caller read it (If-Match)."""

    code, status = "stale", 412


class TooLarge(XuejiError):
    """The body is larger than accepted."""

    code, status = "too_large", 413


class Invalid(XuejiError):
    """A value is wrong; ``problems`` has one entry a field."""

    code, status = "invalid", 422


class Refused(XuejiError):
    """A rule refuses the start of a case; ``problems`` has one entry a broken rule, with its clauses."""

    code, status = "refused", 422


class BadDefinition(XuejiError):
    """A diagram, table, form or data file cannot be used; names file, element and cure."""

    code, status = "bad_definition", 422
