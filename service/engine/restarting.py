"""Taking a case to another step by hand: back to one it has been at, or wherever an operator says.

Tokens are ended and put; nothing that was done in the registry is undone here, and what listens over the whole
case (its event subprocesses) keeps its deadlines.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from SpiffWorkflow.util.task import TaskState

from service.engine.definition import Definition
from service.engine.fitting import label_of
from service.engine.footsteps import variables_at
from service.engine.instance import Instance
from service.engine.model import Node, Scope
from service.engine.nodes.base import take
from service.engine.nodes.events import EventSubprocessStart
from service.engine.space import Case, Space, Token
from service.errors import Conflict, NotFound


@dataclass(frozen=True, kw_only=True)
class Change:
    """One instruction: kind is cancel (of an element or of one token), before, after (an element) or flow."""

    kind: str
    element: str = ""
    token: str = ""


def steps(instance: Instance) -> tuple[Node, ...]:
    """The steps a case has been at and can be taken back to, in the order they were first reached."""
    definition = instance.case.definition
    found = (definition.nodes.get(element) for element in instance.case.first_reached)
    return tuple(node for node in found if node is not None and not _hidden(definition, node.id))


def restart(instance: Instance, element: str) -> Instance:
    """Take a case back to a step, with the variables of the moment the step was first reached.

    Raises NotFound for an element the diagram lacks, Conflict for a step the case has not been at.
    """
    case = instance.case
    node = _node(case.definition, element)
    if element not in case.first_reached:
        raise Conflict(
            f"办件没有到过{label_of(node, element)}", element=element, cure="请从办件到过的步骤里选择"
        )
    if reason := _hidden(case.definition, element):
        raise Conflict(reason, element=element, cure="请选择它外面的步骤")
    return instance._act(lambda: _restart(case, element))


def _restart(case: Case, element: str) -> None:
    taken_over = [token for token in case.tokens() if _took_over(token)]
    for token in case.tokens():
        if not isinstance(token.task_spec, EventSubprocessStart):
            case.cancel_token(token)
    case.end = None
    values = variables_at(case, element)
    case.variables.clear()
    case.variables.update(values)
    if taken_over:
        _listen(case)
    _put(case, element)


def _took_over(token: Token) -> bool:
    """An interrupting event subprocess under way has ended what listened in its scope."""
    starters = token.space.spec.starters
    return any(one.subprocess == token.task_spec.name and one.node.interrupting for one in starters)


def _listen(space: Space) -> None:
    for step in space.spec.starters:
        if step.passive_wait:
            space.enter(step)


def modify(instance: Instance, changes: Sequence[Change]) -> Instance:
    """Do an operator's instructions in order; what is to be cancelled is what was there before.

    Raises NotFound for what there is not, Conflict when nothing would be left to do.
    """
    return instance._act(lambda: _modify(instance.case, changes))


def _modify(case: Case, changes: Sequence[Change]) -> None:
    ending = [token for change in changes if change.kind == "cancel" for token in _chosen(case, change)]
    for change in changes:
        if change.kind == "before":
            _put(case, change.element)
        elif change.kind == "after":
            _pass(case, change.element)
        elif change.kind == "flow":
            _take(case, change.element)
    for token in ending:
        _end(case, token)
    if case.is_idle():
        raise Conflict(
            "照此修改，办件就没有任何步骤在办了", cure="请同时指明从哪一步开始；要终止办件请用终止"
        )


def _chosen(case: Case, change: Change) -> list[Token]:
    found = [
        token
        for token in case.all_tokens()
        if (str(token.number) == change.token if change.token else token.task_spec.name == change.element)
        and "mi" not in token.internal_data
        and not isinstance(token.task_spec, EventSubprocessStart)
    ]
    if not found:
        raise NotFound(f"办件没有停在“{change.element or change.token}”", cure="请先查看办到哪里了")
    return found


def _end(case: Case, token: Token) -> None:
    """End a token, and the scopes that have nothing left to do without it."""
    case.cancel_token(token)
    space = token.space
    while space.owner is not None and not space.completed and space.is_idle():
        owner = space.owner
        case.cancel_token(owner)
        space = owner.space


def _put(case: Case, element: str) -> None:
    space = _enter_scope(case, element)
    space.enter(space.spec.task_specs[element])


def _pass(case: Case, element: str) -> None:
    """Go on as if an element had just been done."""
    space = _enter_scope(case, element)
    token = _standing(space, element)
    token.task_spec.go_on(token)
    space.remove(token)
    space.settle_if_idle()


def _take(case: Case, flow: str) -> None:
    scope = next((one for one in _scopes(case.definition) if flow in one.flows), None)
    if scope is None:
        raise NotFound(f"流程里没有顺序流“{flow}”", element=flow, cure="请核对顺序流的 id")
    space = _enter_scope(case, scope.flows[flow].source)
    exits = space.spec.task_specs[scope.flows[flow].source].code.exits
    take(space, next(one for one in exits if one.id == flow))


def _enter_scope(case: Case, element: str) -> Space:
    """The space of an element: the running one, or one opened on the way to it."""
    definition = case.definition
    _node(definition, element)
    if reason := _hidden(definition, element):
        raise Conflict(reason, element=element, cure="请选择它外面的步骤")
    space: Space = case
    for container in _way_to(definition.process.scope, element):
        running = [token for token in space.tokens() if token.task_spec.name == container.id]
        if len(running) > 1:
            raise Conflict(
                f"{label_of(container, container.id)}正有 {len(running)} 处在办，不能确定放进哪一处",
                element=container.id,
                cure="请先取消多余的，或选择子流程本身",
            )
        owner = running[0] if running else _open(space, container)
        space = case.subprocesses[owner.id]
    return space


def _open(space: Space, container: Node) -> Token:
    """A running subprocess without its start."""
    owner = _standing(space, container.id)
    frame = space.case.open_frame(owner, space.spec.inner[container.id], space)
    _listen(frame)
    owner.task_spec.open_boundaries(owner)
    return owner


def _standing(space: Space, element: str) -> Token:
    case = space.case
    token = Token(space, space.spec.task_specs[element], case.next_number(), TaskState.STARTED, {})
    case.trace("node", space, element)
    return token


def _node(definition: Definition, element: str) -> Node:
    node = definition.nodes.get(element)
    if node is None:
        raise NotFound(
            f"流程“{definition.name}”里没有元素“{element}”", element=element, cure="请核对元素的 id"
        )
    return node


def _way_to(scope: Scope, element: str) -> Iterator[Node]:
    """The subprocesses from the outside to an element."""
    for node in scope.nodes.values():
        if node.body is not None and any(inner.id == element for _, inner in node.body.walk()):
            yield node
            yield from _way_to(node.body, element)
            return


def _hidden(definition: Definition, element: str) -> str:
    """Why a case cannot be put at an element; empty when it can."""
    node = definition.nodes[element]
    if node.triggered_by_event or node.for_compensation:
        return f"{label_of(node, element)}由事件引发，不能直接从它开始"
    for container in _way_to(definition.process.scope, element):
        if container.triggered_by_event or container.loop is not None:
            return f"{label_of(node, element)}在事件子流程或多实例子流程里面，不能直接从它开始"
    return ""


def _scopes(definition: Definition) -> Iterator[Scope]:
    yield definition.process.scope
    yield from (node.body for node in definition.nodes.values() if node.body is not None)
