"""The connection to PostgreSQL, as Flask-SQLAlchemy sets it up for the application."""

from __future__ import annotations

import select
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import orjson
from flask_sqlalchemy import SQLAlchemy
from psycopg import OperationalError
from sqlalchemy import Connection, MetaData, event
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.pool import Pool

NAMES = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
SESSION = {
    "lock_timeout": "5s",  # a stuck lock becomes an error instead of a hung request
    "statement_timeout": "30s",
    "jit": "off",
    # Every statement finds its rows by an index whatever the values are: planning it anew each time costs
    # more than running it. A plan made while the tables are small, or not analyzed, must hold when they are large.
    "plan_cache_mode": "force_generic_plan",
    "enable_seqscan": "off",
    "enable_hashjoin": "off",
    "enable_mergejoin": "off",
}


class Base(DeclarativeBase):
    """Every table; constraint names follow one pattern so that migrations can name them."""

    metadata = MetaData(naming_convention=NAMES)


def _dump(value: Any) -> str:
    return orjson.dumps(value).decode()


def engine_options() -> dict[str, Any]:
    """Pool, JSON and session settings."""
    return {
        "json_serializer": _dump,
        "json_deserializer": orjson.loads,
        "pool_size": 8,
        "max_overflow": 8,
        "pool_pre_ping": False,
        "hide_parameters": True,  # an error's text ends in logs and incidents; values do not belong there
        "connect_args": {"options": " ".join(f"-c {name}={value}" for name, value in SESSION.items())},
    }


db = SQLAlchemy(model_class=Base)


@event.listens_for(Pool, "checkout")
def _drop_dead_connections(connection: Any, _record: object, _proxy: object) -> None:
    """A connection whose server has gone has an end of file to read: the pool replaces it before anybody uses it.

    Asking the socket costs microseconds; SQLAlchemy's own ping would cost a round trip at every verb.
    """
    try:
        readable, _, _ = select.select([connection.fileno()], [], [], 0)
    except (OSError, ValueError, OperationalError) as error:
        raise DisconnectionError from error
    if readable:
        raise DisconnectionError


#: What the request at work adds to each of its transactions, as the last thing before the commit.
before_commit: ContextVar[Callable[[Connection], None] | None] = ContextVar("before_commit", default=None)


@contextmanager
def transaction(*, aside: bool = False) -> Iterator[Connection]:
    """One transaction: committed at the end of the block, rolled back by any exception.

    What is written ``aside`` (a failure, an attempt) is no effect of the request at work.
    """
    with db.engine.begin() as connection:
        yield connection
        if not aside and (last := before_commit.get()) is not None:
            last(connection)
