"""Which clauses must be proven, and why one is not: ``unproven_clauses.yaml`` beside the clauses, one reason for each.

Read strictly; whether a listed clause is proven after all is for a test to say.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from service.checks.rulebook import Rulebook
from service.policy import strict_yaml
from service.policy.clauses import Clause
from service.policy.reader import Reader

FILE = "unproven_clauses.yaml"
WHY = ("cannot", "pending")  # software cannot; it could and does not yet


@dataclass(frozen=True, kw_only=True)
class Unproven:
    """One clause that no scenario proves, and why."""

    clause: str
    why: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class Duties:
    """The procedures and homes of clauses that must be proven, and the exceptions."""

    procedures: tuple[str, ...] = ()
    homes: tuple[str, ...] = ()
    unproven: Mapping[str, Unproven] = field(default_factory=dict)

    def due(self, clause: Clause) -> bool:
        """Whether the clause has to be proven or listed with the reason why not."""
        return clause.procedure in self.procedures and clause.where in self.homes


def load_duties(book: Rulebook) -> Duties:
    """What the file says; nothing is due where there is none. Raises BadDefinition naming file and line."""
    path, label = book.processes / FILE, f"{book.processes.name}/{FILE}"
    if not path.is_file():
        return Duties()
    top = Reader(strict_yaml.load(path.read_bytes(), label), label, 1, "文件")
    procedures, homes = top.texts("procedures"), top.texts("where")
    found: dict[str, Unproven] = {}
    for row in top.tables("unproven"):
        one = Unproven(clause=row.text("clause"), why=row.choice("why", WHY), reason=row.text("reason"))
        if one.clause not in book.clauses:
            raise row.bad(f"没有编号为 {one.clause} 的条款", "clause", "核对编号")
        if one.clause in found:
            raise row.bad(f"条款 {one.clause} 已经列过了", "clause", "删去一处")
        row.done()
        found[one.clause] = one
    top.done()
    return Duties(procedures=procedures, homes=homes, unproven=found)
