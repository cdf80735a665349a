"""The behaviour every node shares: arrive, run, leave over the flows whose conditions hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.specs.bpmn_task_spec import BpmnTaskSpec
from SpiffWorkflow.util.task import TaskState

from service.engine.expressions import Expression
from service.engine.host import EngineError
from service.engine.model import Node
from service.engine.nodes import pausing
from service.engine.scope import TokenScope
from service.policy.calendar import Limit
from service.policy.values import Value

if TYPE_CHECKING:
    from service.engine.space import Frame, Space, Token


@dataclass(frozen=True)
class Exit:
    """A compiled sequence flow."""

    id: str
    target: str
    condition: Expression | None
    default: bool


@dataclass(frozen=True)
class Given:
    """A compiled parameter or mapping: ``name`` gets the value of ``value``."""

    name: str
    value: Expression


@dataclass(frozen=True, kw_only=True)
class Code:
    """Everything compiled of one node."""

    node: Node
    exits: tuple[Exit, ...] = ()
    inputs: tuple[Given, ...] = ()
    outputs: tuple[Given, ...] = ()
    call_in: tuple[Given, ...] = ()
    call_out: tuple[Given, ...] = ()
    values: Mapping[str, Expression] | None = None  # timer, condition, groups, due … by their name
    attached: tuple[Node, ...] = ()
    pauses: frozenset[str] = frozenset()  # before, after: asynchronous continuations
    compensated: bool = False  # a compensation handler may have to undo it


class Step(BpmnTaskSpec):  # type: ignore[misc]
    """A node as SpiffWorkflow sees it, without prediction: the next token is made when this one is done."""

    passive_wait = False  # a boundary or event subprocess start that waits with a token of its own
    conditional = False
    step_of_work = False  # an activity: somewhere a case can be taken back to

    def __init__(self, wf_spec: Any, code: Code) -> None:
        super().__init__(wf_spec, code.node.id, lane=code.node.lane, documentation=code.node.documentation)
        self.node, self.code = code.node, code
        self.bpmn_id, self.bpmn_name = code.node.id, code.node.name

    # SpiffWorkflow's life cycle -----------------------------------------------------------------

    def _predict(self, my_task: Token, seen: object = None, looked_ahead: int = 0, mask: int = 0) -> None:
        """Nothing is predicted: a token knows its present only."""

    def test(self) -> None:
        """Soundness is checked at deployment, not at every step."""

    def _update_hook(self, my_task: Token) -> bool:
        return self.arrive(my_task)

    def _on_ready_hook(self, my_task: Token) -> None:
        my_task.space.case.queue.append(my_task)

    def _run_hook(self, my_task: Token) -> bool | None:
        if pausing.BEFORE in self.code.pauses and pausing.stops(my_task):
            return None
        return self.execute(my_task)

    def _run(self, my_task: Token) -> bool | None:
        return self._run_hook(my_task)

    def _on_complete_hook(self, my_task: Token) -> None:
        self.leave(my_task)

    # What a kind of node does differently ---------------------------------------------------------

    def arrive(self, token: Token) -> bool:
        """True when the token may run now; False leaves it waiting (a join)."""
        return True

    def execute(self, token: Token) -> bool | None:
        """True: done at once. None: waits for something outside."""
        return True

    def only_listens(self, token: Token) -> bool:
        """Does this token merely listen (boundary event, event subprocess start), not keeping its scope alive?"""
        return False

    def may_go_on(self, token: Token) -> bool:
        """Asked when nothing else moves: may this waiting join fire now?"""
        return False

    def check(self, token: Token) -> bool:
        """Asked after variables changed: does this conditional event fire now?"""
        return False

    def fired(self, token: Token, payload: Mapping[str, Value]) -> None:
        """The timer, message, signal or condition this token waits for has come."""
        store(token, payload)
        token.complete()

    def body_done(self, token: Token, frame: Frame) -> None:
        """The inside of this activity is finished."""
        raise EngineError(f"元素 {self.name} 没有内部流程")

    # Helpers ---------------------------------------------------------------------------------------

    def value(self, token: Token, name: str) -> Any:
        """A compiled setting of this node, evaluated for a token; None when it is not set."""
        expression = (self.code.values or {}).get(name)
        return None if expression is None else expression.evaluate(TokenScope(token))

    def leave(self, token: Token) -> None:
        if self.code.outputs:
            store(token, evaluate_all(self.code.outputs, token))
        self.go_on(token)

    def go_on(self, token: Token) -> None:
        if pausing.AFTER in self.code.pauses and not pausing.is_stopped(token):
            pausing.stop_after(token)
            return
        for exit_ in self.choose(token):
            take(token.space, exit_)

    def choose(self, token: Token) -> list[Exit]:
        """Flows of an activity or event: every unconditional one, every true one, else the default."""
        exits = self.code.exits
        if len(exits) == 1 and exits[0].condition is None:
            return list(exits)
        scope = TokenScope(token)
        chosen = [
            flow for flow in exits if not flow.default and (flow.condition is None or holds(flow, scope))
        ]
        return chosen or [flow for flow in exits if flow.default] or no_way(self)


def no_way(step: Step) -> list[Exit]:
    """Where flows lead on but none may be taken, a case would vanish: an error instead."""
    if not step.code.exits:
        return []
    raise EngineError(
        f"“{step.node.name or step.name}”之后的条件全都不成立，也没有默认流",
        element=step.name,
        cure="请设一条默认流，或补全条件",
    )


def holds(exit_: Exit, scope: TokenScope) -> bool:
    return exit_.condition is None or exit_.condition.test(scope)


def take(space: Space, exit_: Exit) -> None:
    """Move over a sequence flow."""
    space.case.trace("flow", space, exit_.id)
    space.enter(space.spec.task_specs[exit_.target], via=exit_.id)


def store(token: Token, values: Mapping[str, Value]) -> None:
    """Set variables where a token stands: local names stay local, the rest goes to the process.

    Only names that something reads are kept (the whole submission lies in its own table).
    """
    for name, worked_out in values.items():
        value = plain(worked_out, name, token)
        scope = TokenScope(token)
        local = scope.holder(name)
        if local is not None:
            local[name] = value
        elif not keeps(token.space, name):
            continue
        else:
            token.space.variables[name] = value
        token.space.case.changed = True


def keeps(space: Space, name: str) -> bool:
    """Does an expression of this process, or the caller's out mapping, read the name?"""
    level = space.process_level
    if name in level.definition.reads or level.definition.keeps_all:
        return True
    owner = level.owner
    if owner is None:
        return False
    return any(name in given.value.names for given in owner.task_spec.code.call_out) or any(
        mapping.everything for mapping in owner.task_spec.node.call_out
    )


def evaluate_all(given: tuple[Given, ...], token: Token) -> dict[str, Value]:
    scope = TokenScope(token)
    return {item.name: plain(item.value.evaluate(scope), item.name, token) for item in given}


def plain(value: Any, name: str, token: Token) -> Any:
    """A worked-out value as a variable may hold it: days and instants travel as ISO text.

    Raises EngineError for a limit, which is no value until it is counted from a day.
    """
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Limit):
        raise EngineError(
            f"“{name}”的值是期限（{value}），不是日期",
            element=token.task_spec.name,
            cure="请写明从哪一天起算，例如 ${today() + working_days(10)}",
        )
    return value


def is_waiting(token: Token) -> bool:
    return bool(token.has_state(TaskState.STARTED))
