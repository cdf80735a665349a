"""Whether a running case fits an edited diagram: every live token, and what is open around it.

Looks only; ``moving`` acts on what is found here. What does not fit is told as a Problem in a Chinese sentence
that names the element of the old diagram.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from SpiffWorkflow.util.task import TaskState

from service.engine import open_paths
from service.engine.definition import Definition, ScopeSpec
from service.engine.host import EngineError
from service.engine.model import Node
from service.engine.nodes.base import Step
from service.engine.nodes.events import EventSubprocessStart
from service.engine.nodes.scopes import CallActivity
from service.engine.space import Case, Frame, Space, Token
from service.engine.vocabulary import ACTIVITIES, NAMES
from service.errors import Problem, XuejiError

STAY = "请在迁移方案里把它对应到新图的元素，或让这个办件留在原来的版本"


@dataclass(frozen=True, kw_only=True)
class Guide:
    """What whoever edited the diagram says of it: new ids by old ones, and the timers that start anew."""

    elements: Mapping[str, str] = field(default_factory=dict)
    restarted: frozenset[str] = frozenset()  # ids in the old diagram


@dataclass(kw_only=True, eq=False)
class Pair:
    """A space of the case and the compiled level of the new diagram it would live in."""

    space: Space
    spec: ScopeSpec
    definition: Definition
    names: dict[int, str] = field(default_factory=dict)  # token number -> element in the new diagram
    flows: dict[int, str] = field(default_factory=dict)  # token number -> incoming flow in the new diagram
    gone: list[Token] = field(default_factory=list)  # listeners the new diagram has no longer

    @property
    def old(self) -> Mapping[str, Node]:
        return self.space.spec.scope.nodes

    @property
    def new(self) -> Mapping[str, Node]:
        return self.spec.scope.nodes

    def starter(self, element: str) -> EventSubprocessStart | None:
        return next((one for one in self.spec.starters if one.name == element), None)


class Fitting:
    """Pairs every live token of a case with its place in the new diagram; ``problems`` says what has none."""

    def __init__(self, case: Case, target: Definition, guide: Guide) -> None:
        self.case, self.guide = case, guide
        self.problems: list[Problem] = []
        self.pairs: dict[int, Pair] = {}  # by id() of the space: spaces compare by what they hold
        self._pair(case, target.spec, target)
        for frame in case.frames:
            self._pair_frame(frame)

    def pair_of(self, space: Space) -> Pair | None:
        return self.pairs.get(id(space))

    def name(self, space: Space, element: str) -> str:
        """The id an element of the case's own process has in the new diagram."""
        return self.guide.elements.get(element, element) if space.process_level is self.case else element

    def step_of(self, token: Token) -> Step | None:
        """Where a token would stand; None when it has no place."""
        pair = self.pair_of(token.space)
        name = pair.names.get(token.number) if pair else None
        return pair.spec.task_specs[name] if pair and name else None

    def blame(self, space: Space, element: str, message: str, cure: str = STAY) -> None:
        definition = space.definition
        if not any(one.where == element and one.message == message for one in self.problems):
            self.problems.append(Problem(message=message, where=element, file=definition.file, cure=cure))

    # Spaces ----------------------------------------------------------------------------------------------

    def _pair(self, space: Space, spec: ScopeSpec, definition: Definition) -> None:
        pair = Pair(space=space, spec=spec, definition=definition)
        self.pairs[id(space)] = pair
        for token in space.tokens():
            if not token.task_spec.only_listens(token):
                self._place(pair, token)
        for token in space.tokens():
            if token.task_spec.only_listens(token):
                self._place_listener(pair, token)
        if definition.digest == space.definition.digest:
            return
        for problem in open_paths.problems(pair, partial(self.name, space)):
            self.blame(space, problem.where, problem.message, problem.cure or STAY)
        self._undoable(pair)

    def _pair_frame(self, frame: Frame) -> None:
        owner = frame.owner
        assert owner is not None, "a frame is the inside of a token"
        around, step = self.pair_of(owner.space), self.step_of(owner)
        if around is None or step is None:
            return  # what holds it has no place: told already
        if frame.called:
            called = self._called(owner, step, around, frame)
            if called is not None:
                self._pair(frame, called.spec, called)
            return
        inner = around.spec.inner.get(self.name(owner.space, frame.spec.scope.id))
        if inner is not None:
            self._pair(frame, inner, around.definition)
        else:
            self.blame(owner.space, frame.spec.scope.id, f"子流程{self._label(owner)}在新图中没有了")

    def _called(self, owner: Token, step: Step, around: Pair, frame: Frame) -> Definition | None:
        """The version of the called process a call would enter today."""
        assert isinstance(step, CallActivity), "a token is only placed on a node of its own kind"
        try:
            process, tenant = step.callee(owner, around.definition)
            if process == frame.definition.process_id:
                return self.case.host.definition(process, tenant)
        except XuejiError as error:
            self.blame(
                owner.space, owner.task_spec.name, f"{self._label(owner)}要调用的流程不能确定：{error}"
            )
            return None
        self.blame(
            owner.space,
            owner.task_spec.name,
            f"{self._label(owner)}在新图中改为调用流程 {process}，而本办件正在 {frame.definition.process_id} 之中",
        )
        return None

    # Tokens ----------------------------------------------------------------------------------------------

    def _place(self, pair: Pair, token: Token) -> None:
        name = self.name(token.space, token.task_spec.name)
        node = pair.new.get(name)
        reason = self._missing(pair, token, name) if node is None else _differs(token.task_spec.node, node)
        if reason:
            self.blame(token.space, token.task_spec.name, f"{self._label(token)}{reason}")
            return
        pair.names[token.number] = name
        if token.state == TaskState.WAITING:
            self._place_at_join(pair, token, name)

    def _missing(self, pair: Pair, token: Token, name: str) -> str:
        mapped = f"（对应 {name}）" if name != token.task_spec.name else ""
        if name in pair.definition.nodes:
            return f"{mapped}在新图中移到了别的层级（子流程的里面或外面）"
        return f"{mapped}在新图中没有了，而本办件正停在这里"

    def _place_at_join(self, pair: Pair, token: Token, name: str) -> None:
        """A branch that waits at a join came over a flow; the join must still count that flow."""
        via = token.internal_data["via"]
        flow = open_paths.same_flow(pair, via, name, partial(self.name, token.space))
        if flow:
            pair.flows[token.number] = flow
        else:
            message = f"本办件有分支在汇合网关{self._label(token)}等待，它走来的顺序流 {via} 在新图中没有了"
            self.blame(token.space, token.task_spec.name, message)

    def _place_listener(self, pair: Pair, token: Token) -> None:
        step = token.task_spec
        name = self.name(token.space, step.name)
        if isinstance(step, EventSubprocessStart):
            starter = pair.starter(name)
            node = starter.node if starter is not None else None
        else:
            node = pair.new.get(name)
            if node is not None and node.attached_to != pair.names.get(token.internal_data["host"]):
                node = None
        if node is None or (node.kind, node.event.kind) != (step.node.kind, step.node.event.kind):
            pair.gone.append(token)
        else:
            pair.names[token.number] = name

    def _undoable(self, pair: Pair) -> None:
        """What is done and may have to be undone must still know its handler."""
        for element in _done_elements(pair.space):
            if self.name(pair.space, element) not in pair.definition.nodes:
                label = label_of(pair.space.definition.nodes.get(element), element)
                self.blame(pair.space, element, f"{label}已经办结、之后可能要补偿，在新图中却没有了")

    @staticmethod
    def _label(token: Token) -> str:
        return label_of(token.task_spec.node, token.task_spec.name)


