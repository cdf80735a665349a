"""The nodes of a diagram without values: where the engine would ask a condition an oracle answers, and whatever
takes time waits until the walk goes on. Joins and races are the engine's own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

from service.engine.nodes import events, gateways
from service.engine.nodes.activities import lose_race
from service.engine.nodes.base import Exit, Step
from service.engine.space import Token

_ALL_SUBSETS = 4  # conditional flows of which every combination is tried
_ENDS_SCOPE = {"error", "terminate", "cancel"}


class Oracle:
    """Answers the choices of one run by a script, and remembers how many answers each had."""

    def __init__(self) -> None:
        self.script: Sequence[int] = ()
        self.asked: list[int] = []

    def begin(self, script: Sequence[int]) -> None:
        self.script, self.asked = script, []

    def pick(self, answers: int) -> int:
        position = len(self.asked)
        self.asked.append(answers)
        return self.script[position] if position < len(self.script) else 0

    def others(self) -> Iterator[list[int]]:
        """Scripts for the answers not given at the choices the script did not fix."""
        given = [*self.script, *([0] * (len(self.asked) - len(self.script)))]
        for position in range(len(self.script), len(self.asked)):
            for answer in range(1, self.asked[position]):
                yield [*given[:position], answer]


class Free(Step):
    """A node whose conditions are answered by the oracle."""

    oracle: Oracle
    conditional_flows: frozenset[str] = frozenset()

    def choose(self, token: Token) -> list[Exit]:
        asked = [one for one in self.code.exits if one.id in self.conditional_flows and not one.default]
        if not asked:
            return list(self.code.exits)
        always = [one for one in self.code.exits if one not in asked and not one.default]
        options = [[*always, *some] for some in _subsets(asked)]
        nothing = always or [one for one in self.code.exits if one.default]
        options += [nothing] if nothing else []
        return options[self.oracle.pick(len(options))]


class Pause(Free):
    """Whatever takes time or does something: the walk decides when it is over."""

    def execute(self, token: Token) -> bool | None:
        return None

    def go_on(self, token: Token) -> None:
        lose_race(token)
        super().go_on(token)


class _Exclusive(Free):
    def choose(self, token: Token) -> list[Exit]:
        exits = list(self.code.exits)
        return [exits[self.oracle.pick(len(exits))]] if len(exits) > 1 else exits


class _Parallel(gateways.ParallelGateway):
    """As it is."""


class _Inclusive(Free, gateways.InclusiveGateway):
    """Joins as it is, forks by the oracle."""


class _Race(gateways.EventBasedGateway):
    def go_on(self, token: Token) -> None:
        for flow in self.code.exits:
            token.space.enter(token.space.spec.task_specs[flow.target], via=flow.id, race=self.name)


class _End(events.EndEvent):
    def execute(self, token: Token) -> bool | None:
        if self.node.event.kind not in _ENDS_SCOPE:
            return True
        token.space.terminate()
        return None


KINDS: dict[str, type[Step]] = {
    "exclusiveGateway": _Exclusive,
    "parallelGateway": _Parallel,
    "inclusiveGateway": _Inclusive,
    "eventBasedGateway": _Race,
    "endEvent": _End,
    "startEvent": Free,
    "boundaryEvent": Free,
}


def _subsets(flows: list[Exit]) -> Iterator[tuple[Exit, ...]]:
    sizes = range(1, len(flows) + 1) if len(flows) <= _ALL_SUBSETS else (1, len(flows))
    for size in sizes:
        yield from combinations(flows, size)
