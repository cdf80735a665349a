"""Which parties of a case are settled at each step, and who is asked before anyone settled it.

Follows every path of a process and of what it calls, with the constants each call hands over. What the start
settles, and what a form settles on the way, counts from there on; branches that meet keep what all of them have.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from service.checks import graph
from service.checks.model import Model, form_of
from service.engine.expressions import Names, compile_value
from service.engine.model import Node, Process, Scope
from service.errors import XuejiError
from service.registry.actions import ACTIONS
from service.registry.counter import starter
from service.registry.parties import SUPERIOR

Given = Mapping[str, str]  # constants handed to a process
Settled = frozenset[str]

_DEEPEST = 6  # calls followed


@dataclass(frozen=True, kw_only=True)
class Unset:
    """A party asked for at a node before every path has settled it."""

    node: Node
    party: str


class Paths:
    """One bundle, followed from where a case starts."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.rules = model.book.law.parties
        self.processes: dict[str, Process] = {
            process.id: process for one in (*model.neighbours(), model) for process in one.processes
        }
        self.unset: list[Unset] = []

    def begin(self, process: Process) -> list[Unset]:
        """Parties asked for too early in a process a case starts with, told at its own nodes."""
        self.unset = []
        _, party = starter(process.settings)
        self._scope(process.scope, frozenset({party}), {}, _DEEPEST)
        return self.unset

    # What each step settles -------------------------------------------------------------------------

    def _scope(self, scope: Scope, settled: Settled, given: Given, depth: int) -> Settled:
        """What is settled when a level is left on every way, given what is when it begins."""
        before = graph.turned(graph.successors(scope))
        everything = settled | frozenset(self.rules.rules)
        after: dict[str, Settled] = dict.fromkeys(scope.nodes, everything)
        for _ in range(len(scope.nodes) + 1):
            changed = False
            for node in scope.nodes.values():
                now = self._after(node, self._at(node, before, after, settled), given, depth, say=False)
                changed, after[node.id] = changed or now != after[node.id], now
            if not changed:
                break
        for node in scope.nodes.values():
            self._after(node, self._at(node, before, after, settled), given, depth, say=True)
        ends = [after[node.id] for node in scope.nodes.values() if _leaves(node)]
        return frozenset.intersection(*ends) if ends else settled

    def _at(
        self, node: Node, before: Mapping[str, tuple[str, ...]], after: Mapping[str, Settled], begin: Settled
    ) -> Settled:
        """What is settled when a node is reached."""
        sources = [after[each] for each in before[node.id]]
        if not sources:
            return begin
        joined = frozenset.union if node.kind == "parallelGateway" else frozenset.intersection
        return joined(*sources)

    def _after(self, node: Node, settled: Settled, given: Given, depth: int, *, say: bool) -> Settled:
        if say:
            self._ask(node, settled, given)
        if node.body is not None:
            return settled | self._silently(node.body, settled, given, depth, say=say)
        if node.kind == "callActivity" and node.called in self.processes and depth:
            return settled | self._called(node, settled, given, depth, say=say)
        form = self.model.form_or_none(form_of(node))
        return settled | {one.party for one in form.fields if one.party} if form else settled

    def _silently(self, scope: Scope, settled: Settled, given: Given, depth: int, *, say: bool) -> Settled:
        told = list(self.unset)
        result = self._scope(scope, settled, given, depth)
        if not say:
            self.unset = told
        return result

    def _called(self, node: Node, settled: Settled, given: Given, depth: int, *, say: bool) -> Settled:
        handed = {
            item.target: value for item in node.call_in if (value := _constant(item.value, given)) is not None
        }
        told = list(self.unset)
        self.unset = []
        result = self._scope(self.processes[node.called].scope, settled, handed, depth - 1)
        inside = [Unset(node=node, party=one.party) for one in self.unset]
        self.unset = [*told, *(inside if say else [])]
        return result

    # What each step asks for ------------------------------------------------------------------------

    def _ask(self, node: Node, settled: Settled, given: Given) -> None:
        for party in dict.fromkeys(self._asked(node, given)):
            if (
                self.rules.known(party)
                and self.rules.needs_setting(party)
                and not self._found(party, settled)
            ):
                self.unset.append(Unset(node=node, party=party))

    def _asked(self, node: Node, given: Given) -> Iterator[str]:
        for text in (node.settings.get("candidateGroups", ""), node.properties.get("sent_by", "")):
            for group in (_constant(text, given) or "").split(","):
                if "@" in group:
                    yield group.partition("@")[2].strip()
        action = ACTIONS.get(node.settings.get("topic", ""))
        kinds = {one.name for one in action.inputs if one.type == "party"} if action else set()
        for item in node.inputs:
            if item.target in kinds and (value := _constant(item.value, given)):
                yield value

    def _found(self, party: str, settled: Settled) -> bool:
        """Whether a party, or one it follows from, is settled."""
        name = party.removeprefix(SUPERIOR)
        while name:
            if name in settled:
                return True
            name = self.rules.rules[name].of
        return False


def _leaves(node: Node) -> bool:
    """Whether a level may be left here in good order."""
    return (node.kind == "endEvent" and node.event.kind != "error") or not (
        node.outgoing or node.kind == "endEvent" or node.attached_to or node.triggered_by_event
    )


def _constant(text: str, given: Given) -> str | None:
    """What a text becomes with the constants at hand; None when it needs more."""
    if not text:
        return None
    try:
        expression = compile_value(text, file="", element="")
        if expression.functions or not expression.names <= given.keys():
            return None
        return str(expression.evaluate(Names(values=dict(given))))
    except XuejiError:
        return None
