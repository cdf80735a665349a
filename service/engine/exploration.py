"""Every state one level of a diagram can be in: the engine's own tokens, gateways and joins, without values.

Where the engine would ask a condition, every answer is tried; where it would wait, every way on is tried: done,
or left by one of the boundary events. What a state means is for the checks to say.
"""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass, field
from typing import Any

from SpiffWorkflow.util.task import TaskState

from service.engine.definition import Definition, ScopeSpec
from service.engine.exploration_steps import KINDS, Free, Oracle, Pause
from service.engine.host import EngineError
from service.engine.model import Node, Process, Scope
from service.engine.nodes.base import Code, Exit, Step
from service.engine.space import Case, Token

# Tokens by node, state and incoming flow, in order; whether something beside was let in on the way.
State = tuple[tuple[tuple[str, int, str], ...], bool]

WORK_LIMIT = 60_000  # tokens put on the board in all: a bound on the time a level may take
_RUN_LIMIT = 500
_STARTED, _WAITING = int(TaskState.STARTED), int(TaskState.WAITING)


@dataclass
class Explored:
    """What was found: elements by kind of trouble. ``whole`` is false when the bound was reached."""

    states: int = 0
    whole: bool = True
    stuck: set[str] = field(default_factory=set)  # joins at which tokens wait for ever
    piled: set[str] = field(default_factory=set)  # elements at which two tokens meet unawares
    met_beside: set[str] = field(default_factory=set)  # the same, one of them let in by an event beside
    endless: set[str] = field(default_factory=set)  # elements from which no end can be reached
    visited: set[str] = field(default_factory=set)


def explore(process: Process, scope: Scope, limit: int = WORK_LIMIT, begin: State | None = None) -> Explored:
    """Explore one level of a process: from a state, or each start event by itself."""
    try:
        return _Walk(process, scope, limit).explore(begin)
    except EngineError:
        return Explored(whole=False)  # turns in a circle without a wait: another rule tells of it


class _Board(Case):
    """A case that keeps no record but the nodes passed."""

    visited: set[str]

    def trace(self, kind: str, space: Any, element: str, **more: Any) -> None:
        self.steps += 1
        self.visited.add(element)
        if self.steps > _RUN_LIMIT:
            raise EngineError("没有停下", element=element)

    def ended(self, token: Token, reason: str) -> None:
        """Nobody listens."""

    steps = 0


