"""An instance's state as compact bytes: live tokens and variables, the definitions by reference.

Of what is finished only the steps ever reached are in it, so a case of five thousand steps is as small as one of five
at the same elements. Rows keep their order;
tokens come back under the numbers they had, so that saving and loading at any moment changes nothing.
"""

from __future__ import annotations

import zlib
from typing import Any, cast

import orjson
from SpiffWorkflow.util.task import TaskState

from service.engine.compensation import compensated_scope
from service.engine.definition import ScopeSpec
from service.engine.host import End, Host
from service.engine.space import Case, Frame, Space, Token

FORMAT = 1
#: What every state says, for the compressor to refer to. States are read with it: it never changes.
_COMMON = (
    b'"decision":"approve","party":"first":"second":"due":17"host":"message":"{},[],[[",32,{"via":"flow_start_"}]'
    b']],null,false,true,0123456789abcdef@000000"]{"f":1,"n":1,"e":null,"c":false,"h":[["],"s":[[0,["'
)


def save(case: Case) -> bytes:
    """The state of an instance at rest (no token may be ready)."""
    return packed(
        {
            "f": FORMAT,
            "n": case.numbers,
            "e": [case.end.element, case.end.name, case.end.kind, case.end.inside] if case.end else None,
            "c": case.completed,
            "h": list(case.first_reached.items()),
            "s": [_space(case), *(_space(frame) for frame in case.frames)],
        }
    )


def _space(space: Space) -> list[Any]:
    called = space.process_level is space
    return [
        space.owner.number if space.owner is not None else 0,
        [space.definition.digest, space.definition.process_id] if called else None,
        space.spec.scope.id,
        space.variables if called else None,
        space.doers,
        space.done,
        [[token.number, token.task_spec.name, int(token.state), _data(token)] for token in space.tokens()],
    ]


def _data(token: Token) -> dict[str, Any]:
    """What a token needs to go on. Over which flow it came matters at a join, in a race of events, while it stops."""
    data = token.internal_data
    if "via" in data and token.state != TaskState.WAITING and not data.keys() & {"race", "pause"}:
        return {name: value for name, value in data.items() if name != "via"}
    return data


def back_to(before: bytes, now: bytes) -> bytes:
    """A state of before; no number is given out twice, as those given since stand in the history."""
    data = unpacked(before)
    data["n"] = max(data["n"], unpacked(now)["n"])
    return packed(data)


def packed(data: dict[str, Any]) -> bytes:
    """A third of the JSON's size for a few dozen microseconds: rows stay in their page, the log stays short."""
    packer = zlib.compressobj(zdict=_COMMON)
    return packer.compress(orjson.dumps(data)) + packer.flush()


def unpacked(state: bytes) -> dict[str, Any]:
    """The data of a state; one that was written before states were compressed is JSON as it is."""
    content = state if state[:1] == b"{" else zlib.decompressobj(zdict=_COMMON).decompress(state)
    data: dict[str, Any] = orjson.loads(content)
    return data


def load(state: bytes, host: Host) -> Case:
    """Bring an instance back. The host resolves the definitions it refers to."""
    data = unpacked(state)
    rows = data["s"]
    digest, process_id = rows[0][1]
    definition = host.by_digest(digest, process_id)
    case = Case(definition, host)
    case.open(definition, rows[0][3], case, None)
    case.numbers, case.completed = data["n"], data["c"]
    case.told = case.numbers
    case.first_reached = dict(data.get("h", ()))
    if data["e"]:
        element, name, kind, inside = data["e"]
        case.end = End(element=element, name=name, kind=kind, inside=inside)
    owners: dict[int, Token] = {}
    _fill(case, rows[0], owners)
    for row in rows[1:]:
        _fill(_frame(case, row, owners), row, owners)
    return case


def _frame(case: Case, row: list[Any], owners: dict[int, Token]) -> Frame:
    owner = owners[row[0]]
    if row[1] is None:
        # What undoes a finished subprocess is held by the throwing event, which may stand in an event subprocess.
        outside = owner.space if owner.task_spec.node.body else compensated_scope(owner)
        definition, variables = outside.definition, outside.variables
        spec = _inner(outside.spec, row[2])
    else:
        definition = case.host.by_digest(*row[1])
        spec, variables = definition.spec, row[3]
    frame = Frame(spec, owner, row[1] is not None)
    frame.open(definition, variables, case, owner)
    case.subprocesses[owner.id] = frame
    return frame


def _inner(spec: ScopeSpec, scope_id: str) -> ScopeSpec:
    """A subprocess of this level, or (a compensation inside a finished one) of a level below."""
    if scope_id in spec.inner:
        return spec.inner[scope_id]
    return next(found for inner in spec.inner.values() if (found := _try_inner(inner, scope_id)) is not None)


def _try_inner(spec: ScopeSpec, scope_id: str) -> ScopeSpec | None:
    if scope_id in spec.inner:
        return spec.inner[scope_id]
    return next((found for inner in spec.inner.values() if (found := _try_inner(inner, scope_id))), None)


def _fill(space: Space, row: list[Any], owners: dict[int, Token]) -> None:
    space.doers, space.done = row[4], row[5]
    for number, name, state, data in row[6]:
        owners[number] = Token(space, space.spec.task_specs[name], number, cast(TaskState, state), data)
