"""A start that reached an error end, told as the rules that refuse it."""

from __future__ import annotations

from service.engine.host import Trace, UncaughtError
from service.errors import Problem, Refused, XuejiError


def refusal(error: UncaughtError) -> XuejiError:
    """Every matched row's sentence with its clauses, as one Refused; else what the work said; else the error itself."""
    trail = error.outcome.trail if error.outcome else ()
    steps = (step for step in trail if step.kind == "decision" and step.result)
    found = (problem for step in steps for problem in _problems(step))
    # Both sides of a case may test the same ban: it is told once.
    problems = list({(problem.message, problem.clauses): problem for problem in found}.values())
    if not problems and error.by_work:
        told = error.problem
        return Refused(told.message, cure=told.cure, clauses=told.clauses)
    if not problems:
        return error
    clauses = tuple(dict.fromkeys(clause for problem in problems for clause in problem.clauses))
    return Refused("不符合办理条件，未予受理", problems=problems, clauses=clauses)


def _problems(step: Trace) -> list[Problem]:
    rows = step.result if isinstance(step.result, list) else [step.result]
    return [
        Problem(message=_sentence(row), where=rule, file=step.file, clauses=clauses)
        for rule, clauses, row in zip(step.rules, step.clauses, rows, strict=False)
    ]


def _sentence(row: object) -> str:
    """The first output of a row is the sentence for people."""
    return str(next(iter(row.values()), "")) if isinstance(row, dict) else str(row)
