"""Two pairs of eyes (双人核办): who did the first step may not do the second.

*Assumed*: the second step stands for the seal. The one place that answers it; the caller says who did the
step the diagram names.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from service.errors import Forbidden


class SamePerson(Forbidden):
    """The person did the step that bars this one."""

    code = "four_eyes"


_BESIDE = "\n"  # between the two who did a step: no id holds it
_CURE = "请由本单位另一位有资格的人员办理；只有一人的，由上级主管部门指定代办人"


def doers(person: str, absent: str) -> str:
    """Whose eyes a step has had, as the engine keeps it: also those of the person who was stood in for."""
    return f"{person}{_BESIDE}{absent}" if absent else person


def people(kept: Iterable[str]) -> tuple[str, ...]:
    """The persons behind what ``doers`` made."""
    return tuple(person for one in kept for person in one.split(_BESIDE))


def may_do(person: str, barred: Collection[str]) -> bool:
    """Whether the person may do a step that those in ``barred`` (the doers of the named step) may not."""
    return person not in barred


def check(person: str, barred: Collection[str]) -> None:
    """Forbidden, with what to do about it, when the person did the step that bars this one."""
    if not may_do(person, barred):
        raise SamePerson("同一人不得既经办又核准", cure=_CURE, clauses=("MOE2016-3.1-a",))
