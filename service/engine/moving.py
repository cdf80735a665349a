"""Moving a running case to an edited diagram: what is live stays as it is, under the new diagram's names.

Deadlines, loop counters, local values and numbers of tokens are kept. Only what listens changes: events the new
diagram has beside a live activity or scope are armed, those it has no longer are disarmed. Nothing here looks
at tables; the caller says which submitted values the new diagram reads and the old one did not keep.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from service.clock import ZONE
from service.engine import codec
from service.engine.definition import Definition
from service.engine.fitting import Fitting, Guide, Pair, Unfit
from service.engine.host import Host, Wait
from service.engine.instance import Instance
from service.engine.listening import boundaries, describe, listeners, taken_over
from service.engine.nodes.base import Step, evaluate_all, keeps
from service.engine.nodes.events import Catching
from service.engine.space import Space, Token
from service.errors import Problem, XuejiError
from service.policy.values import Value

__all__ = ["Effect", "Guide", "Moved", "Unfit", "move", "obstacles"]


@dataclass(frozen=True, kw_only=True)
class Effect:
    """One thing a move does to what is live: kind is armed, disarmed, restarted, renamed or version."""

    kind: str
    element: str
    name: str = ""
    trigger: str = ""  # of a listener: timer, message, signal or conditional
    was: str = ""  # of renamed: the id in the old diagram
    due: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Moved:
    """A case on its new definition. ``retold`` are the waits that stay, as the new diagram describes them."""

    instance: Instance
    effects: tuple[Effect, ...]
    retold: tuple[Wait, ...] = field(default=())


def obstacles(state: bytes, host: Host, target: Definition, guide: Guide) -> tuple[Problem, ...]:
    """Why a case cannot move; nothing when it can."""
    return tuple(Fitting(codec.load(state, host), target, guide).problems)


def move(
    state: bytes, host: Host, target: Definition, guide: Guide, values: Mapping[str, Value] | None = None
) -> Moved:
    """Bring a saved case over to ``target``.

    ``values`` are submitted values by name; those only the new diagram reads become variables. Raises Unfit with
    every reason when the case must stay.
    """
    case = codec.load(state, host)
    fitting = Fitting(case, target, guide)
    if fitting.problems:
        raise _unfit(fitting.problems)
    try:
        return _Move(fitting, host, values or {}).moved()
    except XuejiError as error:
        raise _unfit([error.problem]) from error


def _unfit(problems: list[Problem]) -> Unfit:
    return Unfit("办件要留在原来的版本", problems=problems, cure="请按所列各项处理")


class _Move:
    def __init__(self, fitting: Fitting, host: Host, values: Mapping[str, Value]) -> None:
        self.fitting, self.host, self.values = fitting, host, values
        self.old = fitting.case
        self.effects: list[Effect] = []
        self.pairs: list[Pair] = []  # in the order of the state's rows
        for space in (self.old, *self.old.frames):
            pair = fitting.pair_of(space)
            assert pair is not None, "a case without problems is paired whole"
            self.pairs.append(pair)

    def moved(self) -> Moved:
        drawn = {pair.space.owner.number if pair.space.owner else 0: listeners(pair) for pair in self.pairs}
        for pair in self.pairs:
            for token in pair.gone:
                self._tell("disarmed", token.task_spec)
                self.old.cancel_token(token)
        instance = Instance.load(self._renamed(), self.host)
        case = instance.case
        case.over = self.old.over  # disarmed ones: told by number, as they were
        retold = tuple(
            self._retell(pair, new) for pair, new in zip(self.pairs, _spaces(instance), strict=True)
        )
        self._fill_in(instance)
        armed: list[Token] = []
        instance._act(lambda: armed.extend(self._arm(instance, drawn)))
        for token in armed:
            self._tell("armed", token.task_spec, token)
        return Moved(
            instance=instance,
            effects=tuple(self.effects),
            retold=tuple(wait for some in retold for wait in some),
        )

    # The state under its new names ---------------------------------------------------------------------

    def _renamed(self) -> bytes:
        data = codec.unpacked(codec.save(self.old))
        for pair, row in zip(self.pairs, data["s"], strict=True):
            self._rename_row(pair, row)
        data["h"] = [[self.fitting.name(self.old, name), values] for name, values in data.get("h", [])]
        return codec.packed(data)

    def _rename_row(self, pair: Pair, row: list[Any]) -> None:
        space = pair.space
        rename = partial(self.fitting.name, space)
        if row[1] is not None:
            if space is not self.old and row[1][0] != pair.definition.digest:
                self.effects.append(Effect(kind="version", element=pair.definition.process_id))
            row[1] = [pair.definition.digest, pair.definition.process_id]
        row[2] = pair.spec.scope.id
        row[4] = {rename(element): person for element, person in row[4].items()}
        row[5] = _renamed_done(row[5], rename)
        for token in row[6]:
            number, was = token[0], token[1]
            token[1] = pair.names[number]
            if token[1] != was:
                name = pair.spec.task_specs[token[1]].node.name
                self.effects.append(Effect(kind="renamed", element=token[1], name=name, was=was))
            if number in pair.flows:
                token[3]["via"] = pair.flows[number]
            _rename_undoable(token[3], rename)

    # What is waited for, in the new diagram's words ------------------------------------------------------

    def _retell(self, pair: Pair, space: Space) -> list[Wait]:
        return [wait for token in space.tokens() if (wait := self._described(pair, token)) is not None]

    def _described(self, pair: Pair, token: Token) -> Wait | None:
        step, case = token.task_spec, token.space.case
        old = pair.space.tasks[token.number].task_spec.name
        if "loop" in token.internal_data:
            return None  # the body of a repeated activity waits for its repetitions only
        if (
            isinstance(step, Catching)
            and old in self.fitting.guide.restarted
            and step.node.event.kind == "timer"
        ):
            for key in ("due", "every", "left", "until"):
                token.internal_data.pop(key, None)
            step.set_timer(token)
            self._tell("restarted", step, token)
            return None  # told as new: it has another due instant
        described = describe(step, token)
        case.created.pop(token.number, None)
        return described

    # Values and listeners ---------------------------------------------------------------------------------

    def _fill_in(self, instance: Instance) -> None:
        """Variables that only the new diagram reads: from what was submitted, and into calls from their callers."""
        spaces = list(_spaces(instance))
        for pair, space in zip(self.pairs, spaces, strict=True):
            if space is instance.case:
                kept = pair.space.definition.reads
                space.variables.update(
                    {
                        name: value
                        for name, value in self.values.items()
                        if name not in kept and name not in space.variables and keeps(space, name)
                    }
                )
            elif space.called and pair.definition.digest != pair.space.definition.digest:
                _hand_in(space, pair.space.definition.reads)

    def _arm(self, instance: Instance, drawn: Mapping[int, set[tuple[str, str, str]]]) -> list[Token]:
        """Put a token on every listener the new diagram has and the old one had not."""
        armed = []
        for pair, space in zip(self.pairs, list(_spaces(instance)), strict=True):
            known = {
                (self.fitting.name(pair.space, host), self.fitting.name(pair.space, element), kind)
                for host, element, kind in drawn[space.owner.number if space.owner else 0]
            }
            for token in list(space.tokens()):
                armed += [
                    space.enter(step, host=token.number)
                    for step in boundaries(space, token)
                    if (token.task_spec.name, step.name, step.node.event.kind) not in known
                ]
            if not taken_over(space):
                armed += [
                    space.enter(step)
                    for step in space.spec.starters
                    if step.passive_wait and ("", step.name, step.node.event.kind) not in known
                ]
        return armed

    def _tell(self, kind: str, step: Step, token: Token | None = None) -> None:
        due = token.internal_data.get("due") if token is not None else None
        self.effects.append(
            Effect(
                kind=kind,
                element=step.name,
                name=step.node.name,
                trigger=step.node.event.kind,
                due=datetime.fromtimestamp(due / 1000, ZONE) if due is not None else None,
            )
        )


def _spaces(instance: Instance) -> Iterator[Space]:
    yield instance.case
    yield from instance.case.frames


Rename = Callable[[str], str]


def _rename_undoable(data: dict[str, Any], rename: Rename) -> None:
    """What a token remembers of things that may have to be undone (the lists are told in ``compensation``)."""
    if "done" in data:
        data["done"] = _renamed_done(data["done"], rename)
    if "rounds" in data:
        data["rounds"] = [[local, _renamed_done(inside, rename)] for local, inside in data["rounds"]]
    for job in data.get("undo", []):
        path, handler, done, local = job
        job[:] = [[rename(one) for one in path], rename(handler), _renamed_done(done, rename), local]


def _renamed_done(entries: list[Any], rename: Rename) -> list[Any]:
    return [
        [rename(name), _renamed_done(done, rename)]
        + [[[local, _renamed_done(inside, rename)] for local, inside in one] for one in rounds]
        for name, done, *rounds in entries
    ]


def _hand_in(frame: Space, kept: frozenset[str]) -> None:
    """Into a called process: what its call hands in and only the new version of the called process reads."""
    assert frame.owner is not None, "a called process has a caller"
    given = evaluate_all(frame.owner.task_spec.code.call_in, frame.owner)
    for name, value in given.items():
        if name not in kept and name not in frame.variables and keeps(frame, name):
            frame.variables[name] = value
