"""Actions: the work a service task asks of the registry, by topic.

Each decides on a snapshot what shall change; somebody else applies it. Repeating an action whose effect is
there already changes nothing. Knows no process and no table.
"""

from __future__ import annotations

from collections.abc import Mapping

from service.errors import BadDefinition
from service.registry.actions import marks, numbering, records, suspensions
from service.registry.actions.base import Action, ActionContext, Input
from service.registry.changes import Change

PREFIX = "registry."
ACTIONS: Mapping[str, Action] = {
    one.topic: one for one in (*records.ACTIONS, *suspensions.ACTIONS, *marks.ACTIONS, *numbering.ACTIONS)
}


def perform(topic: str, ctx: ActionContext) -> tuple[Change, ...]:
    """What the action changes; raises ActionRefused where the records do not allow it."""
    if topic not in ACTIONS:
        raise BadDefinition(f"没有“{topic}”这个系统动作", cure=f"可用：{'、'.join(ACTIONS)}")
    ACTIONS[topic].check(ctx.inputs)
    return ACTIONS[topic].work(ctx)


__all__ = ["ACTIONS", "PREFIX", "Action", "ActionContext", "Input", "perform"]