class _Walk:
    def __init__(self, process: Process, scope: Scope, limit: int) -> None:
        self.scope, self.oracle = scope, Oracle()
        self.work, self.limit = 0, limit
        self.spec = self._spec(process)
        definition = Definition(process=process, digest="", tenant=None, spec=self.spec)
        self.board = _Board(definition, host=None)  # type: ignore[arg-type]  # nothing here asks outside
        self.board.visited = set()
        self.definition = definition

    def _spec(self, process: Process) -> ScopeSpec:
        spec = ScopeSpec(self.scope, process.file)
        for node in self.scope.nodes.values():
            kind = KINDS.get(node.kind, Free if node.event.kind == "link" else Pause)
            step = kind(spec, Code(node=node, exits=self._exits(node), attached=self._attached(node)))
            if isinstance(step, Free):
                step.oracle = self.oracle
                step.conditional_flows = frozenset(
                    flow for flow in node.outgoing if self.scope.flows[flow].condition
                )
        return spec

    def _exits(self, node: Node) -> tuple[Exit, ...]:
        if node.event.kind == "link" and node.kind == "intermediateThrowEvent":
            targets = [
                one.id
                for one in self.scope.nodes.values()
                if one.kind == "intermediateCatchEvent" and one.event == node.event
            ]
            return tuple(Exit(f"{node.id}->{each}", each, None, False) for each in targets[:1])
        flows = (self.scope.flows[flow] for flow in node.outgoing)
        found = (one for one in flows if one.target in self.scope.nodes)
        return tuple(Exit(one.id, one.target, None, one.id == node.default) for one in found)

    def _attached(self, node: Node) -> tuple[Node, ...]:
        return tuple(one for one in self.scope.attached(node.id) if one.event.kind != "compensate")

    # The graph of states ------------------------------------------------------------------------------

    def explore(self, begin: State | None) -> Explored:
        found = Explored()
        leads_to: dict[State, set[State]] = {}
        todo = deque(self._first_states(found) if begin is None else [begin])
        while todo:
            state = todo.popleft()
            if state in leads_to:
                continue
            if self.work > self.limit:
                break
            leads_to[state] = self._after(state, found)
            todo.extend(leads_to[state])
        found.states, found.whole = len(leads_to), self.work <= self.limit
        found.visited = self.board.visited
        if found.whole and not found.stuck and not found.piled and not found.met_beside:
            found.endless = _endless(leads_to)
        return found

    def _first_states(self, found: Explored) -> list[State]:
        starts = [[self.spec.task_specs[node.id]] for node in self.scope.starts()] or [_implicit(self)]
        states: list[State] = []
        for steps in starts:
            states += self._runs(((), False), lambda steps=steps: self._enter(steps), found)
        return states

    def _enter(self, steps: list[Step]) -> None:
        for step in steps:
            self.board.enter(step)

    def _after(self, state: State, found: Explored) -> set[State]:
        tokens, beside = state
        after: set[State] = set()
        moving = [position for position, (_, kind, _) in enumerate(tokens) if kind == _STARTED]
        if tokens and not moving:
            found.stuck.update(name for name, _, _ in tokens)
        for position in moving:
            events_ = self.spec.task_specs[tokens[position][0]].code.attached
            for event in (None, *events_):
                if event is not None and not event.interrupting and beside:
                    continue  # one at a time: what runs beside may come again and again
                act = lambda at=position, by=event: self._move(at, by)  # noqa: E731
                lets_in = beside or (event is not None and not event.interrupting)
                after.update(self._runs((tokens, lets_in), act, found))
        return after

    def _move(self, position: int, event: Node | None) -> None:
        token = list(self.board.tokens())[position]
        if event is None:
            token.complete()
            return
        if event.interrupting:
            self.board.cancel_token(token)
        self.board.enter(self.spec.task_specs[event.id])

    def _runs(self, state: State, act: Any, found: Explored) -> list[State]:
        """The states one act leads to, one for each way the choices go."""
        scripts: list[list[int]] = [[]]
        results: list[State] = []
        while scripts and self.work <= self.limit:
            self.oracle.begin(scripts.pop())
            self._set_up(state)
            act()
            self.board.run()
            scripts.extend(self.oracle.others())
            result = self._state(state[1])
            piled = _piled(result)
            (found.met_beside if state[1] else found.piled).update(piled)
            if not piled:
                results.append(result)
        return results

    def _set_up(self, state: State) -> None:
        board = self.board
        board.tasks.clear()
        board.queue.clear()
        board.subprocesses.clear()
        board.completed, board.steps, board.changed = False, 0, False
        board.open(self.definition, {}, board, None)
        self.work += 1 + len(state[0])
        for name, kind, via in state[0]:
            data = {"via": via} if kind == _WAITING else {"race": via} if via else {}
            Token(board, self.spec.task_specs[name], board.next_number(), kind, data)

    def _state(self, beside: bool) -> State:
        if self.board.completed:
            return (), beside
        rows = []
        for token in self.board.tokens():
            waits = token.state == TaskState.WAITING
            via = token.internal_data.get("via" if waits else "race", "")
            rows.append((token.task_spec.name, int(token.state), via))
        return tuple(sorted(rows)), beside


def _implicit(walk: _Walk) -> list[Step]:
    """Where a level without a start event begins."""
    return [
        walk.spec.task_specs[node.id]
        for node in walk.scope.nodes.values()
        if not (node.incoming or node.attached_to or node.for_compensation or node.triggered_by_event)
        and not (node.kind == "intermediateCatchEvent" and node.event.kind == "link")
    ]


def _piled(state: State) -> set[str]:
    return {row[0] for row, count in Counter(state[0]).items() if count > 1}


def _endless(leads_to: dict[State, set[State]]) -> set[str]:
    """Elements of the states from which no end can be reached."""
    before: dict[State, set[State]] = {}
    for state, following in leads_to.items():
        for each in following:
            before.setdefault(each, set()).add(state)
    good = {state for state in leads_to if not state[0]}
    todo = list(good)
    while todo:
        for each in before.get(todo.pop(), set()) - good:
            good.add(each)
            todo.append(each)
    return {name for state in leads_to.keys() - good for name, _, _ in state[0]}
