"""Compiles a diagram into SpiffWorkflow specs: once for each deployed version, shared by all threads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec

from service.engine.compiler import Compiler
from service.engine.decisions import Decision, parse_dmn
from service.engine.dialect import read_diagram
from service.engine.expressions import Expression
from service.engine.model import Node, Process, Scope
from service.engine.nodes.base import Step
from service.engine.nodes.events import EventSubprocessStart
from service.errors import BadDefinition, Conflict

_START_NAMES = {"none": "普通开始事件", "timer": "定时开始事件"}


class ScopeSpec(BpmnProcessSpec):  # type: ignore[misc]
    """The compiled inside of a process or subprocess."""

    task_specs: dict[str, Step]

    def __init__(self, scope: Scope, file: str) -> None:
        super().__init__(name=scope.id, filename=file)
        self.scope = scope
        self.inner: dict[str, ScopeSpec] = {}
        self.starters: list[EventSubprocessStart] = []
        self.first: list[Step] = []
        self.handlers: dict[str, str] = {}
        self._reach: dict[str, dict[str, frozenset[str]]] = {}

    def reach(self, join: str) -> Mapping[str, frozenset[str]]:
        """For every node, the incoming flows of a join it can reach without passing the join."""
        if join not in self._reach:
            self._reach[join] = {node: frozenset(flows) for node, flows in self._explore(join).items()}
        return self._reach[join]

    def _explore(self, join: str) -> dict[str, set[str]]:
        before = self._predecessors()
        found: dict[str, set[str]] = {}
        for flow in self.scope.nodes[join].incoming:
            todo, seen = [self.scope.flows[flow].source], set()
            while todo:
                node = todo.pop()
                if node in seen or node == join:
                    continue
                seen.add(node)
                found.setdefault(node, set()).add(flow)
                todo.extend(before.get(node, ()))
        return found

    def _predecessors(self) -> dict[str, set[str]]:
        before: dict[str, set[str]] = {}
        for node in self.scope.nodes.values():
            if node.attached_to:
                before.setdefault(node.id, set()).add(node.attached_to)
            for exit_ in self.task_specs[node.id].code.exits if node.id in self.task_specs else ():
                before.setdefault(exit_.target, set()).add(node.id)
        return before


@dataclass(frozen=True, kw_only=True, eq=False)
class Definition:
    """A process that can run. ``reads`` are the names its expressions and tables ask for."""

    process: Process
    digest: str
    tenant: str | None
    spec: ScopeSpec
    decisions: Mapping[str, Decision] = field(default_factory=dict)
    reads: frozenset[str] = frozenset()
    keeps_all: bool = False
    expressions: tuple[tuple[str, Expression], ...] = ()

    @property
    def process_id(self) -> str:
        return self.process.id

    @property
    def name(self) -> str:
        return self.process.name or self.process.id

    @property
    def file(self) -> str:
        return self.process.file

    @cached_property
    def nodes(self) -> Mapping[str, Node]:
        """Every node of every level, by id."""
        return {node.id: node for _, node in self.process.scope.walk()}

    @cached_property
    def flows(self) -> frozenset[str]:
        """Every sequence flow of every level."""
        return frozenset(flow for scope in self._scopes() for flow in scope.flows)

    @property
    def start_form(self) -> str:
        """Form of the none start event, empty when there is none."""
        starts = [node for node in self.process.scope.starts() if node.event.kind == "none"]
        return starts[0].settings.get("formRef", "") if starts else ""

    def start_at(self, kind: str, value: str = "") -> str:
        """The start event of a kind (none, message, signal, timer) and, for what has a name, of this name."""
        for node in self.process.scope.starts():
            if node.event.kind == kind and (not value or node.event.value == value):
                return node.id
        wanted = f"“{value}”的开始事件" if value else _START_NAMES.get(kind, kind)
        raise Conflict(f"流程 {self.process_id} 没有{wanted}", file=self.file, cure="请检查流程的开始事件")

    def begins_with(self, message: str) -> bool:
        """Whether a start event awaits this message."""
        starts = self.process.scope.starts()
        return any(node.event.kind == "message" and node.event.value == message for node in starts)

    def _scopes(self) -> Iterator[Scope]:
        yield self.process.scope
        yield from (node.body for node in self.nodes.values() if node.body is not None)


def compile_files(
    files: Mapping[str, bytes], name: str, *, digest: str, tenant: str | None = None
) -> tuple[Definition, ...]:
    """Compile one BPMN file with the decision tables of its bundle.

    ``files`` maps file names to contents (the diagram itself and every ``.dmn`` its processes may ask). Returns one
    definition a process. Raises BadDefinition naming file, element and cure.
    """
    diagram = read_diagram(files[name], name)
    decisions: dict[str, Decision] = {}
    for file, content in files.items():
        if file.endswith(".dmn"):
            for identifier, decision in parse_dmn(content, file).items():
                if identifier in decisions:
                    raise BadDefinition(
                        f"决策 {identifier} 在 {decisions[identifier].file} 中已经存在",
                        file=file,
                        element=identifier,
                        cure="请给其中一个决策换一个 id",
                    )
                decisions[identifier] = decision
    return tuple(_compile(process, decisions, digest, tenant) for process in diagram.processes)


def _compile(
    process: Process, decisions: Mapping[str, Decision], digest: str, tenant: str | None
) -> Definition:
    compiler = Compiler(process.file)
    spec = build(process.scope, compiler)
    reads = set(compiler.names)
    for node in (node for _, node in process.scope.walk()):
        reference = node.settings.get("decisionRef", "")
        if reference in decisions:
            reads |= decisions[reference].names
        elif reference:
            raise BadDefinition(
                f"决策表 {reference} 不存在",
                file=process.file,
                element=node.id,
                line=node.line,
                cure="请检查决策引用（decisionRef），或上传该决策表",
            )
    return Definition(
        process=process,
        digest=digest,
        tenant=tenant,
        spec=spec,
        decisions=decisions,
        reads=frozenset(reads),
        keeps_all=any(item.everything for _, node in process.scope.walk() for item in node.call_in),
        expressions=tuple(compiler.expressions),
    )


def build(scope: Scope, compiler: Compiler) -> ScopeSpec:
    """One level and everything inside it."""
    spec = ScopeSpec(scope, compiler.file)
    for node in scope.nodes.values():
        compiler.step(spec, scope, node)
        if node.body is not None:
            spec.inner[node.id] = build(node.body, compiler)
    for node in scope.event_subprocesses():
        start = next(iter(node.body.starts()), None) if node.body else None
        if start is not None:
            spec.starters.append(compiler.starter(spec, start, node.id))
    spec.handlers = {
        scope.nodes[event].attached_to: handler for event, handler in scope.compensations.items()
    }
    spec.first = _first(spec, scope)
    return spec


def _first(spec: ScopeSpec, scope: Scope) -> list[Step]:
    starts = list(scope.starts())
    if starts:
        plain = [node for node in starts if node.event.kind == "none"] or starts
        return [spec.task_specs[plain[0].id]]
    return [
        spec.task_specs[node.id]
        for node in scope.nodes.values()
        if not node.incoming
        and not node.attached_to
        and not node.for_compensation
        and not node.triggered_by_event
        and not (node.kind == "intermediateCatchEvent" and node.event.kind == "link")
    ]
