"""Where tokens live: SpiffWorkflow's workflow, subworkflow and task, kept flat.

SpiffWorkflow predicts the whole future as a tree of tasks and keeps the whole past in it; both make joins, loops and
saving wrong or slow. Here only the present is kept: every live token is a child of the root, a token that
has done its work is removed, and what comes next is created when it comes. States and transitions stay
SpiffWorkflow's.
"""

from __future__ import annotations

from collections import deque
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.task import Task, TaskState

from service.engine.footsteps import mark
from service.engine.host import End, EngineError, Host, Thrown, Trace, Wait
from service.policy.values import Value

if TYPE_CHECKING:
    from service.engine.definition import Definition, ScopeSpec
    from service.engine.nodes.base import Step

ROOT = "root"
STEP_LIMIT = 20_000  # steps in one run; more is a loop without a wait state


class Token(Task):  # type: ignore[misc]
    """A live position in a diagram. ``internal_data`` holds what it needs to go on: via, local, host, due …"""

    space: Space
    number: int
    task_spec: Step

    def __init__(self, space: Space, spec: Any, number: int | str, state: int, data: dict[str, Any]) -> None:
        # What SpiffWorkflow's own constructor sets, without a place in its tree: a completion makes thirty of these.
        self.id = self.number = number  # type: ignore[assignment]
        self.workflow = self.space = space
        space.tasks[number] = self
        self.task_spec, self._state, self.internal_data = spec, state, data
        self.data: dict[str, Any] = {}
        self._parent: None = None
        self._children: list[Any] = []
        self.triggered, self.thread_id, self.last_state_change = False, 0, 0

    def _set_state(self, value: int) -> None:
        # SpiffWorkflow builds a log record at every change, wanted or not; the journal is our record.
        self._state = value


class Space:
    """What the top process and every subprocess have in common."""

    tasks: dict[int | str, Token]
    spec: ScopeSpec
    definition: Definition
    variables: dict[str, Value]
    doers: dict[str, str]
    done: list[list[Any]]
    owner: Token | None
    case: Case
    process_level: Space  # of the process (not the embedded subprocess) this space belongs to
    called = False

    def open(
        self, definition: Definition, variables: dict[str, Value], case: Case, owner: Token | None
    ) -> None:
        self.definition, self.variables, self.case, self.owner = definition, variables, case, owner
        self.doers = {}
        self.done = []
        self.process_level = self if self.called or owner is None else owner.space.process_level
        self.task_tree = Token(self, self.spec.start, ROOT, TaskState.COMPLETED, {})
        del self.tasks[ROOT]  # stands for the space itself, not for a position in it

    def tokens(self) -> list[Token]:
        return list(self.tasks.values())

    def enter(self, spec: Step, **data: Any) -> Token:
        """Put a new token on a node."""
        token = Token(self, spec, self.case.next_number(), TaskState.FUTURE, data)
        if "mi" not in data:
            self.case.trace("node", self, spec.name)
            if spec.step_of_work:
                mark(self, spec.name)
        spec._update(token)
        return token

    def remove(self, token: Token) -> None:
        self.tasks.pop(token.number, None)

    def is_idle(self) -> bool:
        """Nothing but boundary events and event subprocess starts is left."""
        return all(token.task_spec.only_listens(token) for token in self.tasks.values())

    def _task_completed_notify(self, token: Token) -> None:
        self.remove(token)
        self.case.ended(token, "completed")
        self.settle_if_idle()

    def settle_if_idle(self) -> None:
        if not self.completed and self.is_idle():
            self.completed = True
            self.clear()
            self.finished()

    def clear(self) -> None:
        """Cancel everything in here."""
        for token in self.tokens():
            self.case.cancel_token(token)

    def interrupt(self) -> None:
        """An event subprocess takes over: nothing else in here goes on, and how it would have ended does not count."""
        self.clear()
        if self is self.case:
            self.case.end = None

    def terminate(self) -> None:
        """A terminate end event: nothing in this scope goes on."""
        self.completed = True
        self.clear()
        self.finished()

    def finished(self) -> None:
        raise NotImplementedError

    completed: bool


class Frame(Space, BpmnSubWorkflow):  # type: ignore[misc]
    """The inside of a running subprocess or called process."""

    def __init__(self, spec: ScopeSpec, owner: Token, called: bool) -> None:
        self.called = called
        self.parent: Space = owner.space
        super().__init__(spec, owner.id, owner.space.case, deserializing=True)

    def _calculate_depth(self) -> int:
        return 0  # SpiffWorkflow walks up for a number only its own loop needs

    def finished(self) -> None:
        owner = cast(Token, self.owner)
        self.case.subprocesses.pop(owner.id, None)
        owner.task_spec.body_done(owner, self)


