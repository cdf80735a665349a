"""Branches that are open when a case moves: splits it has passed, joins and races it waits at, and the way ahead.

A join that gains a branch after its split was passed would wait for ever. So a split whose branches are open must
keep them, a race its events, and the level is walked from where the tokens would stand: nothing may get stuck.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import combinations
from typing import TYPE_CHECKING

from SpiffWorkflow.util.task import TaskState

from service.engine.definition import Definition, ScopeSpec
from service.engine.exploration import Explored, State, explore
from service.engine.model import Node, Scope
from service.engine.space import Token
from service.errors import Problem

if TYPE_CHECKING:
    from service.engine.fitting import Pair

Rename = Callable[[str], str]

WALK_LIMIT = 12_000  # tokens put on the board for one marking; kept, as many cases stand alike
_SPLITS = {"parallelGateway", "inclusiveGateway"}


def problems(pair: Pair, rename: Rename) -> Iterator[Problem]:
    """What stands open in a space and is not the same in the new diagram."""
    yield from _races(pair, rename)
    tokens = [token for token in _moving(pair) if token.number in pair.names]
    if len(tokens) > 1:
        yield from _splits(pair, rename, tokens)
    if tokens and len(tokens) == sum(1 for _ in _moving(pair)):
        yield from _ahead(pair, rename, tokens)


def same_flow(pair: Pair, flow: str, join: str, rename: Rename) -> str:
    """The incoming flow of a join in the new diagram that is the old one: by id, else by where it comes from."""
    flows, incoming = pair.spec.scope.flows, pair.new[join].incoming
    if flow in incoming:
        return flow
    source = rename(pair.space.spec.scope.flows[flow].source)
    alike = [one for one in incoming if flows[one].source == source]
    return alike[0] if len(alike) == 1 else ""


def _moving(pair: Pair) -> Iterator[Token]:
    """Tokens that go somewhere: no listeners, and of a repeated activity only its body."""
    for token in pair.space.tokens():
        if not token.task_spec.only_listens(token) and "mi" not in token.internal_data:
            yield token


def _races(pair: Pair, rename: Rename) -> Iterator[Problem]:
    gates = {gate.id: gate for token in _moving(pair) if (gate := _race_of(pair, token)) is not None}
    for gate in gates.values():
        new = pair.new.get(rename(gate.id))
        before = {rename(one) for one in _targets(pair.space.spec.scope, gate)}
        if new is None or set(_targets(pair.spec.scope, new)) != before:
            message = f"本办件正在事件网关“{gate.name or gate.id}”等待，新图中它等待的事件不一样了"
            yield Problem(message=message, where=gate.id)


def _race_of(pair: Pair, token: Token) -> Node | None:
    if "race" not in token.internal_data:
        return None
    return pair.old[pair.space.spec.scope.flows[token.internal_data["via"]].source]


def _targets(scope: Scope, node: Node) -> list[str]:
    return [scope.flows[flow].target for flow in node.outgoing]


# Splits ---------------------------------------------------------------------------------------------------


def _splits(pair: Pair, rename: Rename, tokens: list[Token]) -> Iterator[Problem]:
    for split in pair.old.values():
        if len(split.outgoing) < 2 or split.kind in ("exclusiveGateway", "eventBasedGateway"):
            continue
        if split.kind not in _SPLITS and split.default:
            continue  # conditional flows of an activity with a way else: a choice, as a rule
        if not _open(pair, split, tokens):
            continue
        new = pair.new.get(rename(split.id))
        label = f"“{split.name or split.id}”"
        if new is None:
            yield Problem(message=f"分出并行分支的{label}在新图中没有了，而它的分支还在办理", where=split.id)
        elif not _same_branches(pair, rename, split, new):
            message = f"本办件已经走过分支处{label}、各分支还在办理，新图中它的分支不一样了"
            yield Problem(message=message, where=split.id)


def _open(pair: Pair, split: Node, tokens: list[Token]) -> bool:
    """May two tokens stand in different branches of a split? (In a loop perhaps more often than is so.)"""
    scope = pair.space.spec.scope
    branches = [_reach(pair.space.spec, scope.flows[flow].target, split.id) for flow in split.outgoing]
    places = [{token.number for token in tokens if token.task_spec.name in branch} for branch in branches]
    return any(one and other and len(one | other) > 1 for one, other in combinations(places, 2))


def _reach(spec: ScopeSpec, start: str, without: str) -> set[str]:
    """Every node a token on ``start`` may come to without passing ``without``."""
    seen: set[str] = set()
    todo = [start]
    while todo:
        name = todo.pop()
        if name in seen or name == without:
            continue
        seen.add(name)
        todo += [exit_.target for exit_ in spec.task_specs[name].code.exits]
        todo += [event.id for event in spec.task_specs[name].code.attached]
    return seen


def _same_branches(pair: Pair, rename: Rename, old: Node, new: Node) -> bool:
    if set(old.outgoing) == set(new.outgoing):
        return True
    targets = sorted(rename(target) for target in _targets(pair.space.spec.scope, old))
    return targets == sorted(_targets(pair.spec.scope, new))


# The way ahead ----------------------------------------------------------------------------------------------


def _ahead(pair: Pair, rename: Rename, tokens: list[Token]) -> Iterator[Problem]:
    """Walk on from here in the new diagram: what gets stuck there and did not in the old one."""
    after = walk(pair.definition, pair.spec, _marking(pair, tokens, rename))
    before = walk(pair.space.definition, pair.space.spec, _marking(pair, tokens, None))
    if not after.whole:
        if not _joins_alike(pair, rename):
            where = tokens[0].task_spec.name
            yield Problem(
                message="新图改动了汇合处，而分支太多，无法算清移动后各分支还能不能汇合", where=where
            )
        return
    for kind, sentence in _TROUBLES.items():
        found = getattr(after, kind)
        if found and not getattr(before, kind):
            names = "、".join(sorted(f"“{pair.new[one].name or one}”" for one in found))
            yield Problem(message=sentence.format(names=names), where=sorted(found)[0])


_TROUBLES = {
    "stuck": "移到新图后，{names}会一直等不齐各条分支",
    "piled": "移到新图后，会有两条分支同时走到{names}，把同一步办两遍",
    "endless": "移到新图后，从{names}走不到任何结束",
}


@lru_cache(maxsize=1024)
def walk(definition: Definition, spec: ScopeSpec, marking: State) -> Explored:
    """Everything that may follow from a marking of one level."""
    return explore(definition.process, spec.scope, WALK_LIMIT, marking)


def _marking(pair: Pair, tokens: list[Token], rename: Rename | None) -> State:
    rows = []
    for token in tokens:
        name = pair.names[token.number] if rename else token.task_spec.name
        via, gate = "", _race_of(pair, token)
        if token.state == TaskState.WAITING:
            via = token.internal_data["via"]
            via = pair.flows.get(token.number, via) if rename else via
        elif gate is not None:
            via = rename(gate.id) if rename else gate.id
        rows.append((name, int(token.state), via))
    return tuple(sorted(rows)), False


def _joins_alike(pair: Pair, rename: Rename) -> bool:
    old = {rename(node.id): set(node.incoming) for node in pair.old.values() if _joins(node)}
    return old == {node.id: set(node.incoming) for node in pair.new.values() if _joins(node)}


def _joins(node: Node) -> bool:
    return node.kind in _SPLITS and len(node.incoming) > 1
