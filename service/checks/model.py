"""What a rule looks at: one file as it stands in a region's bundle, read and compiled as far as it goes.

Answers questions several rules ask; says nothing about right or wrong.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from lxml import etree

from service.checks import graph
from service.checks.rulebook import Rulebook
from service.engine import Definition
from service.engine.decisions import Decision
from service.engine.dialect import read_xml
from service.engine.exploration import Explored, explore
from service.engine.model import Diagram, Node, Process, Scope
from service.errors import BadDefinition, XuejiError
from service.policy.forms import Form
from service.policy.library import Bundle
from service.policy.shelves import Source


@dataclass(frozen=True, kw_only=True, eq=False)
class Model:
    """A file of a bundle. What cannot be read is empty; the rule ``compiles`` says why."""

    book: Rulebook
    bundle: Bundle
    source: Source

    @property
    def kind(self) -> str:
        """bpmn, dmn or form."""
        return self.source.name.rpartition(".")[2]

    @cached_property
    def region(self) -> str:
        """The region whose rules the file states: where it lies."""
        return self.source.region

    @cached_property
    def diagram(self) -> Diagram | None:
        """The diagram as drawn."""
        try:
            return self.book.diagram(self.source) if self.kind == "bpmn" else None
        except BadDefinition:
            return None

    @property
    def processes(self) -> tuple[Process, ...]:
        return self.diagram.processes if self.diagram else ()

    def nodes(self) -> Iterator[tuple[Process, Scope, Node]]:
        """Every node of every level."""
        for process in self.processes:
            for scope, node in process.scope.walk():
                yield process, scope, node

    def scopes(self) -> Iterator[tuple[Process, Scope, Node | None]]:
        """Every level of every process, with the node it is the inside of."""
        for process in self.processes:
            for scope, owner in graph.scopes(process):
                yield process, scope, owner

    def explored(self, process: Process, scope: Scope) -> Explored:
        """Every state of a level; worked out once."""
        key = (process.id, scope.id)
        if key not in self._explored:
            self._explored[key] = explore(process, scope)
        return self._explored[key]

    @cached_property
    def _explored(self) -> dict[tuple[str, str], Explored]:
        return {}

    @cached_property
    def xml(self) -> etree._Element | None:
        """The file as XML, for what the model leaves out; None when it is not XML."""
        try:
            return read_xml(self.source.content, self.source.name)
        except BadDefinition:
            return None

    @cached_property
    def problem(self) -> XuejiError | None:
        """Why the file cannot be used, if it cannot."""
        try:
            self._use()
        except XuejiError as error:
            return error
        return None

    @cached_property
    def definitions(self) -> tuple[Definition, ...]:
        """Compiled processes; empty when the file cannot be used."""
        if self.problem or self.kind != "bpmn":
            return ()
        return self.book.definitions(self.bundle, self.source.name)

    @cached_property
    def decisions(self) -> Mapping[str, Decision]:
        """Tables of the file; empty when it cannot be used."""
        return {} if self.problem or self.kind != "dmn" else self.book.decisions(self.source)

    def form(self, form_id: str) -> Form | None:
        """A form of the bundle, None when it is not there. Raises BadDefinition when it cannot be used."""
        return self.book.form(self.bundle, form_id)

    def form_or_none(self, form_id: str) -> Form | None:
        """A form of the bundle; None when it is not there or cannot be used (the rule ``form_exists`` says why)."""
        try:
            return self.form(form_id) if form_id else None
        except BadDefinition:
            return None

    def neighbours(self) -> Iterator[Model]:
        """The other files of the bundle."""
        for source in self.bundle.files.values():
            if source.name != self.source.name:
                yield Model(book=self.book, bundle=self.bundle, source=source)

    def _use(self) -> None:
        if self.kind == "bpmn":
            self.book.diagram(self.source)
            self.book.definitions(self.bundle, self.source.name)
        elif self.kind == "dmn":
            self.book.decisions(self.source)
        else:
            self.book.form(self.bundle, self.source.name.removesuffix(".form"))


def form_of(node: Node) -> str:
    """The form a user task or start event names."""
    if node.kind not in ("userTask", "startEvent"):
        return ""
    return node.settings.get("formRef", "") or node.settings.get("formKey", "")