def label_of(node: Node | None, element: str) -> str:
    """How a sentence names an element."""
    return f"“{node.name}”（{element}）" if node is not None and node.name else f"“{element}”"


def _differs(old: Node, new: Node) -> str:
    """Why a token on one node cannot go on at the other; empty when it can."""
    if old.kind != new.kind:
        return f"在新图中由{NAMES.get(old.kind, old.kind)}变成了{NAMES.get(new.kind, new.kind)}"
    if old.event.kind != new.event.kind:
        return f"在新图中等待的事件变了（{old.event.kind} → {new.event.kind}）"
    if (old.loop.kind if old.loop else "") != (new.loop.kind if new.loop else ""):
        return "的多实例（循环）标记在新图中变了，而本办件正在其中"
    if old.loop and new.loop and old.loop.item != new.loop.item:
        return f"的多实例变量在新图中由 {old.loop.item} 改为 {new.loop.item}"
    if "topic" in old.settings and _inside(old) != _inside(new):
        return "在新图中改变了由系统办理还是由外部办理"
    return ""


def _inside(node: Node) -> bool:
    return node.settings.get("topic", "").startswith("registry.")


def _done_elements(space: Space) -> Iterator[str]:
    """Every element something done may have to be undone of (the lists are told in ``compensation``)."""
    yield from _done_in(space.done)
    for token in space.tokens():
        data = token.internal_data
        yield from _done_in(data.get("done", []))
        for _, inside in data.get("rounds", []):
            yield from _done_in(inside)
        for path, handler, done, _ in data.get("undo", []):
            yield from (*path, handler)
            yield from _done_in(done)


def _done_in(entries: list[Any]) -> Iterator[str]:
    for name, done, *rounds in entries:
        yield name
        yield from _done_in(done)
        for _, inside in rounds[0] if rounds else ():
            yield from _done_in(inside)


class Unfit(EngineError):
    """The case must stay on its definition; ``problems`` says why, one entry an element."""

    code, status = "unfit", 409


def alike(old: Definition, new: Definition) -> Iterator[tuple[str, bool]]:
    """Elements that are the same in two versions: id, and whether it is a timer."""
    for element, node in old.nodes.items():
        if (node.kind in ACTIVITIES or node.event.kind != "none") and not mismatch(
            old, new, element, element
        ):
            yield element, node.event.kind == "timer"


def mismatch(old: Definition, new: Definition, source: str, target: str) -> str:
    """Why an element of one version cannot become one of another; empty when it can."""
    before, after = old.nodes.get(source), new.nodes.get(target)
    if before is None:
        return f"原版本里没有元素“{source}”"
    if after is None:
        return f"新版本里没有元素“{target}”"
    reason = _differs(before, after)
    if not reason and len(_around(old, source)) != len(_around(new, target)):
        reason = "在新图中移到了别的层级（子流程的里面或外面）"
    return f"{label_of(before, source)}{reason}" if reason else ""


def _around(definition: Definition, element: str) -> list[str]:
    """The subprocesses an element stands in."""
    return [
        node.id
        for node in definition.nodes.values()
        if node.body is not None and any(inner.id == element for _, inner in node.body.walk())
    ]
