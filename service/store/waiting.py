"""Waiting for word from other processes: PostgreSQL's LISTEN and NOTIFY, no asking over and over."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg
from sqlalchemy import Connection, text

from service.store.db import db

ANSWERS, WORK = "xueji_answers", "xueji_work"
_NOTIFY = text("select pg_notify(:channel, '')")


@contextmanager
def listening(channel: str) -> Iterator[Callable[[float], None]]:
    """Inside, the value waits up to so many seconds for word on a channel; what came since the start counts."""
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        driver = connection.connection.driver_connection
        assert isinstance(driver, psycopg.Connection), "the store speaks psycopg only"
        driver.execute(f"listen {channel}")

        def wait(seconds: float) -> None:
            for _ in driver.notifies(timeout=seconds, stop_after=1):
                return

        try:
            yield wait
        finally:
            driver.execute("unlisten *")


def tell(connection: Connection, channel: str) -> None:
    """Word to whoever listens, once the transaction is committed."""
    connection.execute(_NOTIFY, {"channel": channel})
