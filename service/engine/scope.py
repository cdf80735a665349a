"""How an expression sees the world: local values, then the process's variables, then the registry's facts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from service.engine.moments import functions
from service.policy.calendar import Calendar
from service.policy.values import Value

if TYPE_CHECKING:
    from service.engine.space import Space, Token


class TokenScope:
    """The names and functions an expression may use at one token."""

    __slots__ = ("space", "token")

    def __init__(self, token: Token) -> None:
        self.token, self.space = token, token.space

    def locals(self) -> Iterator[dict[str, Any]]:
        """Local values from the token outwards, as far as the process reaches."""
        token: Token | None = self.token
        while token is not None:
            local = token.internal_data.get("local")
            if local is not None:
                yield local
            token = outer(token)

    def holder(self, name: str) -> dict[str, Any] | None:
        """The first of ``locals`` that has the name; without a generator, as every name of an expression asks."""
        token: Token | None = self.token
        while token is not None:
            local: dict[str, Any] | None = token.internal_data.get("local")
            if local is not None and name in local:
                return local
            token = outer(token)
        return None

    def name(self, key: str) -> Value:
        local = self.holder(key)
        if local is not None:
            return local[key]  # type: ignore[no-any-return]
        variables = self.space.variables
        if key in variables:
            return variables[key]
        return read_fact(self.space, key)

    def function(self, key: str) -> Callable[..., Any]:
        return function_table(self.space)[key]


def outer(token: Token) -> Token | None:
    """The token whose local values lie around this one: the loop body, then the embedded subprocess."""
    space = token.space
    body = space.tasks.get(token.internal_data.get("mi", 0))
    if body is not None:
        return body
    return None if space.process_level is space else space.owner


def read_fact(space: Space, key: str) -> Value:
    """A fact, remembered for the journal; a name nothing has set yet is null."""
    case = space.case
    if key not in case.facts:
        try:
            case.facts[key] = case.host.fact(key)
        except KeyError:
            return None
    return case.facts[key]


def function_table(space: Space) -> Mapping[str, Callable[..., Any]]:
    host = space.case.host
    return _functions(host.now, host.calendar(space.definition.tenant))


@lru_cache(maxsize=64)
def _functions(now: datetime, calendar: Calendar) -> Mapping[str, Callable[..., Any]]:
    return functions(now, calendar)
