"""Which parties of a case are settled at each step, and who is asked before anyone settled it.

Follows every path of a process and of what it calls, with the constants each call hands over. What the start
settles, and what a form settles on the way, counts from there on; branches that meet keep what all of them have.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from service.checks import graph
from service.checks.model import Model, form_of
from service.engine.expressions import Expression, Names, compile_value
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


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What is settled behind a node or a level, and who was asked too early inside."""

    settled: Settled
    unset: tuple[Unset, ...] = ()


class Paths:
    """One bundle, followed from where a case starts."""

    def __init__(self, model: Model, *, without_student: bool = False) -> None:
        self.model, self.without_student = model, without_student
        self.rules = model.book.law.parties
        self.processes: dict[str, Process] = {
            process.id: process for one in (*model.neighbours(), model) for process in one.processes
        }
        self._known: dict[tuple[object, ...], Outcome] = {}

    def begin(self, process: Process) -> tuple[Unset, ...]:
        """Parties asked for too early in a process a case starts with, told at its own nodes."""
        _, party = starter(process.settings)
        return self._level(process.scope, frozenset({party}), {}, _DEEPEST).unset

    def begin_by_itself(self, process: Process, party: str) -> tuple[Unset, ...]:
        """The same for a process that starts by itself, where ``party`` (if any) is the region's own authority."""
        return self._level(process.scope, frozenset({party} - {""}), {}, _DEEPEST).unset

    # What each step settles -------------------------------------------------------------------------

    def _level(self, scope: Scope, settled: Settled, given: Given, depth: int) -> Outcome:
        """A level entered with what is settled by then; followed once for each such beginning."""
        key = (id(scope), settled, frozenset(given.items()), depth)
        if key not in self._known:
            self._known[key] = self._follow(scope, settled, given, depth)
        return self._known[key]

    def _follow(self, scope: Scope, begin: Settled, given: Given, depth: int) -> Outcome:
        before = graph.turned(graph.successors(scope))
        after: dict[str, Outcome] = dict.fromkeys(
            scope.nodes, Outcome(settled=begin | frozenset(self.rules.rules))
        )
        changed = True
        while changed:
            changed = False
            for node in scope.nodes.values():
                sources = [after[each].settled for each in before[node.id]]
                now = self._node(node, _joined(node, sources, begin), given, depth)
                changed, after[node.id] = changed or now.settled != after[node.id].settled, now
        ends = [after[name].settled for name in _main_line(scope) if _leaves(scope.nodes[name])]
        unset = tuple(one for each in after.values() for one in each.unset)
        return Outcome(settled=frozenset.intersection(*ends) if ends else begin, unset=unset)

    def _node(self, node: Node, settled: Settled, given: Given, depth: int) -> Outcome:
        early = tuple(
            Unset(node=node, party=party)
            for party in dict.fromkeys(self._asked(node, given))
            if self.rules.known(party) and self._to_be_set(party) and not self._found(party, settled)
        )
        inside = Outcome(settled=self._by_form(node))
        if node.body is not None:
            inside = self._level(node.body, settled, given, depth)
        elif node.kind == "callActivity" and node.called in self.processes and depth:
            called = self._level(self.processes[node.called].scope, settled, _handed(node, given), depth - 1)
            told = tuple(Unset(node=node, party=one.party) for one in called.unset)
            inside = Outcome(settled=called.settled, unset=told)
        return Outcome(settled=settled | inside.settled, unset=(*early, *inside.unset))

    def _by_form(self, node: Node) -> Settled:
        form = self.model.form_or_none(form_of(node))
        return frozenset(one.party for one in form.fields if one.party) if form else frozenset()

    # What each step asks for ------------------------------------------------------------------------

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

    def _to_be_set(self, party: str) -> bool:
        """Without a student there is no school of the record either."""
        return self.without_student or self.rules.needs_setting(party)

    def _found(self, party: str, settled: Settled) -> bool:
        """Whether a party, or one it follows from, is settled."""
        name = party.removeprefix(SUPERIOR)
        while name:
            if name in settled:
                return True
            name = self.rules.rules[name].of
        return False


def _joined(node: Node, sources: list[Settled], begin: Settled) -> Settled:
    """What is settled when a node is reached: a parallel join has what any branch brings, others what all bring."""
    if not sources:
        return begin
    return (frozenset.union if node.kind == "parallelGateway" else frozenset.intersection)(*sources)


def _handed(node: Node, given: Given) -> Given:
    """The constants a call hands over."""
    return {
        item.target: value for item in node.call_in if (value := _constant(item.value, given)) is not None
    }


def _main_line(scope: Scope) -> set[str]:
    """What is reached without an event that leaves its activity running: beside such a branch the rest goes on."""
    beside = {node.id for node in scope.nodes.values() if node.attached_to and not node.interrupting}
    following = {
        name: tuple(one for one in targets if one not in beside)
        for name, targets in graph.successors(scope).items()
    }
    return graph.reachable(following, graph.entries(scope))


def _leaves(node: Node) -> bool:
    """Whether a level may be left here in good order."""
    return (node.kind == "endEvent" and node.event.kind != "error") or not (
        node.outgoing or node.kind == "endEvent" or node.attached_to or node.triggered_by_event
    )


@lru_cache(maxsize=1024)
def _compiled(text: str) -> Expression:
    return compile_value(text, file="", element="")


def _constant(text: str, given: Given) -> str | None:
    """What a text becomes with the constants at hand; None when it needs more."""
    try:
        expression = _compiled(text)
        if expression.functions or not expression.names <= given.keys():
            return None
        return str(expression.evaluate(Names(values=dict(given))))
    except XuejiError:
        return None
