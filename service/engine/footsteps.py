"""The steps a case has been at and its variables of then, so that it can be taken back to one of them.

Only the first time at each step of the case's own process counts, and of the variables only what had changed since the
step before: what is kept grows with the diagram, not with the length of the case.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.policy.values import Value

if TYPE_CHECKING:
    from service.engine.space import Case, Space


def mark(space: Space, element: str) -> None:
    """Remember that a step is reached, if it is for the first time."""
    case = space.case
    if element in case.first_reached or space.process_level is not case:
        return
    known = variables_at(case)
    case.first_reached[element] = {
        name: value for name, value in case.variables.items() if name not in known or known[name] != value
    }


def variables_at(case: Case, element: str = "") -> dict[str, Value]:
    """The variables when a step was first reached (without a name: when the last one was)."""
    found: dict[str, Value] = {}
    for name, changed in case.first_reached.items():
        found.update(changed)
        if name == element:
            break
    return found
