"""Schema migrations: bring a database to the newest schema."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config

FOLDER = Path(__file__).with_name("migrations")


def config(url: str) -> Config:
    """Alembic's configuration for one database."""
    settings = Config()
    settings.set_main_option("script_location", str(FOLDER))
    settings.set_main_option("sqlalchemy.url", driver_url(url).replace("%", "%%"))
    return settings


def driver_url(url: str) -> str:
    """The same address, told to SQLAlchemy's psycopg 3 dialect."""
    scheme, rest = url.split("://", 1)
    return f"postgresql+psycopg://{rest}" if scheme in {"postgres", "postgresql"} else url


def upgrade(url: str) -> None:
    """Apply every migration that is missing. Safe to call by several processes at once."""
    command.upgrade(config(url), "head")
