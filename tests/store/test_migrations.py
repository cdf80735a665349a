"""The migrations make the very tables the models describe, and one chain of them."""

from __future__ import annotations

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

import service.store.models
from service.store import migrate
from service.store.db import Base

assert service.store.models.__all__


def test_migrations_equal_the_models(database: str) -> None:
    engine = create_engine(migrate.driver_url(database))
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = compare_metadata(context, Base.metadata)
    engine.dispose()
    assert differences == []


def test_migrations_form_one_line() -> None:
    heads = ScriptDirectory.from_config(migrate.config("postgresql://")).get_heads()
    assert len(heads) == 1


def test_upgrading_twice_changes_nothing(database: str) -> None:
    migrate.upgrade(database)
