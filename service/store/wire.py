"""Statements of the hot path, handed to the driver as they are.

A completion is five statements; SQLAlchemy's preparation of each costs more than PostgreSQL's work. They run on the
connection (and in the transaction) SQLAlchemy has opened, prepared once a connection by psycopg.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
import psycopg
from psycopg.types.json import set_json_loads
from sqlalchemy import Connection

set_json_loads(orjson.loads)


def one(connection: Connection, sql: str, values: Mapping[str, Any]) -> tuple[Any, ...] | None:
    """The first row; ``sql`` marks values psycopg's way: %(name)s."""
    return run(connection, sql, values).fetchone()


def run(connection: Connection, sql: str, values: Mapping[str, Any]) -> psycopg.Cursor[tuple[Any, ...]]:
    """The driver's cursor: rows, or how many were changed."""
    driver = connection.connection.driver_connection
    if not isinstance(driver, psycopg.Connection):
        raise TypeError("the store speaks psycopg only")
    return driver.execute(sql, values, prepare=True)
