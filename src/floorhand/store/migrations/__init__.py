"""Alembic migrations: the same history for SQLite and PostgreSQL."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine

from floorhand.store.schema import Table


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Bring the tables to a revision, in one transaction per migration."""
    with engine.connect() as connection:
        command.upgrade(config(connection), revision)
        connection.commit()


def config(connection: object | None = None) -> Config:
    """Say where the migrations are; no ini file is needed."""
    settings = Config()
    settings.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    settings.attributes["connection"] = connection
    settings.attributes["metadata"] = Table.metadata
    return settings