class Case(Space, BpmnWorkflow):  # type: ignore[misc]
    """The whole instance: the top process, its frames, the queue of ready tokens and the record of this run."""

    def __init__(self, definition: Definition, host: Host) -> None:
        self.host = host
        self.queue: deque[Token] = deque()
        self.numbers = 0
        self.told = 0  # tokens up to this number the host knows of
        self.created: dict[int, Wait] = {}
        self.over: list[tuple[Token, str]] = []
        self.thrown: list[Thrown] = []
        self.trail: list[Trace] = []
        self.facts: dict[str, Value] = {}
        self.end: End | None = None
        self.fired: datetime | None = None  # the due instant of the timer that is firing
        self.changed = False
        self.newly_listening: list[Token] = []  # conditional events nobody has asked yet
        self.first_reached: dict[str, dict[str, Value]] = {}  # kept by ``footsteps``
        super().__init__(definition.spec, script_engine=_NO_SCRIPTS, deserializing=True)
        self.called = True

    @property
    def frames(self) -> list[Frame]:
        return list(self.subprocesses.values())

    def open_frame(self, owner: Token, spec: ScopeSpec, around: Space) -> Frame:
        """An embedded frame owned by a token, with the definition and variables of the space around it."""
        frame = Frame(spec, owner, False)
        frame.open(around.definition, around.variables, self, owner)
        self.subprocesses[owner.id] = frame
        return frame

    def all_tokens(self) -> list[Token]:
        tokens = self.tokens()
        for frame in self.subprocesses.values():
            tokens += frame.tasks.values()
        return tokens

    def next_number(self) -> int:
        self.numbers += 1
        return self.numbers

    def trace(self, kind: str, space: Space, element: str, **more: Any) -> None:
        definition = space.definition
        self.trail.append(
            Trace(
                kind=kind,
                process=definition.process_id,
                element=element,
                file=definition.file,
                tenant=definition.tenant,
                digest=definition.digest,
                **more,
            )
        )

    def wait(self, token: Token, wait: Wait) -> None:
        """Tell the host that this token now waits for something outside."""
        self.created[token.number] = wait

    def reached(self, end: End) -> None:
        """Remember how the process ends, if this is where it ends."""
        if not end.inside or self.end is None or self.end.inside:
            self.end = end

    def ended(self, token: Token, reason: str) -> None:
        self.over.append((token, reason))

    def cancel_token(self, token: Token) -> None:
        """End a token and everything that depends on it: its frame, its loop instances, its boundary events."""
        if token.number not in token.space.tasks:
            return
        token.space.remove(token)
        token._set_state(TaskState.CANCELLED)
        self.ended(token, "cancelled")
        frame = self.subprocesses.pop(token.id, None)
        if frame is not None:
            frame.completed = True
            frame.clear()
        for other in token.space.tokens():
            if token.number in (other.internal_data.get("host"), other.internal_data.get("mi")):
                self.cancel_token(other)
        for other in self.all_tokens() if "undo" in token.internal_data else ():
            if other.internal_data.get("compensates") == token.number:
                self.cancel_token(other)

    def run(self) -> None:
        """Run every token that can, until only people, clocks, messages or joins are left."""
        for _ in range(STEP_LIMIT):
            if self.queue:
                token = self.queue.popleft()
                if token.state == TaskState.READY:
                    token.run()
            elif not self.wake_joins() and not self.wake_conditions():
                return
        raise EngineError(
            f"一次推进超过 {STEP_LIMIT} 步仍未停下",
            file=self.definition.file,
            element=self.trail[-1].element if self.trail else "",
            cure="请在循环中加入用户任务、定时器或消息等待",
        )

    def wake_joins(self) -> bool:
        """Let one inclusive join go on that nothing can reach any more."""
        waiting = (token for token in self.all_tokens() if token.state == TaskState.WAITING)
        return any(token.task_spec.may_go_on(token) for token in waiting)

    def wake_conditions(self) -> bool:
        """Ask every conditional event after a change; without one, only those that have just begun to listen."""
        waiting, self.newly_listening = self.newly_listening, []
        if self.changed:
            self.changed = False
            waiting = [token for token in self.all_tokens() if token.task_spec.conditional]
        # Every one is asked, not only until the first fires: a change is told to all who listen.
        fired = [token.task_spec.check(token) for token in waiting if token.number in token.space.tasks]
        return any(fired)

    def finished(self) -> None:
        for frame in self.frames:
            frame.completed = True
            frame.clear()
        self.subprocesses.clear()


class _NoScripts:
    """Stands where SpiffWorkflow expects a script engine: nothing in a diagram is run as Python."""


_NO_SCRIPTS = _NoScripts()
