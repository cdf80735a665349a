"""Which variables a process can ever have: what forms, calls, decisions, messages and settings write.

Generous: a name counts as written if anything anywhere writes it, on whatever path.
"""

from __future__ import annotations

from collections.abc import Iterator

from service.checks.calls import traffic
from service.checks.model import Model, form_of
from service.engine.model import Node, Process
from service.errors import BadDefinition

_LOOP = ("loopCounter", "nrOfInstances", "nrOfActiveInstances", "nrOfCompletedInstances")
_CAUGHT = ("errorCodeVariable", "errorMessageVariable", "escalationCodeVariable")
RETURNS = "returns"  # property of work outside or of a message: the variables it brings, by commas


def written(model: Model, process: Process) -> set[str] | None:
    """Names something writes in a process; None where that cannot be told: everything may come in from outside.

    So with variables="all", and with a shared process that nobody calls yet.
    """
    found: set[str] = set()
    calls = traffic(model.book).calls.get(process.id, ())
    if not calls and not startable(process):
        return None
    if any(item.everything for call in calls for item in call.node.call_in):
        return None
    found |= {item.target for call in calls for item in call.node.call_in}
    for _, node in process.scope.walk():
        if any(item.everything for item in node.call_out):
            return None
        found.update(_by_node(model, node))
    return found


def startable(process: Process) -> bool:
    """Whether a case can begin with the process: it has a start form or starts by a message."""
    return any(form_of(start) or start.event.kind == "message" for start in process.scope.starts())


def _by_node(model: Model, node: Node) -> Iterator[str]:
    for items in (node.inputs, node.outputs, node.call_out):
        yield from (item.target for item in items)
    yield from (node.settings[name] for name in ("resultVariable", *_CAUGHT) if node.settings.get(name))
    yield from filter(None, (name.strip() for name in node.properties.get(RETURNS, "").split(",")))
    yield from _by_form(model, form_of(node))
    if node.loop is not None:
        yield from (*_LOOP, node.loop.item)
    if node.event.kind == "message":
        throws = traffic(model.book).throws.get(node.event.value, ())
        yield from (item.target for thrower in throws for item in thrower.inputs)


def _by_form(model: Model, form_id: str) -> Iterator[str]:
    try:
        form = model.form(form_id) if form_id else None
    except BadDefinition:
        form = None  # told of by the rule form_exists
    if form is not None:
        yield from (one.key for one in form.fields if not one.display_only)
