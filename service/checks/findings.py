"""What a check found: where, a sentence, what to do instead, and the clauses it rests on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from service.errors import BadDefinition, Problem


class Severity(StrEnum):
    """An error keeps a deployment out; a warning is shown and lets it in."""

    ERROR = "error"
    WARNING = "warning"

    @property
    def label(self) -> str:
        return "错误" if self is Severity.ERROR else "提醒"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One finding. Rules fill in what they know; ``rule``, ``severity`` and ``file`` are put in by the run."""

    sentence: str
    element: str = ""
    line: int = 0
    cure: str = ""
    clauses: tuple[str, ...] = ()
    file: str = ""
    rule: str = ""
    severity: Severity = Severity.ERROR

    def problem(self) -> Problem:
        """The finding as part of an error."""
        return Problem(
            message=self.sentence,
            where=self.element,
            file=self.file,
            line=self.line,
            cure=self.cure,
            clauses=self.clauses,
        )


def refuse(findings: Iterable[Finding], what: str) -> None:
    """Raises BadDefinition with every error among the findings; warnings pass."""
    errors = [one for one in findings if one.severity is Severity.ERROR]
    if errors:
        raise BadDefinition(
            f"{what}，检查发现 {len(errors)} 处错误", problems=[one.problem() for one in errors]
        )
