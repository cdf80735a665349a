"""What an error of the database means to whoever asked: worth another try, a wrong value, or a mistake of ours."""

from __future__ import annotations

from enum import Enum

import psycopg
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

# What the drivers raise, wrapped by SQLAlchemy or (where a statement bypasses it) as it is.
DATABASE_ERRORS: tuple[type[Exception], ...] = (SQLAlchemyError, psycopg.Error)


class Meaning(Enum):
    """What follows for the caller."""

    BUSY = "busy"
    VALUE = "value"
    UNKNOWN = "unknown"


# SQLSTATE: lock not available, statement cancelled, serialization failure, deadlock, too many connections.
_BUSY = {"55P03", "57014", "40001", "40P01", "53300"}
_AWAY = ("08", "57P")  # connection lost; server stopped or starting
_VALUE = "22"  # data exception


def meaning(error: Exception) -> Meaning:
    """The meaning of an error."""
    if isinstance(error, PoolTimeoutError):
        return Meaning.BUSY
    found = error.orig if isinstance(error, DBAPIError) else error
    state = getattr(found, "sqlstate", None) or ""
    lost = isinstance(error, DBAPIError) and error.connection_invalidated
    if (
        lost
        or state in _BUSY
        or state.startswith(_AWAY)
        or (not state and isinstance(found, psycopg.OperationalError))
    ):
        return Meaning.BUSY
    # psycopg itself refuses what it cannot send (a NUL character, a lone surrogate), without a SQLSTATE.
    if state.startswith(_VALUE) or (not state and isinstance(found, psycopg.DataError | UnicodeEncodeError)):
        return Meaning.VALUE
    return Meaning.UNKNOWN
