"""Alembic's entry: runs migrations under an advisory lock, so that two starts do not collide."""

from __future__ import annotations

from alembic import context
from sqlalchemy import create_engine, text

import service.store.models  # noqa: F401  (fills the metadata)
from service.store.db import Base

LOCK = 74_207_281  # any constant; shared by all who migrate


def run() -> None:
    engine = create_engine(context.config.get_main_option("sqlalchemy.url") or "")
    with engine.connect() as connection:
        connection.execute(text("select pg_advisory_lock(:key)"), {"key": LOCK})
        context.configure(connection=connection, target_metadata=Base.metadata, compare_type=True)
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()
        connection.execute(text("select pg_advisory_unlock(:key)"), {"key": LOCK})
        connection.commit()
    engine.dispose()


run()
