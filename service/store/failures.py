"""What an error of the database means to whoever asked: worth another try, a wrong value, or a mistake of ours."""

from __future__ import annotations

from enum import Enum

from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError


class Meaning(Enum):
    """What follows for the caller."""

    BUSY = "busy"
    VALUE = "value"
    UNKNOWN = "unknown"


# SQLSTATE: lock not available, statement cancelled, serialization failure, deadlock, too many connections.
_BUSY = {"55P03", "57014", "40001", "40P01", "53300"}
_AWAY = ("08", "57P")  # connection lost; server stopped or starting
_VALUE = "22"  # data exception


def meaning(error: SQLAlchemyError) -> Meaning:
    """The meaning of an error."""
    if isinstance(error, PoolTimeoutError):
        return Meaning.BUSY
    if not isinstance(error, DBAPIError):
        return Meaning.UNKNOWN
    state = getattr(error.orig, "sqlstate", None) or ""
    if (
        state in _BUSY
        or state.startswith(_AWAY)
        or error.connection_invalidated
        or _unreachable(error, state)
    ):
        return Meaning.BUSY
    # psycopg itself refuses what it cannot send (a NUL character, a lone surrogate), without a SQLSTATE.
    if state.startswith(_VALUE) or (not state and _is_data(error)):
        return Meaning.VALUE
    return Meaning.UNKNOWN


def _unreachable(error: DBAPIError, state: str) -> bool:
    return not state and type(error.orig).__name__ in {"OperationalError", "ConnectionTimeout"}


def _is_data(error: DBAPIError) -> bool:
    return type(error.orig).__name__ in {"DataError", "UnicodeEncodeError"}
